import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ServiceError } from './service-error';

/**
 * Path of something that a record names below the folder of its run. Only records name files: nothing of a request goes into a path.
 * @throws ServiceError 404 when it is gone, 500 when the record leads out of the folder
 */
export async function recordedPath(folder: string, recorded: string, what: string): Promise<string> {
  let root: string;
  let real: string;
  try {
    root = await realpath(folder);
    real = await realpath(join(root, recorded));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new ServiceError(404, 'FileContainerItemNotFoundException', `${what} is recorded, but its file is gone.`);
    }
    throw error;
  }
  if (real !== root && !real.startsWith(root + sep)) {
    throw new ServiceError(500, 'InvalidPathException', `${what} is recorded outside of the folder of its run.`);
  }
  return real;
}

/** Bytes of a file. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}
