import { type SqlFailure, unsupported } from './failure';
import type { SqlType } from './sql-type';
import { differentOperands, wrongOperands } from './type-mismatch';
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

/**
 * The type in which two values meet: in a comparison, an array, a CASE (`AnsiTypeCoercion.findWiderTypeForTwo` of Spark). A string
 * becomes what the other side is: BIGINT beside integers, DOUBLE beside other numbers. Undefined when there is none.
 */
export function commonType(left: SqlType, right: SqlType): SqlType | undefined {
  return sameType(left, right) ? left : (widened(left, right) ?? widened(right, left));
}

/**
 * Values of this type are put in order.
 * @throws SqlFailure for arrays: in Spark NULL among their elements is the smallest, in DuckDB the greatest
 */
export function requireOrder(where: string, type: SqlType): void {
  if (type.name === 'ARRAY') {
    throw unsupported(`${where} of arrays`);
  }
}

/** The type in which all these values meet; VOID for none, undefined when they have none in common. */
export function commonTypeOf(types: readonly SqlType[]): SqlType | undefined {
  return types.reduce<SqlType | undefined>(
    (left, right) => (left === undefined ? undefined : commonType(left, right)),
    { name: 'VOID' },
  );
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
    return arrayOf(left.element, right.element);
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

function arrayOf(left: SqlType, right: SqlType): SqlType | undefined {
  const element = commonType(left, right);
  if (
    element !== undefined &&
    (left.name === 'STRING') !== (right.name === 'STRING') &&
    !isVoid(left) &&
    !isVoid(right)
  ) {
    throw unsupported(`an array of ${typeText(left)} beside one of ${typeText(right)}; cast one of them`);
  }
  return element === undefined ? undefined : { name: 'ARRAY', element };
}

function isVoid({ name }: SqlType): boolean {
  return name === 'VOID';
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
 * The type of `+`, `-`, `*`, `%` and, as DOUBLE, of `/`. A string beside a number is a number.
 * @throws SqlFailure for values that are no numbers, for dates, and for two exact operands of which one is DECIMAL: Spark's rules for the
 * digits of their result are not on the allow-list
 */
export function arithmeticType(operator: string, left: SqlType, right: SqlType): SqlType {
  const types = [left, right].filter((type) => !isVoid(type));
  if (types.length === 0) {
    return { name: 'DOUBLE' };
  }
  const number = types.find(isNumber);
  const numbers = types.map((type) => (type.name === 'STRING' && number !== undefined ? besideString(number) : type));
  if (!numbers.every((type): type is SqlType => type !== undefined && isNumber(type))) {
    throw notNumbers(operator, left, right, types);
  }
  if (numbers.some((type) => type.name === 'DOUBLE')) {
    return { name: 'DOUBLE' };
  }
  if (numbers.some((type) => type.name === 'DECIMAL')) {
    throw unsupported(`${operator} of ${typeText(left)} and ${typeText(right)}; cast one of them to DOUBLE`);
  }
  return operator === '/' ? { name: 'DOUBLE' } : wider(numbers);
}

function wider(integers: readonly SqlType[]): SqlType {
  return integers.reduce((left, right) => (INTEGERS.indexOf(left.name) < INTEGERS.indexOf(right.name) ? right : left));
}

function notNumbers(operator: string, left: SqlType, right: SqlType, known: readonly SqlType[]): SqlFailure {
  if ((operator === '+' || operator === '-') && known.some(({ name }) => name === 'DATE' || name === 'TIMESTAMP')) {
    return unsupported(`${operator} with dates and timestamps`);
  }
  const same = sameType(left, right) || (known.length === 1 && known[0]?.name === 'STRING');
  return same && known[0] !== undefined
    ? wrongOperands(operator, known[0], 'numbers')
    : differentOperands(operator, left, right);
}
