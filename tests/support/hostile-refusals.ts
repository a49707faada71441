import { stringifyJson } from '../../src/json';
import { bytesOf } from './hostile-answers';
import type { Answer } from './http-double';

/** A way in which services, sign-in services and proxies refuse a request, with one text wherever it says something. */
export interface RefusalDialect {
  readonly name: string;
  answer(text: string): Answer;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export const REFUSAL_DIALECTS: readonly RefusalDialect[] = [
  { name: 'API 2.x', answer: (text) => inJson({ error_code: text, message: text }) },
  {
    name: 'API 2.x with details',
    answer: (text) =>
      inJson({
        error_code: 'INVALID_STATE',
        message: text,
        details: [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', request_id: text }],
      }),
  },
  { name: 'SCIM', answer: (text) => inJson({ scimType: text, detail: text, status: text }) },
  { name: 'OAuth', answer: (text) => inJson({ error: text, error_description: text }) },
  { name: 'error object', answer: (text) => inJson({ error: { code: text, message: text } }) },
  { name: 'page', answer: (text) => inBody('text/html', `<html><title>${text}</title><pre>${text}</pre></html>`) },
  { name: 'plain text', answer: (text) => inBody('text/plain', text) },
  {
    name: 'headers',
    answer: (text) => ({ status: 400, headers: { 'content-type': inHeader(text), 'x-request-id': inHeader(text) } }),
  },
  { name: 'text in place of an answer', answer: (text) => ({ ...inBody(inHeader(text), `!${text}`), status: 200 }) },
  {
    name: 'redirect',
    answer: (text) => ({ status: 302, headers: { location: `https://${inHeader(text)}/${inHeader(text)}` } }),
  },
];

function inJson(json: unknown): Answer {
  return { status: 400, headers: JSON_TYPE, body: bytesOf(stringifyJson(json)) };
}

function inBody(type: string, body: string): Answer {
  return { status: 400, headers: { 'content-type': type }, body: bytesOf(body) };
}

/** As much of a text as a header can hold. */
function inHeader(text: string): string {
  return text.replace(/[^\t\u0020-\u007E\u0080-\u00FF]/g, '').slice(0, 1_000);
}
