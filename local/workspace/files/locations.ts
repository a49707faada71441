import { join } from 'node:path';
import { ApiError, type Workspace } from '../api';
import { invalid } from '../fields';
import { trackingOf } from '../mlflow/tracking';
import { fullNameOf } from '../unity-catalog/names';
import { versionFolder } from '../unity-catalog/version-folder';
import { getVersion, parseVersion } from '../unity-catalog/versions';
import { getVolume, volumesFolder } from '../unity-catalog/volumes';
import { pathSegments, within } from './segments';

/** Where a path of the Files API lies on this machine. */
export interface Location {
  /** The path as the API shows it, with leading slash. */
  readonly path: string;
  readonly local: string;
  /** Local folder that belongs to the volume, model version, run or logged model; never removed by a file operation. */
  readonly root: string;
  /** Folder for unfinished uploads, on the same file system. */
  readonly uploads: string;
  /** Why nothing may be written there; `undefined` when it may. */
  readonly readOnly?: string;
}

/**
 * Finds the local place of `/Volumes/<catalog>/<schema>/<volume>/…`, `/Models/<catalog>/<schema>/<model>/<version>/…` and
 * `/WorkspaceInternal/Mlflow/Artifacts/<experiment>/{Runs,LoggedModels}/<id>/…`. What a path belongs to must exist.
 * @throws ApiError 400 for a path that is none of these, 404 when volume, version, run or model does not exist
 */
export function locate(workspace: Workspace, path: string): Location {
  const segments = pathSegments(path);
  const [top, ...rest] = segments;
  switch (top) {
    case 'Volumes':
      return volumeLocation(workspace, rest);
    case 'Models':
      return modelLocation(workspace, rest);
    case 'WorkspaceInternal':
      return artifactLocation(workspace, rest);
    default:
      throw invalid(
        `Invalid path '/${segments.join('/')}': the Files API knows /Volumes, /Models and /WorkspaceInternal.`,
      );
  }
}

/** The folders with this workspace's unfinished uploads: each on the file system of what is uploaded. */
export function uploadFolders(workspace: Workspace): readonly string[] {
  return [sharedUploads(workspace), ownUploads(workspace)];
}

/** In the metastore's folder, but this workspace's own, so that its start can empty it while others upload. */
function sharedUploads(workspace: Workspace): string {
  return join(workspace.metastore.folder, 'uploads', workspace.id);
}

function ownUploads(workspace: Workspace): string {
  return join(workspace.folder, 'uploads');
}

function volumeLocation(workspace: Workspace, [catalog, schema, volume, ...file]: readonly string[]): Location {
  if (catalog === undefined || schema === undefined || volume === undefined) {
    throw invalid('A path of a volume begins with /Volumes/<catalog>/<schema>/<volume>.');
  }
  const { metastore } = workspace;
  const names = fullNameOf(catalog, schema, volume).split('.');
  getVolume(metastore, names.join('.'));
  const root = within(volumesFolder(metastore), names);
  return location(sharedUploads(workspace), root, ['Volumes', ...names], file);
}

function modelLocation(workspace: Workspace, [catalog, schema, model, version, ...file]: readonly string[]): Location {
  if (catalog === undefined || schema === undefined || model === undefined || version === undefined) {
    throw invalid('A path of a model version begins with /Models/<catalog>/<schema>/<model>/<version>.');
  }
  const { metastore } = workspace;
  const fullName = fullNameOf(catalog, schema, model);
  const number = parseVersion(version);
  const found = getVersion(metastore, fullName, number);
  const root = versionFolder(metastore, found);
  const place = location(sharedUploads(workspace), root, ['Models', ...fullName.split('.'), String(number)], file);
  return found.status === 'PENDING_REGISTRATION'
    ? place
    : { ...place, readOnly: `Version ${number} of model '${fullName}' is ${found.status}: its files cannot change.` };
}

function artifactLocation(workspace: Workspace, segments: readonly string[]): Location {
  const [mlflow, artifacts, experiment, kind, id, ...file] = segments;
  if (mlflow !== 'Mlflow' || artifacts !== 'Artifacts' || experiment === undefined || id === undefined) {
    throw invalid('A path of run artifacts begins with /WorkspaceInternal/Mlflow/Artifacts/<experiment>/Runs/<run>.');
  }
  const tracking = trackingOf(workspace);
  const owner =
    kind === 'Runs' ? tracking.run(id).info : kind === 'LoggedModels' ? tracking.loggedModel(id).info : undefined;
  if (owner === undefined || owner.experiment_id !== experiment) {
    throw new ApiError(404, 'NOT_FOUND', `There is no ${kind} '${id}' in experiment ${experiment}.`);
  }
  const names = [experiment, kind ?? '', id];
  const root = within(join(workspace.folder, 'mlflow-artifacts'), names);
  return location(ownUploads(workspace), root, ['WorkspaceInternal', 'Mlflow', 'Artifacts', ...names], file);
}

function location(uploads: string, root: string, shown: readonly string[], file: readonly string[]): Location {
  return {
    path: `/${[...shown, ...file].join('/')}`,
    local: within(root, file),
    root,
    uploads,
  };
}

/**
 * The path of the Files API behind an artifact URI of MLflow.
 * @throws ApiError 400 for a URI outside `dbfs:/databricks/mlflow-tracking` and `dbfs:/Volumes`
 */
export function filesPathOfArtifacts(artifactUri: string): string {
  const path = artifactUri.replace(/^dbfs:\/*/, '/');
  const tracked = /^\/databricks\/mlflow-tracking\/([^/]+)\/(?:(logged_models)\/)?(.+)$/.exec(path);
  if (tracked !== null) {
    const kind = tracked[2] === undefined ? 'Runs' : 'LoggedModels';
    return `/WorkspaceInternal/Mlflow/Artifacts/${tracked[1]}/${kind}/${tracked[3]}`;
  }
  if (path.startsWith('/Volumes/')) {
    return path;
  }
  throw invalid(
    `Artifacts at '${artifactUri}' cannot be listed: only dbfs:/databricks/mlflow-tracking and dbfs:/Volumes can.`,
  );
}
