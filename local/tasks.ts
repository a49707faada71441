import type { ReadInputs, Run } from '../src/agent/run-task';
import type { DescribedTask } from './commands/task-help';

/** A task as the terminal runs it; the built bundles have the same three parts. */
export interface LoadedTask {
  readonly definition: DescribedTask;
  readonly readInputs: ReadInputs<unknown>;
  readonly run: Run<unknown>;
}

interface TaskParts<Inputs> {
  readonly definition: DescribedTask;
  readonly readInputs: ReadInputs<Inputs>;
  readonly run: Run<Inputs>;
}

const LOADERS = {
  DatabricksCheckConnection: async () =>
    parts(
      (await import('../tasks/DatabricksCheckConnection/task.json')).default,
      (await import('../tasks/DatabricksCheckConnection/inputs')).readInputs,
      (await import('../tasks/DatabricksCheckConnection/run')).run,
    ),
  DatabricksDeployEndpoint: async () =>
    parts(
      (await import('../tasks/DatabricksDeployEndpoint/task.json')).default,
      (await import('../tasks/DatabricksDeployEndpoint/inputs')).readInputs,
      (await import('../tasks/DatabricksDeployEndpoint/run')).run,
    ),
  DatabricksEvaluateModel: async () =>
    parts(
      (await import('../tasks/DatabricksEvaluateModel/task.json')).default,
      (await import('../tasks/DatabricksEvaluateModel/inputs')).readInputs,
      (await import('../tasks/DatabricksEvaluateModel/run')).run,
    ),
  DatabricksPromoteModel: async () =>
    parts(
      (await import('../tasks/DatabricksPromoteModel/task.json')).default,
      (await import('../tasks/DatabricksPromoteModel/inputs')).readInputs,
      (await import('../tasks/DatabricksPromoteModel/run')).run,
    ),
  DatabricksRegisterModel: async () =>
    parts(
      (await import('../tasks/DatabricksRegisterModel/task.json')).default,
      (await import('../tasks/DatabricksRegisterModel/inputs')).readInputs,
      (await import('../tasks/DatabricksRegisterModel/run')).run,
    ),
  DatabricksRunWorkflow: async () =>
    parts(
      (await import('../tasks/DatabricksRunWorkflow/task.json')).default,
      (await import('../tasks/DatabricksRunWorkflow/inputs')).readInputs,
      (await import('../tasks/DatabricksRunWorkflow/run')).run,
    ),
} as const;

/** Names of the tasks, in alphabetical order. */
export const TASK_NAMES: readonly string[] = Object.keys(LOADERS);

/** Loads a task by its name, whatever the case; `undefined` when there is none. */
export async function loadTask(name: string): Promise<LoadedTask | undefined> {
  const found = Object.entries(LOADERS).find(([known]) => known.toLowerCase() === name.toLowerCase());
  return found?.[1]();
}

/** What `task.json` of every task says, in alphabetical order of the names. */
export async function loadDefinitions(): Promise<readonly DescribedTask[]> {
  return Promise.all(Object.values(LOADERS).map(async (load) => (await load()).definition));
}

/** The three parts belong together; outside only their agreement matters, not the type of the inputs. */
function parts<Inputs>(
  definition: TaskParts<Inputs>['definition'],
  readInputs: TaskParts<Inputs>['readInputs'],
  run: TaskParts<Inputs>['run'],
): LoadedTask {
  return { definition, readInputs, run: run as Run<unknown> };
}
