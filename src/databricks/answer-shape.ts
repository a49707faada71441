import { TaskError } from '../errors';
import { isFilePath, isPathSegment } from '../http/path';
import { isIntegerId } from '../json';

/** A JSON object of an answer whose fields are not trusted. */
export type AnswerFields = Readonly<Record<string, unknown>>;

/** @throws TaskError ANSWER_UNEXPECTED unless the value is a JSON object */
export function objectIn(value: unknown, what: string): AnswerFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unexpected(what);
  }
  return value as AnswerFields;
}

/** A list of objects under `name`; a missing one is empty, as the service leaves empty lists out. @throws TaskError ANSWER_UNEXPECTED */
export function objectsIn(fields: AnswerFields, name: string, what: string): readonly AnswerFields[] {
  const list = fields[name] ?? [];
  if (!Array.isArray(list)) {
    throw unexpected(`${what}, field '${name}'`);
  }
  return list.map((item) => objectIn(item, `${what}, field '${name}'`));
}

/** Text under `name`, `''` when missing. @throws TaskError ANSWER_UNEXPECTED for any other kind of value */
export function textIn(fields: AnswerFields, name: string, what: string): string {
  const value = fields[name] ?? '';
  if (typeof value !== 'string') {
    throw unexpected(`${what}, field '${name}'`);
  }
  return value;
}

/** A 64-bit id under `name`, as text. @throws TaskError ANSWER_UNEXPECTED for what is no decimal integer, and when it is missing */
export function idIn(fields: AnswerFields, name: string, what: string): string {
  const value = fields[name];
  if ((typeof value !== 'number' && typeof value !== 'string') || !isIntegerId(String(value))) {
    throw unexpected(`${what}, field '${name}'`);
  }
  return String(value);
}

/** Text under `name` that names a resource in URLs. @throws TaskError ANSWER_UNEXPECTED for what cannot, such as `''` and `..` */
export function segmentIn(fields: AnswerFields, name: string, what: string): string {
  const text = textIn(fields, name, what);
  if (!isPathSegment(text)) {
    throw unexpected(`${what}, field '${name}'`);
  }
  return text;
}

/** Absolute path under `name`, of a file or folder of the service. @throws TaskError ANSWER_UNEXPECTED for what is none */
export function filePathIn(fields: AnswerFields, name: string, what: string): string {
  const text = textIn(fields, name, what);
  if (!isFilePath(text)) {
    throw unexpected(`${what}, field '${name}'`);
  }
  return text;
}

/** The answer is JSON, but not what the service documents. */
export function unexpected(what: string): TaskError {
  return new TaskError('ANSWER_UNEXPECTED', `The answer of the service has another form than documented: ${what}.`, {
    todo: 'Check that the URL is that of the workspace itself; if it is, report this answer with the version of the extension.',
  });
}
