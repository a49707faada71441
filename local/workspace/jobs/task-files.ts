import { realpath, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { ApiError, type Workspace } from '../api';
import { locate } from '../files/locations';
import { canonicalPath, diskPath } from '../workspace-files/paths';

/** A task that cannot start for a reason that its owner can mend; the message becomes the task's. */
export class TaskStartError extends Error {
  override readonly name = 'TaskStartError';
}

/**
 * Where a file that a job names lies on this machine: a workspace path, with or without `/Workspace`, or one of a volume.
 * @param what the setting that names it, for the message
 * @throws TaskStartError when it is no absolute path or there is no such file
 */
export async function existingFile(workspace: Workspace, path: string, what: string): Promise<string> {
  if (!path.startsWith('/')) {
    throw new TaskStartError(`The ${what} '${path}' must be an absolute path of the workspace or of a volume.`);
  }
  const file = localPath(workspace, path);
  const found = file === undefined ? undefined : await ifThere(file);
  if (file === undefined || found === undefined || !found.isFile()) {
    throw new TaskStartError(`The ${what} '${path}' does not exist in the workspace.`);
  }
  return file;
}

/**
 * A file below a folder of this machine, such as the checkout of a Git repository; what a link leads to has to be there too.
 * @param what names the file for the message
 * @throws TaskStartError when there is no such file, or it is outside
 */
export async function fileBelow(root: string, file: string, what: string): Promise<string> {
  const found = await ifThere(file);
  const isInside = !leaves(root, file) && (found === undefined || !leaves(await realpath(root), await realpath(file)));
  if (!isInside) {
    throw new TaskStartError(`The ${what} leads out of the folder of its sources.`);
  }
  if (found === undefined || !found.isFile()) {
    throw new TaskStartError(`The ${what} does not exist.`);
  }
  return file;
}

function leaves(root: string, file: string): boolean {
  return /^\.\.(?:[/\\]|$)/.test(relative(root, resolve(file)));
}

function localPath(workspace: Workspace, path: string): string | undefined {
  try {
    return path.startsWith('/Volumes/') ? locate(workspace, path).local : diskPath(workspace, canonicalPath(path));
  } catch (error) {
    if (error instanceof ApiError) {
      return undefined; // a volume that does not exist, or a path that climbs
    }
    throw error;
  }
}

async function ifThere(file: string) {
  try {
    return await stat(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}
