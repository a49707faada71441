import { ExpandError } from '../expand-error';
import { loneSource } from '../interpolate';
import { entryValue, kindName, type MappingNode, type Node, type ScalarNode, textScalar } from '../nodes';
import type { Declaration } from './bind-value';
import { typeForm } from './parameter-types';

/** How a file declares its parameters: not at all, typed in a list, or in the old form as a mapping of defaults. */
export type Declarations =
  | { readonly form: 'none' }
  | { readonly form: 'declared'; readonly parameters: readonly Declaration[] }
  | { readonly form: 'untyped'; readonly defaults: MappingNode };

const KEYS = ['name', 'displayName', 'type', 'default', 'values'];

/**
 * Reads `parameters:` of a file. Nothing in it is an expression; a default may be a text in single quotes within `${{ }}`.
 * @throws ExpandError PIPELINE_PARAMETER, PIPELINE_SHAPE
 */
export function declarationsOf(root: MappingNode, inTemplate: boolean): Declarations {
  const node = entryValue(root, 'parameters');
  if (node === undefined) {
    return { form: 'none' };
  }
  if (node.kind === 'mapping' && inTemplate) {
    return { form: 'untyped', defaults: node };
  }
  if (node.kind === 'scalar' && node.text === '') {
    return { form: 'declared', parameters: [] };
  }
  if (node.kind !== 'sequence') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `parameters is ${kindName(node)}.`,
      node.at,
      "Declare a list: '- name: …', 'type: …', 'default: …'.",
    );
  }
  const parameters = node.items.map((item) => declarationOf(item, inTemplate));
  const seen = new Set<string>();
  for (const { name } of parameters) {
    if (seen.has(name.text.toUpperCase())) {
      throw new ExpandError(
        'PIPELINE_PARAMETER',
        `Parameter '${name.text}' is declared twice.`,
        name.at,
        'Keep one of the two.',
      );
    }
    seen.add(name.text.toUpperCase());
  }
  return { form: 'declared', parameters };
}

function declarationOf(item: Node, inTemplate: boolean): Declaration {
  if (item.kind !== 'mapping') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `A parameter is ${kindName(item)}.`,
      item.at,
      "Declare it with '- name: …'.",
    );
  }
  for (const { key } of item.entries) {
    if (!KEYS.includes(key.text)) {
      throw new ExpandError(
        'PIPELINE_SHAPE',
        `'${key.text}' is no key of a parameter.`,
        key.at,
        `Keys are: ${KEYS.join(', ')}.`,
      );
    }
  }
  const name = textOf(item, 'name');
  if (name === undefined || name.text === '') {
    throw new ExpandError('PIPELINE_SHAPE', 'A parameter has no name.', item.at, "Begin with '- name: …'.");
  }
  const type = textOf(item, 'type');
  const values = entryValue(item, 'values');
  if (values !== undefined && values.kind !== 'sequence') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      `values of parameter '${name.text}' is ${kindName(values)}.`,
      values.at,
      'Write a list.',
    );
  }
  const given = entryValue(item, 'default');
  return {
    name,
    type: typeForm(type?.text ?? 'string', inTemplate, type?.at ?? item.at),
    typeName: type?.text ?? 'string',
    default: given === undefined ? undefined : withoutExpressions(given),
    values: values?.items.map(withoutExpressions),
  };
}

function textOf(item: MappingNode, key: string): ScalarNode | undefined {
  const node = entryValue(item, key);
  if (node !== undefined && node.kind !== 'scalar') {
    throw new ExpandError('PIPELINE_SHAPE', `${key} of a parameter is ${kindName(node)}.`, node.at, 'Write a text.');
  }
  return node;
}

/** A default as it is written; only `${{ 'text' }}` is read. */
function withoutExpressions(node: Node): Node {
  switch (node.kind) {
    case 'sequence':
      return { ...node, items: node.items.map(withoutExpressions) };
    case 'mapping':
      return {
        ...node,
        entries: node.entries.map(({ key, value }) => ({ key: plainKey(key), value: withoutExpressions(value) })),
      };
    case 'scalar': {
      const [, text] =
        /^'((?:[^']|'')*)'$/.exec(node.text.includes('${{') ? (loneSource(node)?.trim() ?? '') : '') ?? [];
      return text === undefined ? plainKey(node) : textScalar(text.replaceAll("''", "'"), node.at, 'computed');
    }
  }
}

function plainKey(node: ScalarNode): ScalarNode {
  if (node.text.includes('${{')) {
    throw new ExpandError(
      'PIPELINE_PARAMETER',
      'An expression stands in the declaration of a parameter.',
      node.at,
      'Give a fixed default, and use coalesce(parameters.name, …) where the parameter is read.',
    );
  }
  return node;
}
