import { didYouMean } from '../../../../src/nearest-name';
import { ExpandError } from '../expand-error';
import { kindName, type MappingNode, type Node } from '../nodes';
import { GRAMMAR } from './pipeline';
import type { Shape } from './shape';

/**
 * Holds an expanded node against the grammar.
 * @param name shape by its name: `step`, `job`, `stage`, `variable`, `pipeline`
 * @throws ExpandError PIPELINE_SHAPE at the first key or value that does not belong
 */
export function checkShape(node: Node, name: string): void {
  check(node, named(name), name);
}

function named(name: string): Shape {
  const shape = GRAMMAR[name];
  if (shape === undefined) {
    throw new Error(`the grammar has no shape '${name}'`);
  }
  return shape;
}

/** @param title how errors name what is checked: the key above it */
function check(node: Node, shape: Shape, title: string): void {
  if (shape === 'anything') {
    return;
  }
  if (typeof shape === 'string' && shape !== 'text') {
    check(node, named(shape.slice(1)), title);
    return;
  }
  if (typeof shape === 'object' && 'either' in shape) {
    const fitting = shape.either.find((candidate) => kindOfShape(candidate) === node.kind);
    if (fitting === undefined) {
      throw wrongKind(node, title, shape.either.map(kindOfShape));
    }
    check(node, fitting, title);
    return;
  }
  if (kindOfShape(shape) !== node.kind) {
    throw wrongKind(node, title, [kindOfShape(shape)]);
  }
  if (node.kind === 'sequence' && typeof shape === 'object' && 'list' in shape) {
    for (const item of node.items) {
      check(item, shape.list, title);
    }
  } else if (node.kind === 'mapping' && typeof shape === 'object') {
    checkMapping(node, shape, title);
  }
}

function checkMapping(node: MappingNode, shape: Shape & object, title: string): void {
  if ('values' in shape) {
    for (const { key, value } of node.entries) {
      check(value, shape.values, key.text);
    }
  } else if ('byKey' in shape) {
    const choices = Object.entries(shape.byKey);
    const found = choices.find(([key]) => node.entries.some((entry) => entry.key.text === key));
    if (found === undefined) {
      throw undecided(node, title, Object.keys(shape.byKey));
    }
    check(node, found[1], title);
  } else if ('keys' in shape) {
    checkKeys(node, shape, title);
  }
}

function checkKeys(node: MappingNode, shape: Extract<Shape, { keys: unknown }>, title: string): void {
  for (const { key, value } of node.entries) {
    const inner = Object.hasOwn(shape.keys, key.text) ? shape.keys[key.text] : undefined;
    if (inner === undefined) {
      throw unknownKey(key.text, key, title, Object.keys(shape.keys));
    }
    check(value, inner, key.text);
  }
  for (const key of shape.required ?? []) {
    if (!node.entries.some((entry) => entry.key.text === key)) {
      throw new ExpandError('PIPELINE_SHAPE', `'${key}' is missing in ${title}.`, node.at, `Add '${key}:'.`);
    }
  }
}

function kindOfShape(shape: Shape): Node['kind'] {
  if (typeof shape === 'string') {
    return shape === 'text' || shape === 'anything' ? 'scalar' : kindOfShape(named(shape.slice(1)));
  }
  return 'list' in shape ? 'sequence' : 'mapping';
}

function wrongKind(node: Node, title: string, wanted: readonly Node['kind'][]): ExpandError {
  const names = { scalar: 'a text', sequence: 'a list', mapping: 'a mapping' };
  const what = node.kind === 'scalar' ? (node.text === '' ? 'empty' : `'${node.text.slice(0, 60)}'`) : kindName(node);
  return new ExpandError(
    'PIPELINE_SHAPE',
    `${title} is ${what}.`,
    node.at,
    `Write ${wanted.map((kind) => names[kind]).join(' or ')}.`,
  );
}

function unknownKey(key: string, node: { at: Node['at'] }, title: string, known: readonly string[]): ExpandError {
  return new ExpandError(
    'PIPELINE_SHAPE',
    `'${key}' does not belong into ${title}.`,
    node.at,
    didYouMean(key, known) || `Known are: ${known.join(', ')}.`,
  );
}

/** A mapping without any of the keys that say what it is. */
function undecided(node: MappingNode, title: string, keys: readonly string[]): ExpandError {
  const [first] = node.entries;
  return first === undefined
    ? new ExpandError('PIPELINE_SHAPE', `${title} is an empty mapping.`, node.at, `Write one of: ${keys.join(', ')}.`)
    : unknownKey(first.key.text, first.key, title, keys);
}
