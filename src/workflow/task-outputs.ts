import { lastAttempts, type Run, type RunOutput, type RunTask } from '../databricks/runs';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { standingOf } from './run-state';

/** A task with the output that it left; none where the service has none, or did not give it. */
export interface TaskWithOutput {
  readonly task: RunTask;
  readonly output: RunOutput | undefined;
  /** Why the output could not be read: what the task said about its models is then unknown. */
  readonly unreadable?: TaskError;
}

/**
 * Output of the last attempt of each task of a run. One that cannot be read is a warning: the result of the run, and MLflow's own marks of
 * it, stand without it.
 * @throws what is no error of the service, and a cancel
 */
export async function taskOutputs(
  workspace: WorkspaceClient,
  run: Run,
  warning: (text: string, code: string) => void,
): Promise<TaskWithOutput[]> {
  const found: TaskWithOutput[] = [];
  for (const task of lastAttempts(run.tasks ?? [])) {
    found.push(hasRun(task) ? await withOutput(workspace, task, warning) : { task, output: undefined });
  }
  return found;
}

function hasRun(task: RunTask): boolean {
  return (task.start_time ?? 0) > 0 && !standingOf(task).active;
}

async function withOutput(
  workspace: WorkspaceClient,
  task: RunTask,
  warning: (text: string, code: string) => void,
): Promise<TaskWithOutput> {
  try {
    return { task, output: await workspace.runs.output(task.run_id) };
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    warning(`The output of task '${task.task_key}' cannot be read: ${error.message}`, 'OUTPUT_UNREADABLE');
    return { task, output: undefined, unreadable: error };
  }
}
