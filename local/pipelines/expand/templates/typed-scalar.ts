import { asText } from '../expressions/casts';
import { mapping, type Node, type Primitive, type ScalarNode, sequence } from '../nodes';

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

/** A node of an object parameter: plain `true`, `3` and empty values are what YAML says they are; quoted ones stay texts. */
export function typed(node: Node): Node {
  switch (node.kind) {
    case 'scalar':
      return node.style === 'plain' ? retyped(node, plainValue(node.text)) : node;
    case 'sequence':
      return sequence(node.items.map(typed), node.at);
    case 'mapping':
      return mapping(
        node.entries.map(({ key, value }) => ({ key, value: typed(value) })),
        node.at,
      );
  }
}

/** A node whose scalars are the texts that they were written as. */
export function asWritten(node: Node): Node {
  switch (node.kind) {
    case 'scalar':
      return {
        ...node,
        value: node.style === 'plain' && isNull(node.text) ? '' : node.text,
        text: node.style === 'plain' && isNull(node.text) ? '' : node.text,
      };
    case 'sequence':
      return sequence(node.items.map(asWritten), node.at);
    case 'mapping':
      return mapping(
        node.entries.map(({ key, value }) => ({ key, value: asWritten(value) })),
        node.at,
      );
  }
}

/** The same place with another value, and with the text that this value has. */
export function retyped(node: ScalarNode, value: Primitive): ScalarNode {
  return { ...node, value, text: asText(value) ?? '' };
}

/** Null is an empty text, as everywhere in a pipeline. */
function plainValue(text: string): Primitive {
  if (isNull(text)) {
    return '';
  }
  if (/^(?:true|false)$/i.test(text)) {
    return text.toLowerCase() === 'true';
  }
  return NUMBER.test(text) ? Number(text) : text;
}

function isNull(text: string): boolean {
  return ['', '~', 'null', 'Null', 'NULL'].includes(text);
}
