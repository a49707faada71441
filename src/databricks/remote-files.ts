import { Readable } from 'node:stream';
import type { DirectoryEntry } from './files';
import { undefinedIfMissing } from './missing';
import { VOLUME_LEVELS, WORKSPACE } from './remote-path';
import type { WorkspaceClient } from './workspace-client';
import type { WorkspaceObject } from './workspace-files';

/** A file of a volume or of the workspace's file tree. */
export interface RemoteFile {
  /** Absolute path below `/Volumes` or `/Workspace`. */
  readonly path: string;
  /** Bytes; absent where the service does not say it (notebooks). */
  readonly size?: number;
  /** Milliseconds since the epoch; absent where the service does not say it. */
  readonly modified?: number;
  /** Of a notebook, such as `PYTHON`; it comes as source code. */
  readonly notebookLanguage?: string;
}

/** What lies at a path: a file, the files of a folder at any depth, or nothing. @param path in normal form */
export async function filesAt(
  workspace: WorkspaceClient,
  path: string,
): Promise<AsyncIterable<RemoteFile> | undefined> {
  return path.startsWith(`${WORKSPACE}/`) ? objectsAt(workspace, path) : volumeFilesAt(workspace, path);
}

/** Content of a file; the caller consumes it. @returns undefined when it is gone */
export async function openRemote(workspace: WorkspaceClient, { path }: RemoteFile): Promise<Readable | undefined> {
  if (!path.startsWith(`${WORKSPACE}/`)) {
    return undefinedIfMissing(workspace.files.stream(path));
  }
  const content = await workspace.workspaceFiles.read(path.slice(WORKSPACE.length));
  return content === undefined ? undefined : Readable.from([content]);
}

async function volumeFilesAt(workspace: WorkspaceClient, path: string): Promise<AsyncIterable<RemoteFile> | undefined> {
  const levels = path.split('/').length - 1;
  if (levels > VOLUME_LEVELS) {
    const found = await entryAt(workspace, path);
    if (found === undefined || found.is_directory !== true) {
      return found === undefined ? undefined : once(volumeFile(found));
    }
  } else if ((await undefinedIfMissing(workspace.files.list(path).next())) === undefined) {
    return undefined;
  }
  return (async function* () {
    for await (const entry of workspace.files.listDeep(path)) {
      yield volumeFile(entry);
    }
  })();
}

/** A HEAD that finds nothing has no body and so is no definite not-found: the folder above says what there is. */
function entryAt(workspace: WorkspaceClient, path: string): Promise<DirectoryEntry | undefined> {
  return undefinedIfMissing(
    (async () => {
      for await (const entry of workspace.files.list(path.slice(0, path.lastIndexOf('/')))) {
        if (entry.path.replace(/\/$/, '') === path) {
          return entry;
        }
      }
      return undefined;
    })(),
  );
}

function volumeFile({ path, file_size, last_modified }: DirectoryEntry): RemoteFile {
  return {
    path,
    ...(file_size === undefined ? {} : { size: Number(file_size) }),
    ...(last_modified === undefined ? {} : { modified: Number(last_modified) }),
  };
}

async function objectsAt(workspace: WorkspaceClient, path: string): Promise<AsyncIterable<RemoteFile> | undefined> {
  const found = await workspace.workspaceFiles.status(path.slice(WORKSPACE.length));
  if (found === undefined) {
    return undefined;
  }
  return isFolder(found.object_type) ? objectsBelow(workspace, path) : once(objectFile(path, found));
}

async function* objectsBelow(workspace: WorkspaceClient, folder: string): AsyncGenerator<RemoteFile> {
  for (const object of (await workspace.workspaceFiles.list(folder.slice(WORKSPACE.length))) ?? []) {
    // The list may show paths with or without the leading /Workspace.
    const path = `${folder}/${object.path.slice(object.path.lastIndexOf('/') + 1)}`;
    if (isFolder(object.object_type)) {
      yield* objectsBelow(workspace, path);
    } else if (object.object_type === 'FILE' || object.object_type === 'NOTEBOOK') {
      yield objectFile(path, object);
    }
  }
}

function objectFile(path: string, object: WorkspaceObject): RemoteFile {
  const { object_type, language, size, modified_at } = object;
  const isNotebook = object_type === 'NOTEBOOK';
  return {
    path,
    ...(isNotebook || size === undefined ? {} : { size: Number(size) }),
    ...(modified_at === undefined ? {} : { modified: Number(modified_at) }),
    ...(isNotebook ? { notebookLanguage: language ?? '' } : {}),
  };
}

function isFolder(type: string): boolean {
  return type === 'DIRECTORY' || type === 'REPO';
}

async function* once(file: RemoteFile): AsyncGenerator<RemoteFile> {
  yield file;
}
