import { posix } from 'node:path';
import { ExpandError } from '../expand-error';
import type { ScalarNode } from '../nodes';
import type { Frame } from '../place';

/**
 * Reads `path@alias`. The alias begins at the first `@`. A path with a leading `/` counts from the root of its repository, any other from the
 * folder of the including file, or from the root where the repository is another one. Source: the page on templates; details from published previews.
 * @param homeOf the repository that an alias stands for
 * @throws ExpandError PIPELINE_TEMPLATE for a path that leaves its repository
 */
export function resolveReference(
  node: ScalarNode,
  frame: Frame,
  homeOf: (alias: string) => string,
): { readonly repository: string; readonly path: string } {
  const at = node.text.indexOf('@');
  const written = (at < 0 ? node.text : node.text.slice(0, at)).replaceAll('\\', '/');
  const repository = at < 0 ? frame.repository : homeOf(node.text.slice(at + 1));
  if (written === '') {
    throw new ExpandError(
      'PIPELINE_TEMPLATE',
      'A template reference is empty.',
      node.at,
      'Write the path of the file.',
    );
  }
  const base = repository === frame.repository ? posix.dirname(frame.path) : '/';
  const joined = written.startsWith('/') ? written : `${base === '/' ? '' : base}/${written}`;
  // Normalized without its leading slash, a path that leaves the repository begins with `..`.
  const path = posix.normalize(joined.replace(/^\/+/, ''));
  if (path === '..' || path.startsWith('../')) {
    throw new ExpandError(
      'PIPELINE_TEMPLATE',
      `The template path '${written}' leaves its repository.`,
      node.at,
      'Name a file of the repository, or another repository with @alias.',
    );
  }
  return { repository, path: `/${path}` };
}
