import { LITERALS } from './allow-list';
import { cast } from './casts';
import { constantName } from './constant-names';
import { unsupported } from './failure';
import type { SqlType } from './sql-type';
import type { Node } from './tree';
import type { Typed } from './type-rules';
import { duckDbType } from './types';

const MOST_INT = 2_147_483_647n;
const MOST_BIGINT = 9_223_372_036_854_775_807n;

/**
 * A literal with Spark's type for it: INT or BIGINT by its size, DECIMAL with just its digits, DOUBLE with an exponent.
 * @throws SqlFailure for other kinds and numbers out of range
 */
export function renderLiteral(node: Node): Typed & { readonly name: string } {
  const text = String(node.value);
  if (!LITERALS.some((kind) => kind === node.literal_type)) {
    throw unsupported(`literals of the kind ${String(node.literal_type).toUpperCase()}`);
  }
  switch (node.literal_type) {
    case 'number':
      return { ...number(text), name: numberName(text) };
    case 'date':
      return { ...cast(string(text), { name: 'DATE' }), name: constantName({ name: 'DATE' }, text) };
    case 'timestamp':
      return { ...cast(string(text), { name: 'TIMESTAMP' }), name: constantName({ name: 'TIMESTAMP' }, text) };
    default:
      return { ...string(text), name: text };
  }
}

/** Spark names a column by the value of a double, not by its spelling. */
function numberName(text: string): string {
  const type = typeOfNumber(text);
  return type.name === 'DOUBLE' ? constantName(type, text) : text;
}

/** The smallest BIGINT has no positive literal: its minus belongs to it. */
export function isSmallestBigint(node: Node): boolean {
  return node.literal_type === 'number' && node.value === String(MOST_BIGINT + 1n);
}

/** `-9223372036854775808`. */
export const SMALLEST_BIGINT: Typed = { sql: `CAST('-${MOST_BIGINT + 1n}' AS BIGINT)`, type: { name: 'BIGINT' } };

/** A string for DuckDB; with the standard quoting nothing but the quote needs care, and NUL cannot be in SQL text. */
function string(text: string): Typed {
  if (text.includes('\0')) {
    throw unsupported('the character U+0000 in a string; bind it as a parameter');
  }
  return { sql: `CAST('${text.replaceAll("'", "''")}' AS VARCHAR)`, type: { name: 'STRING' } };
}

function number(text: string): Typed {
  const type = typeOfNumber(text);
  // Quoted and cast: bare, DuckDB would give a number a type of its own, or take it for the position of a column.
  return { sql: `CAST('${text}' AS ${duckDbType(type)})`, type };
}

function typeOfNumber(text: string): SqlType {
  if (/^\d+$/.test(text)) {
    const value = BigInt(text);
    if (value > MOST_BIGINT) {
      throw unsupported(`the number ${text}, which does not fit BIGINT`);
    }
    return { name: value > MOST_INT ? 'BIGINT' : 'INT' };
  }
  if (/^(\d+(\.\d*)?|\.\d+)[eE][+-]?\d+$/.test(text)) {
    if (!Number.isFinite(Number(text))) {
      throw unsupported(`the number ${text}, which does not fit DOUBLE`);
    }
    return { name: 'DOUBLE' };
  }
  const parts = /^(\d*)\.(\d*)$/.exec(text);
  const whole = (parts?.[1] ?? '').replace(/^0+/, '');
  const fraction = parts?.[2] ?? '';
  // BigDecimal counts the digits from the first that is not zero, and has no fewer than stand after the point.
  const precision = Math.max(1, fraction.length, whole.length + fraction.length);
  if (parts === null || precision > 38) {
    throw unsupported(`the number ${text}`);
  }
  return { name: 'DECIMAL', precision, scale: fraction.length };
}
