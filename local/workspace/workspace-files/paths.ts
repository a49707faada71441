import path from 'node:path';
import type { Workspace } from '../api';
import { invalid } from '../fields';

/** What file systems hold of one name, and what the store holds of a whole path; the service's own limits are not known. */
const LONGEST_SEGMENT_BYTES = 255;
const LONGEST_PATH_BYTES = 1_024;

/**
 * The one form of a workspace path: absolute, without `/Workspace` in front, without empty segments or a trailing slash (`/` is the root).
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for a relative path, one with `.`, `..` or NUL, or one that is too long
 */
export function canonicalPath(text: string): string {
  if (!text.startsWith('/')) {
    throw invalid(`Path (${text}) doesn't start with '/'`);
  }
  const segments = text.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..' || segment.includes('\0'))) {
    throw invalid(`Path (${text}) must not have '.' or '..' segments.`);
  }
  if (
    Buffer.byteLength(text) > LONGEST_PATH_BYTES ||
    segments.some((segment) => Buffer.byteLength(segment) > LONGEST_SEGMENT_BYTES)
  ) {
    throw invalid(
      `Path (${text.slice(0, 60)}…) is too long: at most ${LONGEST_SEGMENT_BYTES} bytes a name and ${LONGEST_PATH_BYTES} in all.`,
    );
  }
  return `/${(segments[0] === 'Workspace' ? segments.slice(1) : segments).join('/')}`;
}

/** Where the contents of a canonical path lie on this machine. */
export function diskPath(workspace: Workspace, canonical: string): string {
  return path.join(filesFolder(workspace), ...canonical.split('/'));
}

/** The folder that holds all workspace files. */
export function filesFolder(workspace: Workspace): string {
  return path.join(workspace.folder, 'files');
}
