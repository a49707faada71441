import { entryValue } from '../databricks/mlflow';
import type { MlflowRun } from '../databricks/mlflow-runs';
import type { Run } from '../databricks/runs';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { parseJson } from '../json';
import type { RunTree } from './run-tree';
import type { SaidResult } from './said-result';
import { taggedRuns } from './tagged-runs';

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
  /** The MLflow runs that name the workflow run or one below it, and those that its code named. */
  readonly mlflowRuns: readonly MlflowRun[];
  readonly versions: readonly FoundVersion[];
}

const MODEL_VERSIONS_TAG = 'mlflow.modelVersions';

/**
 * MLflow runs and model versions of a workflow run, found by the run and never by "the highest version" (contract 2): what its code said
 * (looked up in MLflow and in the registry), MLflow runs that name the run in their tag, and the versions that those registered. The union
 * is taken.
 * @param tree the run with everything below it: what its tasks started counts as its own
 * @param experiments names or ids to search; none: the 100 that changed last
 * @throws TaskError SAID_RUN_UNKNOWN and SAID_VERSION_UNKNOWN when the code names what is not there; EXPERIMENT_NOT_FOUND, MODEL_TAG_INVALID
 */
export async function findModels(
  workspace: WorkspaceClient,
  run: Run,
  tree: RunTree,
  experiments: readonly string[],
): Promise<FoundModels> {
  const said = tree.tasks.map(({ output }) => output?.said).filter((result) => result !== undefined);
  const mlflowRuns = [...(await taggedRuns(workspace, run, tree, experiments))];
  const mlflowRunIds = new Set(mlflowRuns.map((found) => found.info.run_id));
  for (const runId of said.map((result) => result.mlflowRunId).filter((id) => id !== '')) {
    if (!mlflowRunIds.has(runId)) {
      mlflowRuns.push(await saidRun(workspace, runId));
      mlflowRunIds.add(runId);
    }
  }
  const versions = new Map<string, FoundVersion>();
  const add = (found: FoundVersion) => versions.set(`${found.model} ${found.version}`, found);
  for (const result of said.filter((candidate) => candidate.modelName !== '')) {
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
  return { mlflowRunIds: [...mlflowRunIds], mlflowRuns, versions: [...versions.values()] };
}

async function saidRun(workspace: WorkspaceClient, runId: string): Promise<MlflowRun> {
  const found = await workspace.mlflowRuns.get(runId);
  if (found === undefined) {
    throw new TaskError(
      'SAID_RUN_UNKNOWN',
      `The job says that it made MLflow run ${runId}, but there is no such run.`,
      {
        todo: 'Print `run.info.run_id` of the run that the job began, and let the identity of this step see its experiment.',
      },
    );
  }
  return found;
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
