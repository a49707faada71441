import { filesPathOfArtifacts } from '../../src/databricks/artifact-paths';
import type { LoggedModel } from '../../src/databricks/logged-models';
import type { MlflowRun } from '../../src/databricks/mlflow-runs';
import type { ModelVersion } from '../../src/databricks/model-versions';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { withoutSlashesAtEnd } from '../../src/slashes';

/** The logged model that a version is made from: what identifies it, and where its files are. */
export interface ModelOrigin {
  /** `''` when the logged model names no run. */
  readonly mlflowRunId: string;
  /** `''` for a model of MLflow 2, which is only a folder of its run. */
  readonly loggedModelId: string;
  /** Artifact URI of the model's folder. */
  readonly artifactUri: string;
  /** `source` of a version that is registered from it. */
  readonly sourceUri: string;
}

/**
 * The model that a run logged under a name: a logged model (MLflow 3) or a folder of the run's artifacts.
 * @throws TaskError MLFLOW_RUN_NOT_FOUND
 */
export async function originInRun(
  workspace: WorkspaceClient,
  runId: string,
  artifactPath: string,
): Promise<ModelOrigin> {
  const run = await mlflowRun(workspace, runId);
  for (const { model_id } of run.outputs?.model_outputs ?? []) {
    const model = await workspace.loggedModels.get(model_id);
    if (model?.info.name === artifactPath) {
      return originOf(model);
    }
  }
  const artifactUri = `${run.info.artifact_uri ?? ''}/${artifactPath}`;
  return { mlflowRunId: runId, loggedModelId: '', artifactUri, sourceUri: artifactUri };
}

/** @throws TaskError LOGGED_MODEL_NOT_FOUND */
export async function originInLoggedModel(workspace: WorkspaceClient, modelId: string): Promise<ModelOrigin> {
  const model = await workspace.loggedModels.get(modelId);
  if (model === undefined) {
    throw new TaskError('LOGGED_MODEL_NOT_FOUND', `There is no logged model '${modelId}'.`, {
      todo: "Correct 'loggedModelId', and check that the identity may see its experiment.",
    });
  }
  return originOf(model);
}

/** @throws TaskError MLFLOW_RUN_NOT_FOUND */
export async function mlflowRun(workspace: WorkspaceClient, runId: string): Promise<MlflowRun> {
  const run = await workspace.mlflowRuns.get(runId);
  if (run === undefined) {
    throw new TaskError('MLFLOW_RUN_NOT_FOUND', `There is no MLflow run '${runId}'.`, {
      todo: "Correct 'mlflowRunId', and check that the identity may see its experiment.",
    });
  }
  return run;
}

/** Whether a version was registered from this origin, by whomever and in whichever way MLflow wrote its source. */
export function isFrom(version: ModelVersion, origin: ModelOrigin): boolean {
  if (origin.loggedModelId !== '') {
    return (
      version.model_id === origin.loggedModelId ||
      version.source === origin.sourceUri ||
      samePlace(version.source, origin.artifactUri)
    );
  }
  const artifactPath = origin.artifactUri.slice(origin.artifactUri.lastIndexOf('/artifacts/') + '/artifacts/'.length);
  return (
    samePlace(version.source, origin.artifactUri) || version.source === `runs:/${origin.mlflowRunId}/${artifactPath}`
  );
}

/**
 * Folder of the Files API with the model's files.
 * @throws TaskError ARTIFACTS_UNREACHABLE when they lie where that API does not reach
 */
export function filesOf(origin: ModelOrigin): string {
  const path = filesPathOfArtifacts(origin.artifactUri);
  if (path === undefined) {
    throw new TaskError(
      'ARTIFACTS_UNREACHABLE',
      `The files of the model lie at ${origin.artifactUri}, which cannot be read from here.`,
      {
        todo: 'Register the model in the job that trains it, with `mlflow.register_model`, and use its run as source.',
      },
    );
  }
  return path;
}

function originOf({ info }: LoggedModel): ModelOrigin {
  return {
    mlflowRunId: info.source_run_id ?? '',
    loggedModelId: info.model_id,
    artifactUri: info.artifact_uri ?? '',
    sourceUri: `models:/${info.model_id}`,
  };
}

function samePlace(source: string | undefined, artifactUri: string): boolean {
  const plain = (uri: string) => withoutSlashesAtEnd(uri.replace(/^dbfs:\/*/, '/'));
  return source !== undefined && plain(source) === plain(artifactUri);
}
