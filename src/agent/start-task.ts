import { createPipelineHost } from './pipeline-host';
import { type AfterJob, runAfterJob } from './run-after-job';
import { type ReadInputs, type Run, runTask } from './run-task';
import type { TaskDefinition } from './task-definition';

/** `post.js` beside a bundle sets this before it loads the bundle: the same code then runs the post-job phase. */
const PHASE = 'databricksMlopsPhase';

/**
 * Entry of every built bundle. The process ends with exit code 0 whatever the result: under the agent the result is said by command,
 * and a non-zero exit code would hide it. It ends at once, so that an idle connection does not keep the step waiting.
 * @param afterJob what the post-job phase does, where there is one
 */
export async function startTask<Inputs>(
  definition: TaskDefinition,
  readInputs: ReadInputs<Inputs>,
  run: Run<Inputs>,
  afterJob?: AfterJob<Inputs>,
): Promise<void> {
  const host = createPipelineHost();
  if (afterJob !== undefined && (globalThis as Record<string, unknown>)[PHASE] === 'post') {
    await runAfterJob(definition, readInputs, afterJob, host);
  } else {
    await runTask(definition, readInputs, run, host);
  }
  process.stdout.write('', () => process.exit(0));
}
