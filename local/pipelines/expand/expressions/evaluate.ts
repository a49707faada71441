import { isNode, type MappingNode, type Node, nodeValue, sequence, type Value } from '../nodes';
import type { Place } from '../place';
import { asNumber, asText } from './casts';
import { FunctionError } from './function-error';
import { FUNCTIONS, type FunctionDefinition } from './functions';
import type { Expression } from './syntax';

/** What an expression can reach while it is evaluated. */
export interface Surroundings {
  /** The value of a name; the parser has checked that there is one. */
  lookUp(name: string): Value;
  readonly at: Place;
  grow(length: number): void;
  /** Functions by their name in lower case that exist only here, such as those of a run. */
  readonly functions?: ReadonlyMap<string, FunctionDefinition>;
}

/** @throws FunctionError or CastError where a function cannot do what it was asked */
export function evaluate(expression: Expression, surroundings: Surroundings): Value {
  switch (expression.type) {
    case 'literal':
      return expression.value;
    case 'name':
      return surroundings.lookUp(expression.name);
    case 'call':
      return evaluateCall(expression, surroundings);
    case 'index':
      return evaluateIndex(expression, surroundings);
  }
}

function evaluateCall(expression: Expression & { type: 'call' }, surroundings: Surroundings): Value {
  const name = expression.name.toLowerCase();
  const definition = surroundings.functions?.get(name) ?? FUNCTIONS.get(name);
  if (definition === undefined) {
    throw new FunctionError(`Function '${expression.name}' is not evaluated before the run`, 'Use it in a condition.');
  }
  const known = new Map<number, Value>();
  return definition.evaluate({
    count: expression.parameters.length,
    at: surroundings.at,
    grow: surroundings.grow,
    value: (index) => {
      const parameter = expression.parameters[index];
      if (!known.has(index) && parameter !== undefined) {
        known.set(index, evaluate(parameter, surroundings));
      }
      return known.get(index) ?? null;
    },
  });
}

/** A property or item; null where there is none, or where the target is no collection. After `*` it applies to each. */
function evaluateIndex(expression: Expression & { type: 'index' }, surroundings: Surroundings): Value {
  if (isFiltered(expression.target)) {
    return eachOf(expression, surroundings);
  }
  const target = evaluate(expression.target, surroundings);
  if (!isNode(target)) {
    return null;
  }
  if (expression.index === undefined) {
    return allOf(target, surroundings.at);
  }
  return itemOf(target, evaluate(expression.index, surroundings));
}

/** Whether the value of an expression is a filtered list: its own index, or one below it, is `*`. */
function isFiltered(expression: Expression): boolean {
  return expression.type === 'index' && (expression.index === undefined || isFiltered(expression.target));
}

/** Every value of a collection; a mapping gives the values of its entries. */
function allOf(target: Exclude<Value, null | boolean | number | string | { kind: 'version' }>, at: Place): Value {
  return target.kind === 'sequence'
    ? sequence(target.items, at)
    : sequence(
        target.entries.map((entry) => entry.value),
        at,
      );
}

/** `list.*.name`: the property of each item that has it. A second filter lays the lists end to end. */
function eachOf(expression: Expression & { type: 'index' }, surroundings: Surroundings): Value {
  const filtered = evaluate(expression.target, surroundings);
  if (!isNode(filtered) || filtered.kind !== 'sequence') {
    return null;
  }
  const index = expression.index === undefined ? undefined : evaluate(expression.index, surroundings);
  const found: Node[] = [];
  for (const item of filtered.items) {
    if (item.kind === 'scalar') {
      continue;
    }
    if (index === undefined) {
      found.push(...(item.kind === 'sequence' ? item.items : item.entries.map((entry) => entry.value)));
      continue;
    }
    const node = nodeOf(item, index);
    if (node !== undefined) {
      found.push(node);
    }
  }
  surroundings.grow(found.length);
  return sequence(found, surroundings.at);
}

function itemOf(target: Node, index: Value): Value {
  const node = nodeOf(target, index);
  return node === undefined ? null : nodeValue(node);
}

/** @throws FunctionError for a name that a context does not declare */
function nodeOf(target: Node, index: Value): Node | undefined {
  if (target.kind === 'sequence') {
    const position = asNumber(index);
    return position === undefined || position < 0 ? undefined : target.items[Math.floor(position)];
  }
  const name = asText(index);
  if (target.kind !== 'mapping' || name === undefined) {
    return undefined;
  }
  return propertyOf(target, name);
}

function propertyOf(target: MappingNode, name: string): Node | undefined {
  if (target.lookup === 'exact') {
    return target.entries.find((entry) => entry.key.text === name)?.value;
  }
  const wanted = name.toUpperCase();
  const found = target.entries.find((entry) => entry.key.text.toUpperCase() === wanted)?.value;
  if (found === undefined && target.lookup === 'declared') {
    throw new FunctionError(
      `There is no parameter '${name}'`,
      target.entries.length === 0
        ? 'Declare it under parameters.'
        : `Declared are: ${target.entries.map((entry) => entry.key.text).join(', ')}.`,
    );
  }
  return found;
}
