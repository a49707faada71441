import type { KeyValue, Metric } from '../databricks/mlflow';
import type { MlflowRun } from '../databricks/mlflow-runs';
import { lastAttempts, type Run } from '../databricks/runs';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { standingOf } from './run-state';
import type { RunTree } from './run-tree';
import { jobRunIdOf, taggedRuns } from './tagged-runs';

/** A metric now and in the earlier run; `undefined` where the run has none of this name. */
export interface MetricPair {
  readonly name: string;
  readonly now: number | string | undefined;
  readonly before: number | string | undefined;
  /** Now minus before, where both are finite numbers. */
  readonly delta?: number;
}

/** A parameter now and in the earlier run. */
export interface ParameterPair {
  readonly name: string;
  readonly now: string | undefined;
  readonly before: string | undefined;
}

/** An MLflow run beside the one in the same place of the earlier workflow run. */
export interface RunPair {
  readonly mlflowRunId: string;
  readonly experimentId: string;
  readonly name: string;
  /** Task that made it, `''` when the MLflow run names the job run only. */
  readonly task: string;
  readonly formerMlflowRunId?: string;
  readonly metrics: readonly MetricPair[];
  readonly parameters: readonly ParameterPair[];
}

/** What a workflow run has logged to MLflow, beside the last successful run of the same job. */
export interface Comparison {
  /** The first {@link RUNS_COMPARED} are compared, the others stand alone. */
  readonly pairs: readonly RunPair[];
  /** MLflow runs that are not among the pairs, because there are very many. */
  readonly leftOut: number;
  /** The last successful run of the job before this one. */
  readonly former?: { readonly runId: string; readonly url: string; readonly endTime: number };
}

/** MLflow runs that are put beside earlier ones. */
export const RUNS_COMPARED = 10;
/** MLflow runs whose figures are given. */
const MOST_PAIRS = 1_000;
/** Runs of the job that are looked at for one that succeeded. */
const MOST_RUNS_LOOKED_AT = 200;

/**
 * Puts the MLflow runs of a workflow run beside those of the last successful run of the same job: of the same experiment and task, in the order in
 * which they began. A one-time run has no other run of its job.
 * @param mlflowRuns those of the run, in the order in which they began
 */
export async function compareWithLastSuccess(
  workspace: WorkspaceClient,
  run: Run,
  tree: RunTree,
  mlflowRuns: readonly MlflowRun[],
): Promise<Comparison> {
  const compared = mlflowRuns.slice(0, RUNS_COMPARED);
  const others = mlflowRuns.slice(RUNS_COMPARED, MOST_PAIRS);
  const leftOut = mlflowRuns.length - compared.length - others.length;
  const tasks = new Map(tree.tasks.map(({ task, path }) => [task.run_id, path]));
  const former = compared.length === 0 ? undefined : await lastSuccess(workspace, run);
  if (former === undefined) {
    return { pairs: [...compared, ...others].map((mlflowRun) => pairOf(mlflowRun, tasks, undefined)), leftOut };
  }
  const formerTasks = lastAttempts(former.tasks ?? []);
  const places = new Map(formerTasks.map((task) => [task.run_id, task.task_key]));
  const below = formerTasks.map((task) => ({ task, path: task.task_key, depth: 0, output: undefined }));
  const experiments = [...new Set(compared.map(({ info }) => info.experiment_id))];
  const earlier = await taggedRuns(workspace, former, { tasks: below, jobRunIds: [] }, experiments);
  const inPlace = new Map(placed(earlier, places));
  return {
    pairs: [
      ...placed(compared, tasks).map(([place, mlflowRun]) => pairOf(mlflowRun, tasks, inPlace.get(place))),
      ...others.map((mlflowRun) => pairOf(mlflowRun, tasks, undefined)),
    ],
    leftOut,
    former: { runId: former.run_id, url: former.run_page_url ?? '', endTime: Number(former.end_time ?? 0) },
  };
}

async function lastSuccess(workspace: WorkspaceClient, run: Run): Promise<Run | undefined> {
  if (run.job_id === undefined || run.run_type === 'SUBMIT_RUN') {
    return undefined;
  }
  let last: Run | undefined;
  let looked = 0;
  for await (const candidate of workspace.runs.list({ job_id: run.job_id, completed_only: true })) {
    const standing = standingOf(candidate);
    const succeeded = !standing.active && standing.result === 'SUCCESS';
    const earlier = candidate.run_id !== run.run_id && Number(candidate.start_time) <= Number(run.start_time);
    if (succeeded && earlier && Number(candidate.start_time) >= Number(last?.start_time ?? 0)) {
      last = candidate;
    }
    looked += 1;
    if (looked === MOST_RUNS_LOOKED_AT) {
      break;
    }
  }
  return last === undefined ? undefined : workspace.runs.get(last.run_id);
}

/** MLflow runs by experiment, task and number among those. */
function placed(runs: readonly MlflowRun[], tasks: ReadonlyMap<string, string>): [string, MlflowRun][] {
  const counts = new Map<string, number>();
  return runs.map((run) => {
    const place = `${run.info.experiment_id} ${tasks.get(jobRunIdOf(run)) ?? ''}`;
    const number = counts.get(place) ?? 0;
    counts.set(place, number + 1);
    return [`${place} ${number}`, run];
  });
}

function pairOf(run: MlflowRun, tasks: ReadonlyMap<string, string>, former: MlflowRun | undefined): RunPair {
  const { run_id, run_name, experiment_id } = run.info;
  return {
    mlflowRunId: run_id,
    experimentId: experiment_id,
    name: run_name ?? '',
    task: tasks.get(jobRunIdOf(run)) ?? '',
    ...(former === undefined ? {} : { formerMlflowRunId: former.info.run_id }),
    metrics: metricPairs(run.data?.metrics ?? [], former?.data?.metrics ?? []),
    parameters: parameterPairs(run.data?.params ?? [], former?.data?.params ?? []),
  };
}

function metricPairs(now: readonly Metric[], before: readonly Metric[]): MetricPair[] {
  const [current, earlier] = [valuesOf(now), valuesOf(before)];
  return namesOf(current, earlier).map((name) => {
    const [a, b] = [current.get(name), earlier.get(name)];
    const delta = typeof a === 'number' && typeof b === 'number' ? a - b : Number.NaN;
    return { name, now: a, before: b, ...(Number.isFinite(delta) ? { delta } : {}) };
  });
}

function parameterPairs(now: readonly KeyValue[], before: readonly KeyValue[]): ParameterPair[] {
  const [current, earlier] = [valuesOf(now), valuesOf(before)];
  return namesOf(current, earlier).map((name) => ({ name, now: current.get(name), before: earlier.get(name) }));
}

function valuesOf<Value>(entries: readonly { readonly key: string; readonly value: Value }[]): Map<string, Value> {
  return new Map(entries.map(({ key, value }) => [key, value]));
}

/** `m2` before `m10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

function namesOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort((one, other) => BY_NAME.compare(one, other));
}
