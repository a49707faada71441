import type { FoundModels, FoundVersion } from '../../src/workflow/find-models';
import { type Standing, standingOf, wasNotRun } from '../../src/workflow/run-state';
import type { RunTree, TaskWithOutput } from '../../src/workflow/run-tree';
import { jobRunIdOf } from '../../src/workflow/tagged-runs';
import { keysBefore } from '../../src/workflow/task-graph';
import { cut } from '../../src/workflow/task-output';

/** What one task of the run left, as outputs.json has it. */
export interface TaskReport {
  readonly taskKey: string;
  /** `train`, `score[3]` (an iteration), `nightly › train` (a task of the run that task `nightly` started). */
  readonly path: string;
  /** Of an iteration: its input, as JSON, where the service says what the inputs are. */
  readonly input?: string;
  /** 0: a task of the run itself. */
  readonly depth: number;
  readonly runId: string;
  /** Result as Databricks names it, or the state of a task that has not ended. */
  readonly state: string;
  /** False for a task that was not run: what it waits for did not succeed, a condition left it out, or it was canceled before it began. */
  readonly ran: boolean;
  readonly attempt: number;
  readonly durationSeconds: number;
  /** Tasks that come directly before. */
  readonly after: readonly string[];
  readonly url: string;
  readonly notebookResult?: string;
  readonly error?: string;
  /** The end of the error's trace and of the log. */
  readonly lastLines: readonly string[];
  /** What the service says about the task's end. */
  readonly message: string;
  /** The run that the task started. */
  readonly nestedRunId?: string;
  readonly mlflowRunIds: readonly string[];
  readonly modelVersions: readonly { readonly model: string; readonly version: string }[];
  /** Why the task's output could not be read. */
  readonly unreadable?: { readonly code: string; readonly message: string };
}

/** One entry per task, for outputs.json; what lies below a task comes right after it. */
export function taskReports(tree: RunTree, found: FoundModels): TaskReport[] {
  const runsOf = new Map<string, string[]>();
  for (const mlflowRun of found.mlflowRuns) {
    const id = jobRunIdOf(mlflowRun);
    runsOf.set(id, [...(runsOf.get(id) ?? []), mlflowRun.info.run_id]);
  }
  return tree.tasks.map((entry) => taskReport(entry, runsOf.get(entry.task.run_id) ?? [], found.versions));
}

function taskReport(
  { task, path, input, depth, output, unreadable }: TaskWithOutput,
  tagged: readonly string[],
  versions: readonly FoundVersion[],
): TaskReport {
  const standing = standingOf(task);
  const end = Number(task.end_time ?? 0);
  const start = Number(task.start_time ?? 0);
  const said = output?.said;
  const mlflowRunIds = [...new Set([...tagged, said?.mlflowRunId ?? ''])].filter((id) => id !== '');
  const isOfTask = ({ model, version, mlflowRunId }: FoundVersion) =>
    mlflowRunIds.includes(mlflowRunId) || (model === said?.modelName && version === said.modelVersion);
  return {
    taskKey: task.task_key,
    path,
    ...(input === undefined ? {} : { input }),
    depth,
    runId: task.run_id,
    state: standing.active ? standing.label : standing.result,
    ran: hasRun(standing, start > 0),
    attempt: (task.attempt_number ?? 0) + 1,
    durationSeconds: end > 0 && start > 0 ? Math.round((end - start) / 1000) : 0,
    after: keysBefore(task),
    url: task.run_page_url ?? '',
    ...(output?.notebookResult === undefined ? {} : { notebookResult: output.notebookResult }),
    ...(output?.error === undefined ? {} : { error: output.error }),
    lastLines: output?.lastLines ?? [],
    message: standing.message,
    ...(output?.nestedRunId === undefined ? {} : { nestedRunId: output.nestedRunId }),
    mlflowRunIds,
    modelVersions: versions.filter(isOfTask).map(({ model, version }) => ({ model, version })),
    ...(unreadable === undefined ? {} : { unreadable: { code: unreadable.code, message: unreadable.sentences } }),
  };
}

/** What never came to a start may have been canceled; one whose start failed has failed. */
function hasRun(standing: Standing, began: boolean): boolean {
  if (standing.active || standing.result === 'CANCELED') {
    return began;
  }
  return !wasNotRun(standing.result);
}

const INPUT_CHARACTERS = 100;

/** Where a task stands, with the input of an iteration: `score[3] (input "eu")`. */
export function placeText({ path, input }: TaskReport): string {
  return input === undefined ? path : `${path} (input ${cut(input, INPUT_CHARACTERS)})`;
}

/** True for a task that failed itself. */
export function hasFailed({ state, ran }: TaskReport): boolean {
  return ran && state !== 'SUCCESS';
}

/** Keys of the run's own tasks that failed themselves. */
export function failedTaskKeys(tasks: readonly TaskReport[]): string[] {
  return tasks.filter((task) => task.depth === 0 && hasFailed(task)).map(({ taskKey }) => taskKey);
}

/** Tasks that failed by themselves, the deepest cause of each: not those that only stand above one. */
export function failedByThemselves(tasks: readonly TaskReport[]): TaskReport[] {
  return tasks.filter((task, index) => {
    const next = tasks[index + 1];
    const stands = next !== undefined && next.depth > task.depth && hasFailedBelow(tasks, index);
    return hasFailed(task) && !stands;
  });
}

function hasFailedBelow(tasks: readonly TaskReport[], index: number): boolean {
  const depth = tasks[index]?.depth ?? 0;
  for (let at = index + 1; at < tasks.length && (tasks[at]?.depth ?? 0) > depth; at += 1) {
    if (hasFailed(tasks[at] as TaskReport)) {
      return true;
    }
  }
  return false;
}
