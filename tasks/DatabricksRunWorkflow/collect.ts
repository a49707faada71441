import type { Log } from '../../src/agent/log';
import { lastAttempts, type Run, type RunOutput, type RunTask } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { standingOf } from '../../src/workflow/run-state';

/** What one task of the run left, as outputs.json has it. */
export interface TaskReport {
  readonly taskKey: string;
  readonly runId: string;
  /** Result as Databricks names it, or the state of a task that has not ended. */
  readonly state: string;
  readonly attempt: number;
  readonly durationSeconds: number;
  readonly url: string;
  readonly notebookResult?: string;
  readonly error?: string;
}

/** A task with the output that it left; none where the service has none. */
export interface TaskWithOutput {
  readonly task: RunTask;
  readonly output: RunOutput | undefined;
}

/**
 * Output of the last attempt of each task that ran. An output that cannot be read is a warning: the result of the run stands without it.
 */
export async function outputsOf(workspace: WorkspaceClient, run: Run, log: Log): Promise<TaskWithOutput[]> {
  const found: TaskWithOutput[] = [];
  for (const task of lastAttempts(run.tasks ?? [])) {
    found.push({ task, output: hasRun(task) ? await outputOf(workspace, task, log) : undefined });
  }
  return found;
}

function hasRun(task: RunTask): boolean {
  return (task.start_time ?? 0) > 0 && !standingOf(task).active;
}

async function outputOf(workspace: WorkspaceClient, task: RunTask, log: Log): Promise<RunOutput | undefined> {
  try {
    return await workspace.runs.output(task.run_id);
  } catch (error) {
    if (error instanceof TaskError && error.code !== 'CANCELED') {
      log.warning(`The output of task '${task.task_key}' cannot be read: ${error.message}`, 'OUTPUT_UNREADABLE');
      return undefined;
    }
    throw error;
  }
}

/** One entry per task, for outputs.json. */
export function taskReport({ task, output }: TaskWithOutput): TaskReport {
  const standing = standingOf(task);
  const end = Number(task.end_time ?? 0);
  const start = Number(task.start_time ?? 0);
  return {
    taskKey: task.task_key,
    runId: task.run_id,
    state: standing.active ? standing.label : standing.result,
    attempt: (task.attempt_number ?? 0) + 1,
    durationSeconds: end > 0 && start > 0 ? Math.round((end - start) / 1000) : 0,
    url: task.run_page_url ?? '',
    ...(output?.notebook_output?.result === undefined ? {} : { notebookResult: output.notebook_output.result }),
    ...(output?.error === undefined ? {} : { error: output.error }),
  };
}

const LOG_LINES = 40;

/** The lines of a task's log that a person reads first: the end of the error's trace, else the end of what it printed. */
export function lastLines({ output }: TaskWithOutput): string[] {
  const text = output?.error_trace || output?.error || output?.logs || '';
  return text.trimEnd().split(/\r?\n/).slice(-LOG_LINES);
}
