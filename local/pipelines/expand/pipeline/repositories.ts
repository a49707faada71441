import { ExpandError } from '../expand-error';
import { expandScalar } from '../interpolate';
import { entryValue, type MappingNode, type Node, type ScalarNode } from '../nodes';
import type { Scope } from '../scope';

/**
 * Makes the repository resources of a file known to `@alias`, before anything else of it is read. Values may hold expressions, directives are
 * not carried out here. Source: the page on repository resources; expressions in `ref` since 2022.
 * @throws ExpandError
 */
export function declareRepositories(root: MappingNode, scope: Scope): void {
  const resources = entryValue(root, 'resources');
  const repositories = resources?.kind === 'mapping' ? entryValue(resources, 'repositories') : undefined;
  for (const item of repositories?.kind === 'sequence' ? repositories.items : []) {
    if (item.kind === 'mapping') {
      declare(item, scope);
    }
  }
}

function declare(item: MappingNode, scope: Scope): void {
  const directive = item.entries.find(({ key }) => key.text.startsWith('${{'));
  if (directive !== undefined) {
    throw new ExpandError(
      'PIPELINE_DIRECTIVE',
      'A directive stands in a repository resource.',
      directive.key.at,
      'Declare every repository; only values may be expressions.',
    );
  }
  const alias = textOf(entryValue(item, 'repository'), scope);
  const ref = textOf(entryValue(item, 'ref'), scope);
  if (alias !== undefined) {
    scope.expansion.loader.declare({
      alias: alias.text,
      ref: ref === undefined || ref.text === '' ? undefined : ref.text,
      at: alias.at,
    });
  }
}

/** The shape of resources is checked later, with everything else. */
function textOf(node: Node | undefined, scope: Scope): ScalarNode | undefined {
  const value = node?.kind === 'scalar' ? expandScalar(node, scope) : undefined;
  return value?.kind === 'scalar' ? value : undefined;
}
