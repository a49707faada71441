import type { Readable } from 'node:stream';
import { stringifyJson } from '../json';
import type { HttpRequest } from './request';

/** Headers that say what a request carries and wants back. */
export function headersOf(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (request.body !== undefined) {
    headers['Content-Type'] = 'application/json';
  } else if (request.form !== undefined) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
  } else if (request.bytes !== undefined || request.upload !== undefined) {
    headers['Content-Type'] = 'application/octet-stream';
  }
  if (request.upload !== undefined) {
    headers['Content-Length'] = String(request.upload.length);
  }
  return headers;
}

/** The bytes of a request; opened anew for each attempt. */
export function payloadOf(request: HttpRequest): string | Buffer | Readable | undefined {
  if (request.body !== undefined) {
    return stringifyJson(request.body);
  }
  if (request.form !== undefined) {
    return new URLSearchParams(request.form).toString();
  }
  return request.bytes === undefined ? request.upload?.open() : Buffer.from(request.bytes);
}

/** The absolute address of a request, its query included. */
export function addressOf(request: HttpRequest, baseUrl: string): URL {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) {
        values.append(name, String(each));
      }
    }
  }
  const query = values.toString();
  return new URL(baseUrl + request.path + (query === '' ? '' : `?${query}`));
}
