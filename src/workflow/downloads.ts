import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { filesAt, type RemoteFile } from '../databricks/remote-files';
import type { WorkspaceClient } from '../databricks/workspace-client';
import { TaskError } from '../errors';
import { bringFile, makeFolder, type Waiting } from './bring-file';
import { placeWithin, safeRelative } from './local-place';
import type { Download } from './read-downloads';

/** What was brought back. */
export interface Downloaded {
  readonly remote: string;
  readonly local: string;
  readonly files: number;
  readonly bytes: number;
}

const MOST_FILES = 10_000;
const MOST_BYTES = 10_000_000_000;

/**
 * Brings a file or a folder with all that is below it; what is there under the same names is replaced. A file goes into the local path when
 * that is a folder, otherwise it takes its name. Notebooks come as source code.
 * @param roots folders that may be written to; looked at again for each file, because links may have come since
 * @returns undefined when there is nothing at the remote path
 * @throws TaskError DOWNLOAD_TOO_LARGE, LOCAL_PATH_OUTSIDE, REMOTE_NAME_REFUSED, and what bringing a file throws
 */
export async function bringDownload(
  workspace: WorkspaceClient,
  { remote, local }: Download,
  roots: readonly string[],
  waiting: Waiting,
): Promise<Downloaded | undefined> {
  const found = await filesAt(workspace, remote);
  if (found === undefined) {
    return undefined;
  }
  let files = 0;
  let bytes = 0;
  for await (const file of found) {
    files += 1;
    if (files > MOST_FILES) {
      throw tooLarge(remote, `It has more than ${MOST_FILES} files.`);
    }
    const place = placeWithin('downloads', placeOf(file, remote, local), roots);
    bytes += await bringFile(workspace, file, place, MOST_BYTES - bytes, waiting);
  }
  if (files === 0) {
    makeFolder(remote, local);
  }
  return { remote, local, files, bytes };
}

function placeOf(file: RemoteFile, remote: string, local: string): string {
  const extension = file.notebookLanguage === undefined ? '' : (EXTENSIONS[file.notebookLanguage] ?? '');
  if (file.path === remote) {
    const own = safeRelative(remote.slice(remote.lastIndexOf('/') + 1)) + extension;
    return isFolder(local) ? join(local, own) : local;
  }
  if (!file.path.startsWith(`${remote}/`)) {
    throw new TaskError('REMOTE_NAME_REFUSED', `The list of ${remote} names ${JSON.stringify(file.path)}.`, {
      todo: 'Report it to the support of the service: a folder holds only what is below it.',
    });
  }
  return join(local, safeRelative(file.path.slice(remote.length + 1)) + extension);
}

const EXTENSIONS: Readonly<Record<string, string>> = { PYTHON: '.py', SQL: '.sql', SCALA: '.scala', R: '.r' };

function isFolder(local: string): boolean {
  return lstatSync(local, { throwIfNoEntry: false })?.isDirectory() === true;
}

function tooLarge(remote: string, where: string): TaskError {
  return new TaskError('DOWNLOAD_TOO_LARGE', `The folder ${remote} is too large to be brought here.`, {
    where,
    todo: "Name smaller parts of it in 'downloads'.",
  });
}
