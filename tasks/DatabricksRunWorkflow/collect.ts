import { standingOf } from '../../src/workflow/run-state';
import type { TaskWithOutput } from '../../src/workflow/task-outputs';

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
  /** Why the task's output could not be read. */
  readonly unreadable?: { readonly code: string; readonly message: string };
}

/** One entry per task, for outputs.json. */
export function taskReport({ task, output, unreadable }: TaskWithOutput): TaskReport {
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
    ...(unreadable === undefined ? {} : { unreadable: { code: unreadable.code, message: unreadable.sentences } }),
  };
}

/** States of tasks that the workflow itself left out: a condition was not met, or the task is switched off. */
const LEFT_OUT = new Set(['EXCLUDED', 'DISABLED']);

/** Keys of the tasks that should have succeeded and did not. */
export function failedTaskKeys(tasks: readonly TaskReport[]): string[] {
  return tasks.filter(({ state }) => state !== 'SUCCESS' && !LEFT_OUT.has(state)).map(({ taskKey }) => taskKey);
}

const LOG_LINES = 40;

/** The lines of a task's log that a person reads first: the end of the error's trace, else the end of what it printed. */
export function lastLines({ output }: TaskWithOutput): string[] {
  const text = output?.error_trace || output?.error || output?.logs || '';
  return text.trimEnd().split(/\r?\n/).slice(-LOG_LINES);
}
