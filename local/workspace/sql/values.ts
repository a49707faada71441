import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { SqlFailure } from './failure';

/**
 * A value as an entry of `data_array`: text in Spark's spelling, null for NULL. Arrays are JSON text.
 * [U]: whether the elements of an array of numbers stand bare or as text in that JSON has not been seen on a real workspace;
 * clients should accept both.
 */
export function apiValue(value: DuckDBValue): string | null {
  if (value === null || typeof value === 'string') {
    return value;
  }
  return value instanceof DuckDBListValue ? JSON.stringify(value.items.map(jsonValue)) : scalar(value);
}

function jsonValue(value: DuckDBValue): unknown {
  if (value instanceof DuckDBListValue) {
    return value.items.map(jsonValue);
  }
  if (typeof value === 'boolean' || value === null || (typeof value === 'number' && Number.isFinite(value))) {
    return value;
  }
  return apiValue(value);
}

function scalar(value: DuckDBValue): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? String(value) : doubleText(value);
  }
  if (value instanceof DuckDBTimestampValue) {
    return timestampText(value.micros);
  }
  if (value instanceof DuckDBDateValue) {
    return dateText(value.days);
  }
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
    throw new SqlFailure('ARITHMETIC_OVERFLOW', '22003', 'A sum does not fit BIGINT; cast the values to DOUBLE.');
  }
  if (value instanceof DuckDBDecimalValue || typeof value === 'bigint' || typeof value === 'boolean') {
    return value.toString();
  }
  throw new TypeError(`a value of the kind ${typeof value} has no text in the statement API`);
}

/** Double as Java's `Double.toString` (JDK 19 and later) spells it: `0.31`, `1.0E-5`, `1.2E7`, `NaN`, `Infinity`. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 1e-3 && magnitude < 1e7)) {
    const plain = Object.is(value, -0) ? '-0' : String(value);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** `2026-01-31T10:20:30.000Z`: ISO 8601 with at least three digits of a second's fraction, as the API writes TIMESTAMP. */
export function timestampText(micros: bigint): string {
  const thousandth = ((micros % 1000n) + 1000n) % 1000n;
  const milliseconds = (micros - thousandth) / 1000n;
  const text = new Date(Number(milliseconds)).toISOString();
  return thousandth === 0n ? text : text.replace('Z', `${String(thousandth).padStart(3, '0')}Z`);
}

function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
