import { invalid } from '../fields';
import { type Condition, type FilterEntity, readIdentifier, Scanner } from './filter';

/** What stands under an identifier; several values for datasets, of which one has to match. */
export type Field = string | number | undefined | readonly string[];

/** Looks a field up in one searched thing. @throws ApiError 400 for an attribute that the thing does not have */
export type Lookup<T> = (subject: T, entity: FilterEntity, key: string) => Field;

/** True when all conditions hold; a field that is absent satisfies `IS NULL` only. */
export function matches<T>(subject: T, conditions: readonly Condition[], lookup: Lookup<T>): boolean {
  return conditions.every((condition) => {
    const field = lookup(subject, condition.entity, condition.key);
    return typeof field === 'object' ? field.some((one) => holds(one, condition)) : holds(field, condition);
  });
}

function holds(field: string | number | undefined, { comparator, value, key }: Condition): boolean {
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') {
    return (field === undefined) === (comparator === 'IS NULL');
  }
  if (field === undefined) {
    return false;
  }
  if (comparator === 'IN' || comparator === 'NOT IN') {
    return (value as readonly string[]).includes(String(field)) === (comparator === 'IN');
  }
  if (typeof field === 'number') {
    return compareNumbers(field, comparator, numeric(value, key));
  }
  if (typeof value !== 'string') {
    throw invalid(`Expected a quoted string value for '${key}', got ${String(value)}.`);
  }
  return compareTexts(field, comparator, value);
}

function numeric(value: Condition['value'], key: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    throw invalid(`Expected a numeric value for '${key}', got ${JSON.stringify(value)}.`);
  }
  return number;
}

function compareNumbers(field: number, comparator: Condition['comparator'], value: number): boolean {
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
    case '<=':
      return field <= value;
    default:
      throw invalid(`The comparison ${comparator} is not defined for numbers.`);
  }
}

function compareTexts(field: string, comparator: Condition['comparator'], value: string): boolean {
  switch (comparator) {
    case '=':
      return field === value;
    case '!=':
      return field !== value;
    case 'LIKE':
      return likePattern(value, 's').test(field);
    case 'ILIKE':
      return likePattern(value, 'is').test(field);
    default:
      throw invalid(`The comparison ${comparator} is not defined for strings.`);
  }
}

function likePattern(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, flags);
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

/** Sorts by the keys; absent fields and NaN come last in either direction; equal ones keep their order. */
export function sorted<T>(subjects: readonly T[], keys: readonly SortKey[], lookup: Lookup<T>): readonly T[] {
  return [...subjects].sort((left, right) => {
    for (const { entity, key, descending } of keys) {
      const order = compareFields(lookup(left, entity, key), lookup(right, entity, key), descending);
      if (order !== 0) {
        return order;
      }
    }
    return 0;
  });
}

function compareFields(left: Field, right: Field, descending: boolean): number {
  const missing = Number(isMissing(left)) - Number(isMissing(right));
  if (missing !== 0 || isMissing(left) || left === right) {
    return missing;
  }
  const ascending = (left as string | number) < (right as string | number) ? -1 : 1;
  return descending ? -ascending : ascending;
}

function isMissing(field: Field): boolean {
  return field === undefined || Number.isNaN(field);
}
