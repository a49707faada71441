import { ApiError } from './api';

/** A JSON object of a request, or the query of a GET: what a handler reads its fields from. */
export type Fields = Readonly<Record<string, unknown>>;

/** A query string as fields; the first value of each name counts, {@link listOf} of the call's query reads repeated ones. */
export function queryFields(query: URLSearchParams): Fields {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, value] of query) {
    fields[name] ??= value;
  }
  return fields;
}

/** 400 INVALID_PARAMETER_VALUE with this sentence. */
export function invalid(message: string): ApiError {
  return new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
}

/** The field as text (numbers of ids become text), `undefined` when absent or null. @throws ApiError when it is an object or list */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value === 'object') {
    throw invalid(`Parameter '${name}' must be a string.`);
  }
  return String(value);
}

/** The field as text. @throws ApiError 400 INVALID_PARAMETER_VALUE when absent or empty */
export function requiredText(fields: Fields, name: string): string {
  const text = optionalText(fields, name);
  if (text === undefined || text === '') {
    throw invalid(`Missing value for required parameter '${name}'.`);
  }
  return text;
}

/** The field as a whole number, `undefined` when absent. @throws ApiError when it is not one */
export function optionalInteger(fields: Fields, name: string): number | undefined {
  const text = optionalText(fields, name);
  if (text === undefined || text === '') {
    return undefined;
  }
  const number = Number(text);
  if (!Number.isSafeInteger(number)) {
    throw invalid(`Parameter '${name}' must be an integer, got ${JSON.stringify(text)}.`);
  }
  return number;
}

/** The field as a list of objects, empty when absent. @throws ApiError when it is something else */
export function objectList(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'object' || item === null || Array.isArray(item))) {
    throw invalid(`Parameter '${name}' must be a list of objects.`);
  }
  return value as readonly Fields[];
}

/** The field as a list of texts, empty when absent. @throws ApiError when it is something else */
export function textList(fields: Fields, name: string): readonly string[] {
  const value = fields[name] ?? [];
  if (!Array.isArray(value) || value.some((item) => typeof item === 'object' && item !== null)) {
    throw invalid(`Parameter '${name}' must be a list of strings.`);
  }
  return value.map(String);
}

/** The field as an object, `undefined` when absent. @throws ApiError when it is something else */
export function optionalObject(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalid(`Parameter '${name}' must be an object.`);
  }
  return value as Fields;
}

/** True for `true` and `"true"`, the two forms in which flags arrive. */
export function flag(fields: Fields, name: string): boolean {
  return fields[name] === true || fields[name] === 'true';
}
