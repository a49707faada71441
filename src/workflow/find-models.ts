import type { Experiment } from '../databricks/experiments';
import { entryValue } from '../databricks/mlflow';
import type { MlflowRun } from '../databricks/mlflow-runs';
import type { Run } from '../databricks/runs';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { parseJson } from '../json';
import { type SaidResult, saidInJson, saidInLogs } from './said-result';
import type { TaskWithOutput } from './task-outputs';

/** A version of a registered model that a workflow run made. */
export interface FoundVersion {
  readonly model: string;
  readonly version: string;
  /** MLflow run that logged it; `''` when unknown. */
  readonly mlflowRunId: string;
}

/** Everything that a workflow run left in MLflow. */
export interface FoundModels {
  readonly mlflowRunIds: readonly string[];
  readonly versions: readonly FoundVersion[];
}

const EXPERIMENTS_SEARCHED = 100;
const RUN_ID_TAG = 'mlflow.databricks.jobRunID';
const MODEL_VERSIONS_TAG = 'mlflow.modelVersions';

/**
 * Which of its runs MLflow writes into the tag `mlflow.databricks.jobRunID`: the job run or one of its task runs. [U] on Azure
 * Databricks, so both are looked for; this function is the place to narrow it.
 */
function idsThatMlflowMayName(run: Run): string[] {
  return [run.run_id, ...(run.tasks ?? []).map((task) => task.run_id)].filter((id) => id !== '');
}

/**
 * MLflow runs and model versions of a workflow run, found by the run and never by "the highest version" (contract 2): what its code said
 * (checked in the registry), MLflow runs that name the run in their tag, and the versions that those registered. The union is taken.
 * @param tasks the run's tasks with what each left
 * @param experiments names or ids to search; none: the 100 that changed last
 * @throws TaskError SAID_VERSION_UNKNOWN when the code names a version that the registry does not have; EXPERIMENT_NOT_FOUND,
 * MODEL_TAG_INVALID
 */
export async function findModels(
  workspace: WorkspaceClient,
  run: Run,
  tasks: readonly TaskWithOutput[],
  experiments: readonly string[],
): Promise<FoundModels> {
  const said = tasks.map(saidBy).filter((result) => result !== undefined);
  const mlflowRuns = await taggedRuns(workspace, run, experiments);
  const mlflowRunIds = new Set([
    ...mlflowRuns.map((found) => found.info.run_id),
    ...said.map((result) => result.mlflowRunId).filter((id) => id !== ''),
  ]);
  const versions = new Map<string, FoundVersion>();
  const add = (found: FoundVersion) => versions.set(`${found.model} ${found.version}`, found);
  for (const result of said.filter((candidate) => candidate.modelName !== '' && candidate.modelVersion !== '')) {
    add(await confirmed(workspace, result));
  }
  for (const runId of mlflowRunIds) {
    for (const version of await workspace.modelVersions.ofRun(runId)) {
      add({ model: version.name, version: version.version, mlflowRunId: runId });
    }
  }
  for (const found of await versionsOfLoggedModels(workspace, mlflowRuns)) {
    add(found);
  }
  return { mlflowRunIds: [...mlflowRunIds], versions: [...versions.values()] };
}

function saidBy({ output }: TaskWithOutput): SaidResult | undefined {
  const exitValue = output?.notebook_output?.result;
  return exitValue === undefined ? saidInLogs(output?.logs ?? '') : saidInJson(exitValue);
}

async function confirmed(workspace: WorkspaceClient, said: SaidResult): Promise<FoundVersion> {
  const version = await workspace.modelVersions.get(said.modelName, said.modelVersion);
  if (version === undefined) {
    throw new TaskError(
      'SAID_VERSION_UNKNOWN',
      `The job says that it made version ${said.modelVersion} of ${said.modelName}, but the registry does not have it.`,
      { todo: 'Print what `mlflow.register_model` returned, and let the identity of this step see the model.' },
    );
  }
  return { model: version.name, version: version.version, mlflowRunId: version.run_id ?? said.mlflowRunId };
}

async function taggedRuns(workspace: WorkspaceClient, run: Run, experiments: readonly string[]): Promise<MlflowRun[]> {
  const experimentIds = await experimentsToSearch(workspace, experiments);
  const found = new Map<string, MlflowRun>();
  if (experimentIds.length === 0) {
    return [];
  }
  for (const id of idsThatMlflowMayName(run)) {
    const filter = `tags."${RUN_ID_TAG}" = '${id}'`;
    for await (const mlflowRun of workspace.mlflowRuns.search({ experiment_ids: experimentIds, filter })) {
      found.set(mlflowRun.info.run_id, mlflowRun);
    }
  }
  return [...found.values()];
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

/** MLflow 3 writes the registrations of a logged model into its tag `mlflow.modelVersions`: `[{"name": …, "version": …}]`. */
async function versionsOfLoggedModels(workspace: WorkspaceClient, runs: readonly MlflowRun[]): Promise<FoundVersion[]> {
  const found: FoundVersion[] = [];
  for (const run of runs) {
    for (const { model_id } of run.outputs?.model_outputs ?? []) {
      const model = await workspace.loggedModels.get(model_id);
      for (const { name, version } of registrations(model_id, entryValue(model?.info.tags, MODEL_VERSIONS_TAG))) {
        found.push({ model: name, version, mlflowRunId: run.info.run_id });
      }
    }
  }
  return found;
}

function registrations(modelId: string, tag: string | undefined): { name: string; version: string }[] {
  if (tag === undefined || tag === '') {
    return [];
  }
  const entries = entriesOf(tag);
  if (entries === undefined) {
    throw new TaskError(
      'MODEL_TAG_INVALID',
      `The tag '${MODEL_VERSIONS_TAG}' of logged model ${modelId} cannot be read.`,
      {
        where: 'MLflow writes the registered versions of the model into it, as a JSON list.',
        todo: 'Let nothing else write the tag; register the model anew.',
      },
    );
  }
  return entries
    .map(({ name, version }) => ({ name: String(name ?? ''), version: String(version ?? '') }))
    .filter(({ name, version }) => name.split('.').length === 3 && version !== '');
}

function entriesOf(tag: string): Readonly<Record<string, unknown>>[] | undefined {
  try {
    const entries = parseJson(tag);
    const objects = Array.isArray(entries) && entries.every((entry) => typeof entry === 'object' && entry !== null);
    return objects ? (entries as Readonly<Record<string, unknown>>[]) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
