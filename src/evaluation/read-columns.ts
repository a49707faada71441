import { counted } from '../counted';
import { labelOf } from './labels';
import type { DataProblem } from './predictions';

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A value as a number: `undefined` when there is none, NaN when it is no finite number. */
export function numberOf(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '') {
    return undefined;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : Number.NaN;
  }
  if (typeof value === 'bigint') {
    return Number(value);
  }
  return typeof value === 'string' && NUMBER.test(value) ? finite(Number(value)) : Number.NaN;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** A column as finite numbers, in the given order of rows. */
export function numberColumn(
  name: string,
  values: readonly unknown[],
  order: Uint32Array,
  problems: DataProblem[],
): Float64Array {
  const numbers = new Float64Array(order.length);
  let missing = 0;
  let invalid = 0;
  for (let row = 0; row < order.length; row += 1) {
    const value = numberOf(values[order[row] as number]);
    missing += value === undefined ? 1 : 0;
    invalid += value !== undefined && Number.isNaN(value) ? 1 : 0;
    numbers[row] = value ?? Number.NaN;
  }
  report(problems, missing, 'MISSING_VALUE', `no value in column ${name}`);
  report(problems, invalid, 'NOT_A_NUMBER', `no finite number in column ${name}`);
  return numbers;
}

/** A column as positions in `classes` (normalised labels). */
export function classColumn(
  name: string,
  values: readonly unknown[],
  order: Uint32Array,
  classes: readonly string[],
  problems: DataProblem[],
): Int32Array {
  const positions = new Map(classes.map((label, position) => [label, position]));
  const codes = new Int32Array(order.length);
  let missing = 0;
  let unknown = 0;
  for (let row = 0; row < order.length; row += 1) {
    const label = labelOf(values[order[row] as number]);
    const position = label === undefined ? undefined : positions.get(label);
    missing += label === undefined ? 1 : 0;
    unknown += label !== undefined && position === undefined ? 1 : 0;
    codes[row] = position ?? -1;
  }
  report(problems, missing, 'MISSING_VALUE', `no value in column ${name}`);
  report(problems, unknown, 'UNKNOWN_CLASS', `a label in column ${name} that model.classes does not name`);
  return codes;
}

/** How far the probabilities of a row may be from 1 in sum: single precision over many classes stays well below. */
const SUM_TOLERANCE = 1e-4;

/**
 * A column of probabilities as one flat array, `classes` per row.
 *
 * A plain number is the probability of the last of two classes. A list, or a list as JSON text, holds one probability per class in order.
 */
export function probabilityColumn(
  name: string,
  values: readonly unknown[],
  order: Uint32Array,
  classes: number,
  problems: DataProblem[],
): Float64Array {
  const flat = new Float64Array(order.length * classes);
  let missing = 0;
  let invalid = 0;
  for (let row = 0; row < order.length; row += 1) {
    const value = values[order[row] as number];
    if (value === null || value === undefined || value === '') {
      missing += 1;
      continue;
    }
    const probabilities = probabilitiesOf(value, classes);
    if (probabilities === undefined) {
      invalid += 1;
      continue;
    }
    flat.set(probabilities, row * classes);
  }
  report(problems, missing, 'MISSING_VALUE', `no value in column ${name}`);
  const wanted =
    classes === 2
      ? 'a number between 0 and 1, or a list of two that add up to 1'
      : `a list of ${classes} numbers between 0 and 1 that add up to 1`;
  report(problems, invalid, 'PROBABILITY_INVALID', `no probability in column ${name} (wanted is ${wanted})`);
  return flat;
}

function probabilitiesOf(value: unknown, classes: number): number[] | undefined {
  const list = listOf(value);
  if (list === undefined) {
    const positive = numberOf(value);
    return classes === 2 && positive !== undefined && positive >= 0 && positive <= 1
      ? [1 - positive, positive]
      : undefined;
  }
  const numbers = list.map(numberOf);
  let sum = 0;
  for (const number of numbers) {
    if (number === undefined || !(number >= 0 && number <= 1)) {
      return undefined;
    }
    sum += number;
  }
  return numbers.length === classes && Math.abs(sum - 1) <= SUM_TOLERANCE ? (numbers as number[]) : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) {
    return value;
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as Float64Array);
  }
  if (typeof value !== 'string' || !value.startsWith('[')) {
    return undefined;
  }
  const inner = value.slice(1, value.endsWith(']') ? -1 : undefined);
  return value.endsWith(']') ? inner.split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1')) : undefined;
}

function report(problems: DataProblem[], count: number, code: string, what: string): void {
  if (count > 0) {
    problems.push({ code, message: `${counted(count, 'row')} ${count === 1 ? 'has' : 'have'} ${what}.` });
  }
}
