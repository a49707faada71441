import { invalid } from '../fields';
import { type Comparator, type Condition, type FilterEntity, readIdentifier, Scanner } from './filter';

/** What stands under an identifier; several values for datasets, of which one has to match. */
export type Field = string | number | undefined | readonly string[];

/** How a field compares. */
export type FieldKind = 'number' | 'text';

/** What can be searched: the fields that a thing has, and their values. */
export interface Searchable<T> {
  /** @throws ApiError 400 INVALID_PARAMETER_VALUE for a field that the thing never has */
  kindOf(entity: FilterEntity, key: string): FieldKind;
  fieldOf(subject: T, entity: FilterEntity, key: string): Field;
}

const NUMBER_COMPARATORS: ReadonlySet<Comparator> = new Set(['=', '!=', '>', '>=', '<', '<=']);
const TEXT_COMPARATORS: ReadonlySet<Comparator> = new Set(['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN']);
const OPEN_TEXT_COMPARATORS: ReadonlySet<Comparator> = new Set(['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL']);

/**
 * A filter as a test of one thing; a field that is absent satisfies `IS NULL` only. Fields, comparisons and values are checked once, so a
 * wrong filter is refused also where there is nothing to find.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function filterOf<T>(conditions: readonly Condition[], searchable: Searchable<T>): (subject: T) => boolean {
  const tests = conditions.map(({ entity, key, ...condition }) => {
    const holds = testOf({ entity, key, ...condition }, searchable.kindOf(entity, key));
    return (subject: T): boolean => {
      const field = searchable.fieldOf(subject, entity, key);
      return typeof field === 'object' ? field.some(holds) : holds(field);
    };
  });
  return (subject) => tests.every((test) => test(subject));
}

type FieldTest = (field: string | number | undefined) => boolean;

function testOf({ entity, key, comparator, value }: Condition, kind: FieldKind): FieldTest {
  const allowed =
    kind === 'number'
      ? NUMBER_COMPARATORS
      : entity === 'param' || entity === 'tag'
        ? OPEN_TEXT_COMPARATORS
        : TEXT_COMPARATORS;
  if (!allowed.has(comparator)) {
    throw invalid(`Invalid comparator '${comparator}' for '${key}'. Valid ones: ${[...allowed].join(', ')}.`);
  }
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') {
    return (field) => (field === undefined) === (comparator === 'IS NULL');
  }
  const holds = kind === 'number' ? numberTest(comparator, value, key) : textTest(comparator, value, key);
  return (field) => field !== undefined && holds(field);
}

function numberTest(comparator: Comparator, value: Condition['value'], key: string): FieldTest {
  if (typeof value !== 'number') {
    throw invalid(`Expected numeric value type for '${key}'. Found ${JSON.stringify(value)}.`);
  }
  return (field) => compare(Number(field), comparator, value);
}

function compare(field: number, comparator: Comparator, value: number): boolean {
  switch (comparator) {
    case '=':
      return field === value;
    case '!=':
      return field !== value;
    case '>':
      return field > value;
    case '>=':
      return field >= value;
    case '<':
      return field < value;
    default:
      return field <= value;
  }
}

function textTest(comparator: Comparator, value: Condition['value'], key: string): FieldTest {
  if (comparator === 'IN' || comparator === 'NOT IN') {
    const texts = new Set(value as readonly string[]);
    return (field) => texts.has(String(field)) === (comparator === 'IN');
  }
  if (typeof value !== 'string') {
    throw invalid(`Expected a quoted string value for '${key}', got ${String(value)}.`);
  }
  if (comparator === 'LIKE' || comparator === 'ILIKE') {
    const folded = (text: string) => [...(comparator === 'LIKE' ? text : text.toLowerCase())];
    const pattern = folded(value);
    return (field) => isLike(folded(String(field)), pattern);
  }
  return (field) => (String(field) === value) === (comparator === '=');
}

/**
 * SQL's LIKE: `%` for any text, `_` for one character. After a mismatch only the last `%` can take more, so the time is at most the product of
 * the lengths (a regular expression would take exponential time for some patterns).
 */
function isLike(text: readonly string[], pattern: readonly string[]): boolean {
  let [at, wanted, afterAny, anyEnd] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[wanted] === '%') {
      [afterAny, anyEnd] = [++wanted, at];
    } else if (pattern[wanted] === '_' || pattern[wanted] === text[at]) {
      at += 1;
      wanted += 1;
    } else if (afterAny >= 0) {
      anyEnd += 1;
      [at, wanted] = [anyEnd, afterAny];
    } else {
      return false;
    }
  }
  return pattern.slice(wanted).every((character) => character === '%');
}

/** One key of an order, most significant first. */
export interface SortKey {
  readonly entity: FilterEntity;
  readonly key: string;
  readonly descending: boolean;
}

const DIRECTION = /(ASC|DESC)(?!\w)/iy;

/** Reads `order_by` items such as `metrics.rmse DESC`. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function parseOrder(items: readonly string[]): readonly SortKey[] {
  return items.map((item) => {
    const scanner = new Scanner(item);
    const identifier = readIdentifier(scanner);
    const direction = scanner.take(DIRECTION)?.[1]?.toUpperCase();
    if (!scanner.atEnd()) {
      throw invalid(`Invalid order_by clause '${item}'.`);
    }
    return { ...identifier, descending: direction === 'DESC' };
  });
}

/**
 * Sorts by the keys. In either direction NaN comes after all numbers and what is absent after NaN; equal ones keep their order.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for a field that the things never have
 */
export function sorted<T>(
  subjects: readonly T[],
  keys: readonly SortKey[],
  { kindOf, fieldOf }: Searchable<T>,
): readonly T[] {
  for (const { entity, key } of keys) {
    kindOf(entity, key);
  }
  const rows = subjects.map((subject) => ({
    subject,
    fields: keys.map(({ entity, key }) => fieldOf(subject, entity, key)),
  }));
  rows.sort((left, right) => {
    for (const [index, { descending }] of keys.entries()) {
      const order = compareFields(left.fields[index], right.fields[index], descending);
      if (order !== 0) {
        return order;
      }
    }
    return 0;
  });
  return rows.map(({ subject }) => subject);
}

function compareFields(left: Field, right: Field, descending: boolean): number {
  const missing = rankOf(left) - rankOf(right);
  if (missing !== 0 || rankOf(left) > 0 || left === right) {
    return missing;
  }
  const ascending = (left as string | number) < (right as string | number) ? -1 : 1;
  return descending ? -ascending : ascending;
}

function rankOf(field: Field): number {
  return field === undefined ? 2 : Number.isNaN(field) ? 1 : 0;
}
