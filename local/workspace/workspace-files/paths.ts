import path from 'node:path';
import type { Workspace } from '../api';
import { invalid } from '../fields';

/**
 * The one form of a workspace path: absolute, without `/Workspace` in front, without empty segments or a trailing slash (`/` is the root).
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for a relative path or one with `.`, `..` or NUL
 */
export function canonicalPath(text: string): string {
  if (!text.startsWith('/')) {
    throw invalid(`Path (${text}) doesn't start with '/'`);
  }
  const segments = text.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..' || segment.includes('\0'))) {
    throw invalid(`Path (${text}) must not have '.' or '..' segments.`);
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
