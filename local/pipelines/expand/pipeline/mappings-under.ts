import { entryValue, type MappingNode } from '../nodes';

/** The mappings of the list under a key; none where there is no such list. */
export function mappingsUnder(owner: MappingNode, key: string): readonly MappingNode[] {
  const node = entryValue(owner, key);
  return node?.kind === 'sequence' ? node.items.filter((item) => item.kind === 'mapping') : [];
}
