import { join, resolve, sep } from 'node:path';
import { withoutSlashesAtEnd } from '../../../src/slashes';
import { invalid } from '../fields';

/**
 * The segments of a path of the Files API, decoded, without leading slash.
 * Nothing that could leave a folder gets through: no empty segment, no `.` or `..`, no NUL, no backslash.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function pathSegments(path: string): readonly string[] {
  const segments = withoutSlashesAtEnd(path.replace(/^\/+/, '')).split('/');
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..' || /[\0\\]/.test(segment)) {
      throw invalid(
        `Invalid path '${path.replace(/\0/g, '\\0')}': it has an empty, '.' or '..' segment, a backslash or a NUL.`,
      );
    }
    if (Buffer.byteLength(segment) > 255) {
      throw invalid(`Invalid path: a segment is longer than 255 bytes.`);
    }
  }
  return segments;
}

/**
 * A path below a folder, by checked segments.
 * @throws ApiError 400 when the result would not lie in the folder (a second wall behind {@link pathSegments})
 */
export function within(folder: string, segments: readonly string[]): string {
  const root = resolve(folder);
  const path = join(root, ...segments);
  if (path !== root && !path.startsWith(root + sep)) {
    throw invalid(`Invalid path: it leaves its root.`);
  }
  return path;
}
