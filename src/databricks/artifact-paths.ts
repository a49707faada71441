import { isFilePath } from '../http/path';
import { withoutSlashesAtEnd } from '../slashes';

/**
 * Path of the Files API behind an artifact URI of MLflow, or undefined when it is not reachable that way.
 *
 * [U] The path of managed artifacts is the one that the MLflow client itself uses on workspaces with its newer artifact repository; it is
 * documented nowhere. Artifacts in volumes are documented. This function is the only place that knows.
 */
export function filesPathOfArtifacts(artifactUri: string): string | undefined {
  const path = pathOfArtifacts(artifactUri);
  return path === undefined || !isFilePath(path) ? undefined : path;
}

function pathOfArtifacts(artifactUri: string): string | undefined {
  const path = artifactUri.replace(/^dbfs:\/*/, '/');
  const tracked = /^\/databricks\/mlflow-tracking\/([^/]+)\/(?:(logged_models)\/)?(.+)$/.exec(path);
  if (tracked !== null) {
    const kind = tracked[2] === undefined ? 'Runs' : 'LoggedModels';
    return withoutSlashesAtEnd(`/WorkspaceInternal/Mlflow/Artifacts/${tracked[1]}/${kind}/${tracked[3]}`);
  }
  return path.startsWith('/Volumes/') ? withoutSlashesAtEnd(path) : undefined;
}

/** Folder of the Files API that holds the files of a model version. */
export function filesPathOfVersion(model: string, version: string): string {
  return `/Models/${model.split('.').join('/')}/${version}`;
}
