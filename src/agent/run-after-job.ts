import { type Clock, systemClock } from '../clock';
import { TaskError } from '../errors';
import type { Host } from './host';
import { InputReader } from './input-reader';
import { logTo } from './log';
import type { ReadInputs } from './run-task';
import { maskForms } from './secret-forms';
import type { TaskContext } from './task-context';
import { type TaskDefinition, versionText } from './task-definition';

/** What a post-job phase is given: no outputs, files or summary, only what it takes to put things right. */
export type AfterJobContext = Pick<
  TaskContext,
  'host' | 'log' | 'clock' | 'signal' | 'taskName' | 'taskVersion' | 'mask'
>;

/** The post-job phase of a task. */
export type AfterJob<Inputs> = (inputs: Inputs, context: AfterJobContext) => Promise<void>;

/**
 * Runs the post-job phase: a second safety for what the step itself could not do. It never fails the job; what it could not do is a warning.
 */
export async function runAfterJob<Inputs>(
  definition: TaskDefinition,
  readInputs: ReadInputs<Inputs>,
  afterJob: AfterJob<Inputs>,
  host: Host,
  clock: Clock = systemClock,
): Promise<void> {
  const log = logTo(host);
  try {
    await afterJob(readInputs(new InputReader(definition, host)), {
      host,
      log,
      clock,
      signal: new AbortController().signal,
      taskName: definition.name,
      taskVersion: versionText(definition),
      mask: (secret) => maskForms(secret, host),
    });
  } catch (error) {
    const detail = error instanceof TaskError ? error.sentences : String(error);
    log.warning(`The step could not put everything right after the job: ${detail}`, 'AFTER_JOB_INCOMPLETE');
  }
}
