import { type MappingNode, mapping, mappingOf, type Node, textScalar } from '../../expand/nodes';
import type { Place } from '../../expand/place';

/** Texts by name as a context, whose names are found in any case. */
export function contextOf(texts: Iterable<readonly [name: string, text: string]>, at: Place): MappingNode {
  return contextOfNodes(
    [...texts].map(([name, text]) => [name, textScalar(text, at, 'computed')] as const),
    at,
  );
}

/** Nodes by name as a context, whose names are found in any case. */
export function contextOfNodes(nodes: readonly (readonly [name: string, node: Node])[], at: Place): MappingNode {
  return mapping(mappingOf(nodes, at).entries, at, 'any-case');
}
