import type { Version } from './expressions/version';
import type { Place } from './place';

/** What a scalar is to an expression. */
export type Primitive = null | boolean | number | string | Version;

/** What an expression gives: collections are nodes, so that whatever is inserted keeps its place. */
export type Value = Primitive | SequenceNode | MappingNode;

/** How a scalar came to be: written without quotes, in quotes, as a block, or as the result of an expression. */
export type ScalarStyle = 'plain' | 'quoted' | 'block' | 'computed';

export interface ScalarNode {
  readonly kind: 'scalar';
  /** What a pipeline sees: every scalar of a pipeline is text. */
  readonly text: string;
  /** What an expression sees. */
  readonly value: Primitive;
  readonly style: ScalarStyle;
  readonly at: Place;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly items: readonly Node[];
  readonly at: Place;
}

export interface MappingEntry {
  readonly key: ScalarNode;
  readonly value: Node;
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly entries: readonly MappingEntry[];
  readonly at: Place;
  /** How names are looked up: `exact` in data, `any-case` in contexts, `declared` where an unknown name is an error. */
  readonly lookup: 'exact' | 'any-case' | 'declared';
}

export type Node = ScalarNode | SequenceNode | MappingNode;

/** A text as it stood in a file. */
export function textScalar(text: string, at: Place, style: ScalarStyle = 'plain'): ScalarNode {
  return { kind: 'scalar', text, value: text, style, at };
}

export function sequence(items: readonly Node[], at: Place): SequenceNode {
  return { kind: 'sequence', items, at };
}

export function mapping(
  entries: readonly MappingEntry[],
  at: Place,
  lookup: MappingNode['lookup'] = 'exact',
): MappingNode {
  return { kind: 'mapping', entries, at, lookup };
}

/** A mapping from plain pairs, all at one place. */
export function mappingOf(pairs: readonly (readonly [key: string, value: Node])[], at: Place): MappingNode {
  return mapping(
    pairs.map(([key, value]) => ({ key: textScalar(key, at), value })),
    at,
  );
}

/** The value under a key that is written exactly so. */
export function entryValue(node: MappingNode, key: string): Node | undefined {
  return node.entries.find((entry) => entry.key.text === key)?.value;
}

export function isNode(value: Value | Node): value is SequenceNode | MappingNode {
  return typeof value === 'object' && value !== null && (value.kind === 'sequence' || value.kind === 'mapping');
}

/** A node as an expression sees it. */
export function nodeValue(node: Node): Value {
  return node.kind === 'scalar' ? node.value : node;
}

/** What a kind of node is called in a sentence. */
export function kindName(node: Node): string {
  return node.kind === 'scalar' ? 'a text' : node.kind === 'sequence' ? 'a list' : 'a mapping';
}
