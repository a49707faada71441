import { hasMacro } from '../agent/macros';
import { ExpandError } from '../expand/expand-error';
import { entryValue, kindName, type MappingNode, type Node, type ScalarNode } from '../expand/nodes';

/** The scalar under a key; `undefined` where the key is absent or blank. */
export function scalarOf(owner: MappingNode, key: string): ScalarNode | undefined {
  const value = entryValue(owner, key);
  if (value === undefined || (value.kind === 'scalar' && value.text.trim() === '')) {
    return undefined;
  }
  if (value.kind !== 'scalar') {
    throw wrongKind(key, value, 'a text');
  }
  return value;
}

export function textOf(owner: MappingNode, key: string): string | undefined {
  return scalarOf(owner, key)?.text;
}

/** The mapping under a key; what is no mapping is an error. */
export function mappingAt(owner: MappingNode, key: string): MappingNode | undefined {
  const value = entryValue(owner, key);
  if (value === undefined || (value.kind === 'scalar' && value.text.trim() === '')) {
    return undefined;
  }
  if (value.kind !== 'mapping') {
    throw wrongKind(key, value, 'a mapping');
  }
  return value;
}

/** Texts of a list under a key, without blank ones; `undefined` where the key is absent. */
export function textsOf(owner: MappingNode, key: string): readonly ScalarNode[] | undefined {
  const value = entryValue(owner, key);
  if (value === undefined) {
    return undefined;
  }
  const items = value.kind === 'sequence' ? value.items : [value];
  return items
    .map((item) => {
      if (item.kind !== 'scalar') {
        throw wrongKind(key, item, 'a text');
      }
      return item;
    })
    .filter((item) => item.text.trim() !== '');
}

/** Names with texts; whatever is no text is an error. */
export function textMap(owner: MappingNode, key: string): Readonly<Record<string, string>> {
  return textsByName(mappingAt(owner, key));
}

export function textsByName(node: MappingNode | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (node?.entries ?? []).map(({ key, value }) => {
      if (value.kind !== 'scalar') {
        throw wrongKind(key.text, value, 'a text');
      }
      return [key.text, value.text];
    }),
  );
}

/** Whether a text is only known in the run: it has a macro or is an expression of the run. */
export function isLate(text: string): boolean {
  return hasMacro(text) || text.includes('$[');
}

/**
 * A whole number that is 0 or more, as text.
 * @throws ExpandError PIPELINE_SHAPE for a literal that is none
 */
export function countOf(owner: MappingNode, key: string, otherwise: string): string {
  const node = scalarOf(owner, key);
  if (node !== undefined && !isLate(node.text) && !/^\s*\d{1,9}\s*$/.test(node.text)) {
    throw new ExpandError('PIPELINE_SHAPE', `${key} is '${node.text}'.`, node.at, 'Write a whole number, 0 or more.');
  }
  return node?.text.trim() ?? otherwise;
}

/**
 * A truth value as text.
 * @throws ExpandError PIPELINE_SHAPE for a literal that is none
 */
export function flagOf(owner: MappingNode, key: string, otherwise: 'true' | 'false'): string {
  const node = scalarOf(owner, key);
  if (node !== undefined && !isLate(node.text) && !/^\s*(?:true|false)\s*$/i.test(node.text)) {
    throw new ExpandError('PIPELINE_SHAPE', `${key} is '${node.text}'.`, node.at, 'Write true or false.');
  }
  return node?.text.trim() ?? otherwise;
}

/**
 * One of some words, in any case.
 * @throws ExpandError PIPELINE_SHAPE
 */
export function wordOf<Word extends string>(owner: MappingNode, key: string, words: readonly Word[]): Word | undefined {
  const node = scalarOf(owner, key);
  const found = words.find((word) => word.toUpperCase() === node?.text.trim().toUpperCase());
  if (node !== undefined && found === undefined) {
    throw new ExpandError('PIPELINE_SHAPE', `${key} is '${node.text}'.`, node.at, `It is ${words.join(' or ')}.`);
  }
  return found;
}

function wrongKind(key: string, node: Node, wanted: string): ExpandError {
  return new ExpandError('PIPELINE_SHAPE', `'${key}' is ${kindName(node)}.`, node.at, `Write ${wanted}.`);
}
