import { isNode, nodeValue, sequence, textScalar, type Value } from '../nodes';
import type { Place } from '../place';
import { asText, CastError, toBoolean, toText } from './casts';
import { compare, equal } from './compare';
import { formatText } from './format-text';
import { FunctionError } from './function-error';
import { jsonText } from './json-text';

/** What a function sees: its parameters, evaluated when asked for. */
export interface Call {
  /** How many parameters it was given. */
  readonly count: number;
  value(index: number): Value;
  /** Where the expression stands: the place of collections that it makes. */
  readonly at: Place;
  /** Refuses texts beyond the limits before they are built. */
  grow(length: number): void;
}

export interface FunctionDefinition {
  readonly least: number;
  readonly most: number;
  readonly evaluate: (call: Call) => Value;
}

const MANY = Number.POSITIVE_INFINITY;

/**
 * Every function that exists while templates are expanded, by its name in lower case. Source: the page on expressions. Where page and service
 * disagree, the service counts: `in` and `notIn` want two parameters, `iif` three and evaluates all of them, `split` takes its delimiter as one text.
 */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  Object.entries({
    and: of(2, MANY, (call) => allOf(call, (value) => toBoolean(value))),
    or: of(2, MANY, (call) => anyOf(call, 0, (value) => toBoolean(value))),
    xor: of(2, 2, ({ value }) => toBoolean(value(0)) !== toBoolean(value(1))),
    not: of(1, 1, ({ value }) => !toBoolean(value(0))),
    eq: of(2, 2, ({ value }) => equal(value(0), value(1))),
    ne: of(2, 2, ({ value }) => !equal(value(0), value(1))),
    gt: of(2, 2, ({ value }) => compare(value(0), value(1)) > 0),
    ge: of(2, 2, ({ value }) => compare(value(0), value(1)) >= 0),
    lt: of(2, 2, ({ value }) => compare(value(0), value(1)) < 0),
    le: of(2, 2, ({ value }) => compare(value(0), value(1)) <= 0),
    in: of(2, MANY, isAmong),
    notin: of(2, MANY, (call) => !isAmong(call)),
    contains: of(2, 2, ({ value }) => folded(value(0)).includes(folded(value(1)))),
    containsvalue: of(2, 2, ({ value }) => containsValue(value(0), value(1))),
    startswith: of(2, 2, ({ value }) => folded(value(0)).startsWith(folded(value(1)))),
    endswith: of(2, 2, ({ value }) => folded(value(0)).endsWith(folded(value(1)))),
    coalesce: of(2, MANY, coalesce),
    iif: of(3, 3, ({ value }) => {
      const [yes, no] = [value(1), value(2)];
      return toBoolean(value(0)) ? yes : no;
    }),
    format: of(1, MANY, format),
    join: of(2, 2, join),
    split: of(2, 2, split),
    replace: of(3, 3, replace),
    substring: of(3, 3, substring),
    lower: of(1, 1, ({ value }) => toText(value(0)).toLowerCase()),
    upper: of(1, 1, ({ value }) => toText(value(0)).toUpperCase()),
    trim: of(1, 1, ({ value }) => toText(value(0)).trim()),
    length: of(1, 1, ({ value }) => lengthOf(value(0))),
    converttojson: of(1, 1, ({ value }) => jsonText(value(0))),
  }),
);

function of(least: number, most: number, evaluate: (call: Call) => Value): FunctionDefinition {
  return { least, most, evaluate };
}

function allOf(call: Call, holds: (value: Value) => boolean): boolean {
  return !anyOf(call, 0, (value) => !holds(value));
}

/** Stops at the first that holds: what follows is never evaluated. */
function anyOf({ count, value }: Call, from: number, holds: (value: Value) => boolean): boolean {
  for (let index = from; index < count; index += 1) {
    if (holds(value(index))) {
      return true;
    }
  }
  return false;
}

function isAmong(call: Call): boolean {
  const wanted = call.value(0);
  return anyOf(call, 1, (candidate) => equal(wanted, candidate));
}

function folded(value: Value): string {
  return toText(value).toUpperCase();
}

/** Items of a list, values of a mapping; each is cast to the kind of what is sought. */
function containsValue(collection: Value, sought: Value): boolean {
  if (!isNode(collection)) {
    return false;
  }
  const nodes = collection.kind === 'sequence' ? collection.items : collection.entries.map((entry) => entry.value);
  return nodes.some((node) => equal(sought, nodeValue(node)));
}

function coalesce({ count, value }: Call): Value {
  for (let index = 0; index < count; index += 1) {
    const candidate = value(index);
    if (candidate !== null && candidate !== '') {
      return candidate;
    }
  }
  return null;
}

function format({ count, value, grow }: Call): Value {
  const values = Array.from({ length: count - 1 }, (_, index) => () => toText(value(index + 1)));
  return formatText(toText(value(0)), values, grow);
}

/** Items that are collections count as empty; what is no list is its own text. */
function join({ value, grow }: Call): Value {
  const separator = toText(value(0));
  const list = value(1);
  if (!isNode(list)) {
    return toText(list);
  }
  if (list.kind === 'mapping') {
    throw new CastError(list, 'Array');
  }
  const texts = list.items.map((item) => asText(nodeValue(item)) ?? '');
  grow(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
  return texts.join(separator);
}

/** An empty delimiter parts nothing. */
function split({ value, at, grow }: Call): Value {
  const [text, delimiter] = [toText(value(0)), toText(value(1))];
  grow(text.length);
  const parts = delimiter === '' ? [text] : text.split(delimiter);
  return sequence(
    parts.map((part) => textScalar(part, at, 'computed')),
    at,
  );
}

/** Case counts here, unlike in comparisons; an empty search changes nothing. */
function replace({ value, grow }: Call): Value {
  const [text, search, replacement] = [toText(value(0)), toText(value(1)), toText(value(2))];
  if (search === '') {
    return text;
  }
  const parts = text.split(search);
  grow(text.length + (parts.length - 1) * Math.max(0, replacement.length - search.length));
  return parts.join(replacement);
}

/** [U] The page does not describe it: start from 0, then a length; beyond the text is an error. */
function substring({ value }: Call): Value {
  const text = toText(value(0));
  const [start, length] = [value(1), value(2)].map((bound) => Number(asText(bound) ?? Number.NaN));
  if (
    start === undefined ||
    length === undefined ||
    !isCount(start) ||
    !isCount(length) ||
    start + length > text.length
  ) {
    throw new FunctionError(
      `No part of '${text.slice(0, 60)}' begins at ${asText(value(1))} and is ${asText(value(2))} long`,
      'Start counts from 0, and start and length stay within the text.',
    );
  }
  return text.slice(start, start + length);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

function lengthOf(value: Value): number {
  if (isNode(value)) {
    return value.kind === 'sequence' ? value.items.length : value.entries.length;
  }
  return toText(value).length;
}
