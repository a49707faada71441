import type { TaskOutcome } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { FoundVersion } from '../../src/workflow/find-models';
import { cut } from '../../src/workflow/task-output';
import type { Brought } from './bring';
import { failedTaskKeys, type TaskReport } from './collect';
import type { EndedRun } from './ended-run';

/** What the first line of summary and log is made of. */
export interface Decided {
  readonly tasks: readonly TaskReport[];
  /** Versions that the step was asked for. */
  readonly models: readonly FoundVersion[];
  readonly tests: Brought['tests'];
  /** Why the step fails although the run did not make it fail. */
  readonly otherFailure: TaskOutcome['failure'];
}

const FAILED_NAMED = 3;
const REASON_CHARACTERS = 300;

/** One sentence: what became of the run, what it made, which tasks failed, and why the step fails all the same where it does. */
export function decisionOf({ run, standing }: EndedRun, { tasks, models, tests, otherFailure }: Decided): string {
  const name = run.run_name ? `'${run.run_name}' ` : '';
  const made =
    models.length === 0 ? '' : ` and made ${models.map(({ model, version }) => `${model} ${version}`).join(', ')}`;
  const ended = `Run ${run.run_id} ${name}ended ${standing.result}${made}${failedText(tasks)}`;
  if (otherFailure !== undefined) {
    return `${ended}, but the step fails: ${cut(firstSentence(otherFailure.message), REASON_CHARACTERS)}`;
  }
  const tested =
    tests === undefined || tests.total === 0
      ? ''
      : `; ${tests.failed.length} of ${counted(tests.total, 'test')} failed`;
  return `${ended}${tested}.`;
}

/** Which of the run's own tasks failed, and how many were not run because of it. */
function failedText(tasks: readonly TaskReport[]): string {
  const failed = failedTaskKeys(tasks);
  if (failed.length === 0) {
    return '';
  }
  const own = tasks.filter(({ depth }) => depth === 0);
  const notRun = own.filter(({ ran }) => !ran).length;
  const more = failed.length > FAILED_NAMED ? ` and ${failed.length - FAILED_NAMED} more` : '';
  const rest = notRun === 0 ? '' : `; ${notRun} of ${counted(own.length, 'task')} not run`;
  return `; failed: ${failed.slice(0, FAILED_NAMED).join(', ')}${more}${rest}`;
}

function firstSentence(text: string): string {
  return text.split(/(?<=[.!?])\s+(?=\p{Lu})/u)[0] ?? text;
}
