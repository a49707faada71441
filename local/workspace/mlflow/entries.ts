import { type Fields, invalid, objectList, optionalText } from '../fields';
import type { KeyValue, Metric, MetricValue } from './types';

/** Puts an entry in the place of the one with the same key, or at the end; the list itself stays as it was. */
export function withEntry<T extends { readonly key: string }>(list: readonly T[], entry: T): T[] {
  return list.some(({ key }) => key === entry.key)
    ? list.map((old) => (old.key === entry.key ? entry : old))
    : [...list, entry];
}

/** The value under a key, `undefined` when there is none. */
export function textUnder(list: readonly KeyValue[], key: string): string | undefined {
  return list.find((entry) => entry.key === key)?.value;
}

/**
 * One `{key, value}` of a request, by MLflow's limits: keys up to 250 bytes; an absent value is empty.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function keyValue(fields: Fields, longestValue: number): KeyValue {
  const key = metricKey(fields);
  const value = optionalText(fields, 'value') ?? '';
  if (Buffer.byteLength(value) > longestValue) {
    throw invalid(
      `The value of '${key}' is ${Buffer.byteLength(value)} bytes long; at most ${longestValue} are allowed.`,
    );
  }
  return { key, value };
}

/** The `{key, value}` list under a name. */
export function keyValues(fields: Fields, name: string, longestValue: number): readonly KeyValue[] {
  return objectList(fields, name).map((item) => keyValue(item, longestValue));
}

/** One metric of a request. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function metricOf(fields: Fields, runId: string): Metric {
  const timestamp = wholeNumber(fields, 'timestamp');
  if (timestamp === undefined) {
    throw invalid("Missing value for required parameter 'timestamp'.");
  }
  return {
    key: metricKey(fields),
    value: metricValue(fields),
    timestamp,
    step: wholeNumber(fields, 'step') ?? 0,
    ...textMember(fields, 'model_id'),
    ...textMember(fields, 'dataset_name'),
    ...textMember(fields, 'dataset_digest'),
    run_id: runId,
  };
}

/** A member with the field's text, or no member when it is absent or empty. */
export function textMember<K extends string>(fields: Fields, name: K): { readonly [P in K]?: string } {
  const text = optionalText(fields, name);
  return (text === undefined || text === '' ? {} : { [name]: text }) as { readonly [P in K]?: string };
}

/** The metric's value as a number for comparisons (NaN included). */
export function numberOf(value: MetricValue): number {
  return Number(value);
}

function metricKey(fields: Fields): string {
  const key = optionalText(fields, 'key') ?? '';
  if (key === '' || Buffer.byteLength(key) > 250) {
    throw invalid(`Invalid key ${JSON.stringify(key.slice(0, 40))}: a key has 1 to 250 bytes.`);
  }
  return key;
}

function metricValue(fields: Fields): MetricValue {
  const value = fields.value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') {
    return value;
  }
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw invalid(
      `Got invalid value ${JSON.stringify(value)} for metric '${String(fields.key)}': it must be a number.`,
    );
  }
  return number;
}

function wholeNumber(fields: Fields, name: string): number | undefined {
  const text = optionalText(fields, name);
  if (text === undefined) {
    return undefined;
  }
  const number = Number(text);
  if (!Number.isInteger(number)) {
    throw invalid(`Parameter '${name}' must be an integer, got ${JSON.stringify(text)}.`);
  }
  return number;
}
