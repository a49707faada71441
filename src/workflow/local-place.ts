import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { TaskError } from '../errors';

/**
 * A place on the agent that lies within one of the folders, also when links are followed.
 * @param text path as the user gave it; a relative one begins in the first folder
 * @param roots folders that may be written to, the first being that of the sources
 * @throws TaskError LOCAL_PATH_OUTSIDE
 */
export function placeWithin(input: string, text: string, roots: readonly string[]): string {
  const place = resolve(roots[0] ?? '', text);
  const outside = placeOutside(place, roots);
  if (outside !== undefined) {
    throw new TaskError(
      'LOCAL_PATH_OUTSIDE',
      `Input '${input}' names ${JSON.stringify(text)}, which is not written to.`,
      {
        where: `It leads to ${outside}; files are brought into ${roots.join(' and ')} only.`,
        todo: 'Give a path within the folder of the sources or of the job.',
      },
    );
  }
  return place;
}

/** Where a place leads when every link is followed, if that lies within none of the folders; otherwise undefined. */
export function placeOutside(place: string, roots: readonly string[]): string | undefined {
  if (place.includes('\0')) {
    return place;
  }
  const real = realPlace(place);
  return roots.some((root) => isWithin(real, realPlace(root))) ? undefined : real;
}

/**
 * Segments below a folder as a path of this machine. They come from outside.
 * @throws TaskError REMOTE_NAME_REFUSED for a name that would lead elsewhere, or that this machine may take for another
 */
export function safeRelative(path: string): string {
  const segments = path.split('/');
  const bad = segments.find(
    (segment) => segment === '' || segment === '.' || segment === '..' || /[\\\p{Cc}]/u.test(segment),
  );
  const onWindows =
    process.platform === 'win32' ? segments.find((segment) => /[<>:"|?*]|[. ]$/.test(segment)) : undefined;
  if (bad !== undefined || onWindows !== undefined) {
    throw new TaskError('REMOTE_NAME_REFUSED', `The file ${JSON.stringify(path)} cannot be brought here.`, {
      where: 'Its name has parts that lead elsewhere, or signs that this machine does not keep.',
      todo: 'Rename the file, or choose the files that are needed.',
    });
  }
  return segments.join(sep);
}

function isWithin(place: string, root: string): boolean {
  const way = relative(root, place);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The place with every link followed that is there; what is not there yet is as it is written. */
export function realPlace(place: string): string {
  try {
    return realpathSync(place);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') || dirname(place) === place) {
      throw error;
    }
    return resolve(realPlace(dirname(place)), relative(dirname(place), place));
  }
}
