import { OPERATORS } from './allow-list';
import { cast } from './casts';
import { alike, text } from './functions';
import type { SqlType } from './sql-type';
import { differentOperands, filterNotBoolean, wrongOperands } from './type-mismatch';
import { arithmeticType, commonType, requireOrder, sameType, type Typed } from './type-rules';

const BOOLEAN: SqlType = { name: 'BOOLEAN' };

/**
 * A binary operator of the allow-list by Spark's rules for its types.
 * @throws SqlFailure when it does not take such values
 */
export function operated(kind: string, left: Typed, right: Typed): Typed {
  const operator = OPERATORS[kind];
  if (operator === undefined) {
    throw new Error(`${kind} is not on the allow-list`);
  }
  switch (operator.kind) {
    case 'arithmetic':
      return arithmetic(operator.spark, left, right);
    case 'logic':
      return logic(operator.spark, left, right);
    default:
      return { sql: compared(operator.spark, left, right), type: BOOLEAN };
  }
}

/** AND and OR: a string beside a condition is read as one. */
function logic(operator: string, left: Typed, right: Typed): Typed {
  const isCondition = ({ type }: Typed) => type.name === 'BOOLEAN' || type.name === 'VOID';
  const isText = ({ type }: Typed) => type.name === 'STRING';
  const operands = [left, right];
  if (!operands.every((operand) => isCondition(operand) || isText(operand)) || operands.every(isText)) {
    throw sameType(left.type, right.type)
      ? wrongOperands(operator, left.type, 'BOOLEAN')
      : differentOperands(operator, left.type, right.type);
  }
  return { sql: `(${cast(left, BOOLEAN).sql} ${operator} ${cast(right, BOOLEAN).sql})`, type: BOOLEAN };
}

/** Integers stay integers but for `/`; a zero on the right of `/` or `%` ends the statement. */
function arithmetic(operator: string, left: Typed, right: Typed): Typed {
  const type = arithmeticType(operator, left.type, right.type);
  const [{ sql: first }, { sql: second }] = [cast(left, type), cast(right, type)];
  switch (operator) {
    case '/':
      return { sql: `spark_divide(${first}, ${second})`, type };
    case '%':
      return { sql: `spark_remainder(${first}, ${second})`, type };
    default:
      return { sql: `(${first} ${operator} ${second})`, type };
  }
}

/** SQL of a comparison in the type in which both sides meet. */
export function compared(operator: string, left: Typed, right: Typed): string {
  const type = meeting(operator, left, right);
  if (operator !== '=' && operator !== '<=>' && operator !== '<>') {
    requireOrder(operator, type);
  }
  const duckDb = operator === '<=>' ? 'IS NOT DISTINCT FROM' : operator;
  return `(${cast(left, type).sql} ${duckDb} ${cast(right, type).sql})`;
}

/** SQL of the condition of a WHERE. @throws SqlFailure when it is none */
export function filterCondition(condition: Typed): string {
  if (condition.type.name !== 'BOOLEAN') {
    throw filterNotBoolean(condition.type);
  }
  return condition.sql;
}

/** The type in which both sides of a comparison meet. @throws SqlFailure when there is none */
function meeting(operator: string, left: Typed, right: Typed): SqlType {
  const type = commonType(left.type, right.type);
  if (type === undefined) {
    throw differentOperands(operator, left.type, right.type);
  }
  return type;
}

/** `value IN (…)`: all in the type in which they meet. */
export function isIn(value: Typed, list: readonly Typed[]): Typed {
  const [first, ...others] = alike('IN', [value, ...list]).map(({ sql }) => sql);
  return { sql: `(${first} IN (${others.join(', ')}))`, type: BOOLEAN };
}

/** `value BETWEEN low AND high`: two comparisons, each in its own type. */
export function isBetween(value: Typed, low: Typed, high: Typed): Typed {
  const [type, other] = [meeting('BETWEEN', value, low), meeting('BETWEEN', value, high)];
  requireOrder('BETWEEN', type);
  requireOrder('BETWEEN', other);
  return sameType(type, other)
    ? { sql: `(${cast(value, type).sql} BETWEEN ${cast(low, type).sql} AND ${cast(high, type).sql})`, type: BOOLEAN }
    : { sql: `(${compared('>=', value, low)} AND ${compared('<=', value, high)})`, type: BOOLEAN };
}

/** `value LIKE pattern`, with the backslash as escape. */
export function isLike(value: Typed, pattern: Typed): Typed {
  return { sql: `(${text('LIKE', value)} LIKE spark_pattern(${text('LIKE', pattern)}) ESCAPE '\\')`, type: BOOLEAN };
}
