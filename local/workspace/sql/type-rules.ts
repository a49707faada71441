import { SqlFailure, unsupported } from './failure';
import type { SqlType } from './sql-type';
import { typeText } from './types';

/** SQL for DuckDB whose type in Databricks SQL is known. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
}

type Decimal = Extract<SqlType, { name: 'DECIMAL' }>;

/** Integer types from narrow to wide, with the decimal digits that hold each (`DecimalType.forType`). */
const INTEGER_DIGITS: ReadonlyMap<SqlType['name'], number> = new Map([
  ['TINYINT', 3],
  ['SMALLINT', 5],
  ['INT', 10],
  ['BIGINT', 20],
]);
const INTEGERS = [...INTEGER_DIGITS.keys()];

const MOST_DIGITS = 38;

export function isInteger(type: SqlType): boolean {
  return INTEGER_DIGITS.has(type.name);
}

export function isNumber(type: SqlType): boolean {
  return isInteger(type) || type.name === 'DOUBLE' || type.name === 'DECIMAL';
}

export function sameType(left: SqlType, right: SqlType): boolean {
  return typeText(left) === typeText(right);
}

/** What an operator or a function cannot take; Spark's analysis refuses it too, or the local workspace does not know it. */
export function mismatch(where: string, ...types: readonly SqlType[]): SqlFailure {
  return new SqlFailure(
    'DATATYPE_MISMATCH',
    '42K09',
    `${where} cannot take ${types.map(typeText).join(' and ')} here; cast the values.`,
  );
}

/**
 * The type in which two values meet: in a comparison, an array, a CASE (`AnsiTypeCoercion.findWiderTypeForTwo` of Spark). A string
 * becomes what the other side is: BIGINT beside integers, DOUBLE beside other numbers.
 * @throws SqlFailure when there is none
 */
export function commonType(left: SqlType, right: SqlType, where: string): SqlType {
  const found = sameType(left, right) ? left : (widened(left, right) ?? widened(right, left));
  if (found === undefined) {
    throw mismatch(where, left, right);
  }
  return found;
}

/** The common type when `left` is the side that gives way, undefined otherwise. */
function widened(left: SqlType, right: SqlType): SqlType | undefined {
  if (left.name === 'VOID') {
    return right;
  }
  if (left.name === 'STRING') {
    return besideString(right);
  }
  if (left.name === 'DATE' && right.name === 'TIMESTAMP') {
    return right;
  }
  if (left.name === 'ARRAY' && right.name === 'ARRAY') {
    return { name: 'ARRAY', element: commonType(left.element, right.element, 'ARRAY') };
  }
  if (!isNumber(left) || !isNumber(right)) {
    return undefined;
  }
  if (right.name === 'DOUBLE') {
    return right;
  }
  if (isInteger(left) && isInteger(right)) {
    return INTEGERS.indexOf(left.name) < INTEGERS.indexOf(right.name) ? right : undefined;
  }
  return left.name === 'DOUBLE' ? undefined : widerDecimal(asDecimal(left), asDecimal(right));
}

function besideString(other: SqlType): SqlType | undefined {
  if (isInteger(other)) {
    return { name: 'BIGINT' };
  }
  if (isNumber(other)) {
    return { name: 'DOUBLE' };
  }
  return other.name === 'ARRAY' || other.name === 'VOID' ? undefined : other;
}

function asDecimal(type: SqlType): Decimal {
  return type.name === 'DECIMAL'
    ? type
    : { name: 'DECIMAL', precision: INTEGER_DIGITS.get(type.name) ?? MOST_DIGITS, scale: 0 };
}

function widerDecimal(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  const precision = Math.max(left.precision - left.scale, right.precision - right.scale) + scale;
  if (precision > MOST_DIGITS) {
    throw unsupported(`${typeText(left)} together with ${typeText(right)}: more than ${MOST_DIGITS} digits`);
  }
  return { name: 'DECIMAL', precision, scale };
}

/**
 * The type of `+`, `-`, `*`, `%` and, as DOUBLE, of `/`.
 * @throws SqlFailure for values that are no numbers, and for two exact operands of which one is DECIMAL: Spark's rules for the digits of
 * their result are not on the allow-list
 */
export function arithmeticType(operator: string, left: SqlType, right: SqlType): SqlType {
  const numbers = [left, right].filter((type) => type.name !== 'VOID');
  if (!numbers.every(isNumber)) {
    throw mismatch(operator, left, right);
  }
  if (numbers.length === 0 || numbers.some((type) => type.name === 'DOUBLE')) {
    return { name: 'DOUBLE' };
  }
  if (numbers.some((type) => type.name === 'DECIMAL')) {
    throw unsupported(`${operator} of ${typeText(left)} and ${typeText(right)}; cast one of them to DOUBLE`);
  }
  return operator === '/' ? { name: 'DOUBLE' } : commonType(left, right, operator);
}
