import type { IncomingHttpHeaders } from 'node:http';
import { parseJson } from '../json';
import { ApiError, type CallPlace, ConnectionError } from './errors';

/** Longest server message that goes into an error, in characters. */
const MESSAGE_LIMIT = 2_000;

/**
 * The JSON value of a successful answer.
 * @throws ConnectionError `ANSWER_NOT_JSON` for a page or text in its place, `ANSWER_INCOMPLETE` for JSON that breaks off
 * @throws ApiError `PRIVATE_LINK_VALIDATION_ERROR` for the login page of a workspace behind a private link
 */
export function jsonAnswer(
  place: CallPlace,
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
  acceptEmpty: boolean,
): unknown {
  if (text.trim() === '') {
    if (acceptEmpty) {
      return {};
    }
    throw new ConnectionError('ANSWER_INCOMPLETE', `The answer with status ${status} is empty.`, place);
  }
  if (!/^\s*[[{"\d-]|^\s*(true|false|null)\s*$/.test(text)) {
    throw notJson(place, status, headers, text);
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw new ConnectionError('ANSWER_INCOMPLETE', `The answer with status ${status} is not whole JSON.`, place, {
      cause: error,
    });
  }
}

/** A redirect of an API call never leads to an answer: it is a login page or a wrong host. */
export function redirectError(
  place: CallPlace,
  status: number,
  headers: IncomingHttpHeaders,
): ApiError | ConnectionError {
  const target = headers.location ?? '';
  if (target.includes('private-link-validation-error')) {
    return privateLinkError(place);
  }
  const host = hostOf(target, place.origin);
  return new ConnectionError('ANSWER_NOT_JSON', `The request was redirected (status ${status}) to ${host}.`, place);
}

/** Statuses that mean different things by what their body says. */
const DECIDED_BY_BODY = new Set([400, 404, 409]);

/**
 * An error answer of any dialect: API 2.x, API 1.2, OAuth, SCIM, HTML page, plain text, nothing. JSON that breaks off where only the
 * body could tell what is meant is no answer.
 */
export function errorAnswer(
  place: CallPlace,
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
): ApiError | ConnectionError {
  const body = jsonObject(text);
  if (body === undefined && /^\s*\{/.test(text) && DECIDED_BY_BODY.has(status)) {
    return new ConnectionError('ANSWER_INCOMPLETE', `The answer with status ${status} is not whole JSON.`, place);
  }
  const said = body === undefined ? fromText(text) : fromObject(body, status);
  return new ApiError(place, {
    status,
    errorCode: said.errorCode,
    message: said.message.slice(0, MESSAGE_LIMIT),
    requestId: said.requestId ?? headerText(headers, 'x-request-id') ?? headerText(headers, 'x-vss-e2eid') ?? '',
    retryAfterMs: retryAfter(headers) ?? said.retryAfterMs,
    structured: body !== undefined,
  });
}

interface Said {
  readonly errorCode: string;
  readonly message: string;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

function fromObject(body: Readonly<Record<string, unknown>>, status: number): Said {
  const details = Array.isArray(body.details) ? body.details.filter(isObject) : [];
  const requestInfo = details.find((detail) => textOf(detail['@type']).endsWith('google.rpc.RequestInfo'));
  const retryInfo = details.find((detail) => textOf(detail['@type']).endsWith('google.rpc.RetryInfo'));
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textOf(retryInfo?.retry_delay))?.[1];
  const common = {
    requestId: requestInfo === undefined ? undefined : textOf(requestInfo.request_id),
    retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1000,
  };
  if (body.error_code !== undefined || body.message !== undefined) {
    return { errorCode: textOf(body.error_code), message: textOf(body.message), ...common };
  }
  if (body.detail !== undefined || body.scimType !== undefined) {
    const words = [textOf(body.scimType), textOf(body.detail)].filter((part) => part !== '').join(' ');
    return { errorCode: `SCIM_${textOf(body.status) || status}`, message: words, ...common };
  }
  if (body.errorCode !== undefined || body.errorSummary !== undefined) {
    return { errorCode: textOf(body.errorCode), message: textOf(body.errorSummary), ...common };
  }
  if (body.error_description !== undefined) {
    return { errorCode: textOf(body.error), message: textOf(body.error_description), ...common };
  }
  if (isObject(body.error)) {
    return { errorCode: textOf(body.error.code), message: textOf(body.error.message), ...common };
  }
  return { errorCode: '', message: textOf(body.error), ...common };
}

function fromText(text: string): Said {
  if (/^\s*</.test(text)) {
    const said = insideOf('pre', text) ?? insideOf('title', text) ?? 'an HTML page';
    return { errorCode: '', message: said.replace(/<[^<>]*>/g, '').trim() };
  }
  const coded = /^([A-Z][A-Z0-9_]+): ([\s\S]*)$/.exec(text.trim());
  return coded ? { errorCode: coded[1] ?? '', message: coded[2] ?? '' } : { errorCode: '', message: text.trim() };
}

/** What stands between the first such tag of a page and its end. */
function insideOf(tag: 'pre' | 'title', page: string): string | undefined {
  const inner = new RegExp(`<${tag}>`, 'i').exec(page);
  const rest = inner === null ? '' : page.slice(inner.index + inner[0].length);
  const end = rest.search(new RegExp(`</${tag}>`, 'i'));
  return end < 0 ? undefined : rest.slice(0, end);
}

function notJson(
  place: CallPlace,
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
): ApiError | ConnectionError {
  if (text.includes('private-link-validation-error')) {
    return privateLinkError(place);
  }
  const kind = /^\s*</.test(text) ? 'an HTML page' : `text of type ${headerText(headers, 'content-type') ?? 'unknown'}`;
  return new ConnectionError('ANSWER_NOT_JSON', `The answer with status ${status} is ${kind} and not JSON.`, place);
}

function privateLinkError(place: CallPlace): ApiError {
  return new ApiError(place, {
    status: 403,
    errorCode: 'PRIVATE_LINK_VALIDATION_ERROR',
    message: 'The workspace accepts connections only through its private link',
    requestId: '',
    structured: true,
  });
}

/** `Retry-After` in milliseconds: whole seconds, or an HTTP date compared with the answer's own `Date`. */
function retryAfter(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined || value === '') {
    return undefined;
  }
  if (/^\d+$/.test(value)) {
    return Number(value) * 1000;
  }
  const wait = Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^\s*\{/.test(text)) {
    return undefined;
  }
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value);
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function hostOf(target: string, base: string): string {
  return URL.canParse(target, base) ? new URL(target, base).host : 'an unreadable address';
}
