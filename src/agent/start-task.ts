import { createPipelineHost } from './pipeline-host';
import { type AfterJob, runAfterJob } from './run-after-job';
import { type ReadInputs, type Run, runTask } from './run-task';
import type { TaskDefinition } from './task-definition';

/** `post.js` beside a bundle sets this before it loads the bundle: the same code then runs the post-job phase. */
const PHASE = 'databricksMlopsPhase';

/** Module `run.ts` of a task. */
export interface TaskStory<Inputs> {
  readonly run: Run<Inputs>;
  /** What the post-job phase does, where there is one. */
  readonly afterJob?: AfterJob<Inputs>;
}

/**
 * Entry of every built bundle. The process ends with exit code 0 whatever the result: under the agent the result is said by command,
 * and a non-zero exit code would hide it. It ends at once, so that an idle connection does not keep the step waiting.
 * @param load the story of the task; loaded only when the inputs are right, so that a wrong input is answered quickly
 */
export async function startTask<Inputs>(
  definition: TaskDefinition,
  readInputs: ReadInputs<Inputs>,
  load: () => Promise<TaskStory<Inputs>>,
): Promise<void> {
  const host = createPipelineHost();
  if ((globalThis as Record<string, unknown>)[PHASE] === 'post') {
    await runAfterJob(
      definition,
      readInputs,
      async (inputs, context) => (await load()).afterJob?.(inputs, context),
      host,
    );
  } else {
    await runTask(definition, readInputs, async (inputs, context) => (await load()).run(inputs, context), host);
  }
  process.stdout.write('', () => process.exit(0));
}
