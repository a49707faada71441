import { type MappingEntry, type MappingNode, mapping, type Node, sequence, textScalar } from '../nodes';

/** The same mapping with some values in another form; their keys and places stay. */
export function withForms(node: MappingNode, forms: Readonly<Record<string, (value: Node) => Node>>): MappingNode {
  const entries = node.entries.map(({ key, value }): MappingEntry => {
    const form = Object.hasOwn(forms, key.text) ? forms[key.text] : undefined;
    return { key, value: form === undefined ? value : form(value) };
  });
  return mapping(entries, node.at, node.lookup);
}

/** The entry that says what the mapping is, then the others as they came. */
export function withFirst(node: MappingNode, key: string): MappingNode {
  const first = node.entries.filter((entry) => entry.key.text === key);
  const others = node.entries.filter((entry) => entry.key.text !== key);
  return mapping([...first, ...others], node.at, node.lookup);
}

/** One text as a list of it; an empty text as an empty list. */
export function asList(value: Node): Node {
  if (value.kind !== 'scalar') {
    return value;
  }
  return sequence(value.text === '' ? [] : [value], value.at);
}

/** A text as a mapping with this one key. */
export function asMappingUnder(key: string): (value: Node) => Node {
  return (value) => (value.kind === 'scalar' ? mapping([{ key: textScalar(key, value.at), value }], value.at) : value);
}
