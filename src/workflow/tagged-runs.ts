import type { Experiment } from '../databricks/experiments';
import { entryValue } from '../databricks/mlflow';
import type { MlflowRun } from '../databricks/mlflow-runs';
import type { Run } from '../databricks/runs';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import type { RunTree } from './run-tree';

const EXPERIMENTS_SEARCHED = 100;
const RUN_ID_TAG = 'mlflow.databricks.jobRunID';
/** Ids that are searched for one by one; the service takes about seven searches a second, and its grammar has no "one of". */
const SEARCHED_ONE_BY_ONE = 20;
/** Milliseconds that the clock of a cluster may be behind that of the service. */
const SKEW_MS = 3_600_000;

/**
 * Which of its runs MLflow writes into the tag `mlflow.databricks.jobRunID`: the job run or one of its task runs. [U] on Azure
 * Databricks, so both are looked for, also in runs and iterations below; this function is the place to narrow it.
 */
export function idsThatMlflowMayName(run: Run, tree: Pick<RunTree, 'tasks' | 'jobRunIds'>): string[] {
  const ids = [run.run_id, ...tree.jobRunIds, ...tree.tasks.map(({ task }) => task.run_id)];
  return [...new Set(ids)].filter((id) => id !== '');
}

/** Id of the run or task run that an MLflow run names; `''` when it names none. */
export function jobRunIdOf(mlflowRun: MlflowRun): string {
  return entryValue(mlflowRun.data?.tags, RUN_ID_TAG) ?? '';
}

/**
 * MLflow runs that name the workflow run, one of its task runs, or a run below it, in the order in which they began. A few ids are searched
 * for one by one. For many the runs since the start of the workflow run are listed, the newest first, and chosen here.
 * @param experiments names or ids to search; none: the 100 that changed last
 * @throws TaskError EXPERIMENT_NOT_FOUND
 */
export async function taggedRuns(
  workspace: WorkspaceClient,
  run: Run,
  tree: Pick<RunTree, 'tasks' | 'jobRunIds'>,
  experiments: readonly string[],
): Promise<MlflowRun[]> {
  const experimentIds = await experimentsToSearch(workspace, experiments);
  if (experimentIds.length === 0) {
    return [];
  }
  const ids = idsThatMlflowMayName(run, tree);
  const found =
    ids.length <= SEARCHED_ONE_BY_ONE
      ? await searchedByTag(workspace, experimentIds, ids)
      : await chosenSince(workspace, experimentIds, new Set(ids), Number(run.start_time ?? 0));
  return found.sort((a, b) => (a.info.start_time ?? 0) - (b.info.start_time ?? 0));
}

async function searchedByTag(
  workspace: WorkspaceClient,
  experimentIds: readonly string[],
  ids: readonly string[],
): Promise<MlflowRun[]> {
  const found = new Map<string, MlflowRun>();
  for (const id of ids) {
    const filter = `tags."${RUN_ID_TAG}" = '${id}'`;
    for await (const mlflowRun of workspace.mlflowRuns.search({ experiment_ids: experimentIds, filter })) {
      found.set(mlflowRun.info.run_id, mlflowRun);
    }
  }
  return [...found.values()];
}

async function chosenSince(
  workspace: WorkspaceClient,
  experimentIds: readonly string[],
  ids: ReadonlySet<string>,
  since: number,
): Promise<MlflowRun[]> {
  const found: MlflowRun[] = [];
  const order_by = ['attributes.start_time DESC'];
  for await (const mlflowRun of workspace.mlflowRuns.search({ experiment_ids: experimentIds, order_by })) {
    if ((mlflowRun.info.start_time ?? since) < since - SKEW_MS) {
      break;
    }
    if (ids.has(jobRunIdOf(mlflowRun))) {
      found.push(mlflowRun);
    }
  }
  return found;
}

async function experimentsToSearch(workspace: WorkspaceClient, wanted: readonly string[]): Promise<string[]> {
  if (wanted.length > 0) {
    return Promise.all(wanted.map((name) => experimentId(workspace, name)));
  }
  const ids: string[] = [];
  const latest = { order_by: ['last_update_time DESC'], max_results: EXPERIMENTS_SEARCHED };
  for await (const experiment of workspace.experiments.search(latest)) {
    ids.push(experiment.experiment_id);
    if (ids.length === EXPERIMENTS_SEARCHED) {
      break;
    }
  }
  return ids;
}

async function experimentId(workspace: WorkspaceClient, nameOrId: string): Promise<string> {
  const found: Experiment | undefined = /^\d+$/.test(nameOrId)
    ? await workspace.experiments.get(nameOrId)
    : await workspace.experiments.getByName(nameOrId);
  if (found === undefined) {
    throw new TaskError('EXPERIMENT_NOT_FOUND', `There is no MLflow experiment '${nameOrId}'.`, {
      todo: "Correct 'experiments', or leave it out to search the 100 that changed last.",
    });
  }
  return found.experiment_id;
}
