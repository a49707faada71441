import { OPERATORS } from './allow-list';
import { cast } from './casts';
import { alike, boolean } from './functions';
import type { SqlType } from './sql-type';
import { arithmeticType, commonType, mismatch, sameType, type Typed } from './type-rules';

const BOOLEAN: SqlType = { name: 'BOOLEAN' };

/**
 * A binary operator of the allow-list by Spark's rules for its types.
 * @throws SqlFailure DATATYPE_MISMATCH
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
      return {
        sql: `(${boolean(operator.spark, left)} ${operator.spark} ${boolean(operator.spark, right)})`,
        type: BOOLEAN,
      };
    default:
      return { sql: compared(operator.spark, left, right), type: BOOLEAN };
  }
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
  const type = commonType(left.type, right.type, operator);
  const duckDb = operator === '<=>' ? 'IS NOT DISTINCT FROM' : operator;
  return `(${cast(left, type).sql} ${duckDb} ${cast(right, type).sql})`;
}

/** `value IN (…)`: all in the type in which they meet. */
export function isIn(value: Typed, list: readonly Typed[]): Typed {
  const [first, ...others] = alike('IN', [value, ...list]).map(({ sql }) => sql);
  return { sql: `(${first} IN (${others.join(', ')}))`, type: BOOLEAN };
}

/** `value BETWEEN low AND high`: two comparisons, each in its own type. */
export function isBetween(value: Typed, low: Typed, high: Typed): Typed {
  const types = [low, high].map((end) => commonType(value.type, end.type, 'BETWEEN'));
  const [type, other] = types;
  if (type === undefined || other === undefined) {
    throw mismatch('BETWEEN', value.type);
  }
  return sameType(type, other)
    ? { sql: `(${cast(value, type).sql} BETWEEN ${cast(low, type).sql} AND ${cast(high, type).sql})`, type: BOOLEAN }
    : { sql: `(${compared('>=', value, low)} AND ${compared('<=', value, high)})`, type: BOOLEAN };
}

/** `value LIKE pattern`, with the backslash as escape. */
export function isLike(value: Typed, pattern: Typed): Typed {
  for (const { type } of [value, pattern]) {
    if (type.name !== 'STRING' && type.name !== 'VOID') {
      throw mismatch('LIKE', type);
    }
  }
  const text = (operand: Typed) => cast(operand, { name: 'STRING' }).sql;
  return { sql: `(${text(value)} LIKE spark_pattern(${text(pattern)}) ESCAPE '\\')`, type: BOOLEAN };
}
