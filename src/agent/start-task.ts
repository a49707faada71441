import { createPipelineHost } from './pipeline-host';
import { type ReadInputs, type Run, runTask } from './run-task';
import type { TaskDefinition } from './task-definition';

/**
 * Entry of every built bundle. The process ends with exit code 0 whatever the result: under the agent the result is said by command,
 * and a non-zero exit code would hide it. It ends at once, so that an idle connection does not keep the step waiting.
 */
export async function startTask<Inputs>(
  definition: TaskDefinition,
  readInputs: ReadInputs<Inputs>,
  run: Run<Inputs>,
): Promise<void> {
  await runTask(definition, readInputs, run, createPipelineHost());
  process.stdout.write('', () => process.exit(0));
}
