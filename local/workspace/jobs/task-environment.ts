import path from 'node:path';
import type { Workspace } from '../api';
import type { GitCheckout } from '../git/run-checkouts';
import { gitSource } from './git-source';
import type { Attempt, Run } from './types';

const MARKER = 'LOCAL_WORKSPACE_TASK_FOLDER';

/** What tells a task's processes from all others of this machine; see `taskProcesses`. */
export function processMarker(folder: string): string {
  return `${MARKER}=${folder}`;
}

/**
 * The whole environment of a task's process (design 4): what the MLflow client and the Databricks SDK read, and nothing of the server's
 * own. Never `DATABRICKS_RUNTIME_VERSION`: clients would then expect a cluster's own services.
 * @param interpreter absolute path; its folder leads `PATH`, so that tools of the environment are found
 */
export function taskEnvironment(given: {
  readonly workspace: Workspace;
  readonly run: Run;
  readonly attempt: Attempt;
  readonly token: string;
  readonly interpreter: string;
  readonly folder: string;
  readonly pythonSite: string;
  readonly warehouseId: string;
  readonly checkout: GitCheckout | undefined;
}): Record<string, string> {
  const { workspace, folder } = given;
  const tools = path.isAbsolute(given.interpreter) ? [path.dirname(given.interpreter)] : [];
  return {
    PATH: [...tools, '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter),
    HOME: path.join(workspace.folder, 'home'),
    TMPDIR: path.join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    PYTHONPATH: given.pythonSite,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1', // keeps the tree of workspace files as clients left it; pip has compiled the packages
    DATABRICKS_HOST: workspace.url,
    DATABRICKS_TOKEN: given.token,
    DATABRICKS_CONFIG_FILE: '/dev/null',
    DATABRICKS_WAREHOUSE_ID: given.warehouseId,
    MLFLOW_TRACKING_URI: 'databricks',
    MLFLOW_REGISTRY_URI: 'databricks-uc',
    // No connection to the internet, no bars in logs, no complaint where git is not installed.
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
    GIT_PYTHON_REFRESH: 'quiet',
    MLFLOW_RUN_CONTEXT: JSON.stringify(mlflowTags(given)),
    [MARKER]: folder,
  };
}

/**
 * Tags that the MLflow client puts on every run it starts: it reads them from `MLFLOW_RUN_CONTEXT`
 * (mlflow/tracking/context/system_environment_context.py), and they are those that it sets itself in a job on Databricks
 * (databricks_job_context.py). That `jobRunID` is the id of the task run and not of the job run is [U].
 */
function mlflowTags({
  workspace,
  run,
  attempt,
  checkout,
}: Parameters<typeof taskEnvironment>[0]): Record<string, string> {
  return {
    ...(checkout === undefined ? {} : gitTags(run, checkout)),
    'mlflow.source.type': 'JOB',
    'mlflow.source.name': `jobs/${run.jobId}/run/${attempt.runId}`,
    'mlflow.databricks.jobID': run.jobId,
    'mlflow.databricks.jobRunID': attempt.runId,
    'mlflow.databricks.jobType': 'NORMAL',
    'mlflow.databricks.workspaceID': workspace.id,
    'mlflow.databricks.workspaceURL': workspace.url,
  };
}

/** As the client names them for a notebook of a Git folder (databricks_repo_context.py); that jobs with a Git source have them too is [U]. */
function gitTags({ settings }: Run, { commit }: GitCheckout): Record<string, string> {
  const { url, provider, reference } = gitSource(settings.git_source ?? {});
  return {
    'mlflow.databricks.gitRepoUrl': url,
    'mlflow.databricks.gitRepoCommit': commit,
    'mlflow.databricks.gitRepoProvider': provider,
    'mlflow.databricks.gitRepoReference': reference.name,
    'mlflow.databricks.gitRepoReferenceType': reference.kind,
  };
}
