import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** The entries of a local folder by name, or `undefined` when there is no such folder. */
export async function folderEntries(folder: string): Promise<readonly FolderEntry[] | undefined> {
  const names = await orMissing(readdir(folder));
  if (names === undefined) {
    return undefined;
  }
  const entries = await Promise.all(names.sort().map((name) => entryOf(join(folder, name), name)));
  return entries.filter((entry) => entry !== undefined);
}

/** What stands at a local path, or `undefined` when nothing does. */
export async function entryOf(path: string, name: string): Promise<FolderEntry | undefined> {
  const stats = await orMissing(stat(path));
  return (
    stats && {
      name,
      isDirectory: stats.isDirectory(),
      size: stats.isDirectory() ? 0 : stats.size,
      modified: Math.floor(stats.mtimeMs),
    }
  );
}

/** ENOENT and ENOTDIR are the two definite answers that there is nothing; all else stays an error. */
async function orMissing<T>(pending: Promise<T>): Promise<T | undefined> {
  try {
    return await pending;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}
