import type { Workspace } from '../api';
import { readSqlOutput, readTaskValues } from './attempt-folder';
import type { RunStore } from './run-store';
import { TaskStartError } from './task-files';
import type { Run, TaskRun } from './types';
import { resolveReferences } from './value-references';

/**
 * What replaces value references in the texts of a task.
 * @returns a function that throws TaskStartError for a reference that cannot be resolved
 */
export function taskResolver(
  { workspace, runs }: { readonly workspace: Workspace; readonly runs: RunStore },
  { run, task }: { readonly run: Run; readonly task: TaskRun },
): (text: string) => string {
  const context = {
    workspaceId: workspace.id,
    workspaceUrl: workspace.url,
    run: referencedRun(runs, run),
    task,
    taskValue: (runId: string, key: string) => readTaskValues(workspace, runId)[key],
    sqlRows: (runId: string) => readSqlOutput(workspace, runId)?.rows,
  };
  return (text) => {
    try {
      return resolveReferences(text, context);
    } catch (error) {
      throw new TaskStartError((error as Error).message);
    }
  };
}

/** The run whose job and tasks references mean: for an iteration, that of its for-each task. */
export function referencedRun(runs: RunStore, run: Run): Run {
  if (run.iterations === undefined || run.parent === undefined) {
    return run;
  }
  return runs.get(run.parent.runId) ?? run;
}
