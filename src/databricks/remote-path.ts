import { withoutSlashesAtEnd } from '../slashes';

/** The folder below which the workspace's file tree lies. */
export const WORKSPACE = '/Workspace';
/** `/Volumes/<catalog>/<schema>/<volume>`: what lies above cannot be listed. */
export const VOLUME_LEVELS = 4;

/**
 * The path in one form: without `dbfs:` before `/Volumes`, without a slash at the end, `/Users`, `/Shared` and `/Repos` below `/Workspace`.
 * @returns undefined for what is neither in a volume nor in the workspace's file tree
 */
export function normalRemotePath(text: string): string | undefined {
  const path = withoutSlashesAtEnd(text.replace(/^dbfs:(?=\/Volumes\/)/, ''));
  const segments = path.split('/').slice(1);
  if (!path.startsWith('/') || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return undefined;
  }
  switch (segments[0]) {
    case 'Volumes':
      return segments.length >= VOLUME_LEVELS ? path : undefined;
    case 'Workspace':
      return segments.length > 1 ? path : undefined;
    case 'Users':
    case 'Shared':
    case 'Repos':
      return WORKSPACE + path;
    default:
      return undefined;
  }
}
