import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringifyJson } from '../../src/json';
import { ApiError, type Reply } from './api';

/** Writes a reply with the workspace's own headers. A stream that fails half-way breaks the connection, so that no client takes a part for the whole. */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  own: Readonly<Record<string, string>>,
  reply: Reply,
): Promise<void> {
  const { status, headers, body } = answerHead(own, reply);
  // A client that sends a large body reads no answer before it has sent all: closing early would show it a broken pipe instead of a refusal.
  request.resume();
  response.writeHead(status, headers);
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    response.end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  if (request.method === 'HEAD') {
    body.destroy();
    response.end();
    return;
  }
  await pipeline(body, response);
}

/** Status and headers of a reply, with the workspace's own, and its body as it goes out. */
export function answerHead(
  own: Readonly<Record<string, string>>,
  reply: Reply,
): { status: number; headers: Record<string, string>; body: string | Buffer | Readable } {
  const status = reply.status ?? 200;
  const body = reply.body ?? (status === 204 ? '' : stringifyJson(reply.json ?? {}));
  const headers: Record<string, string> = { ...own };
  if (reply.body === undefined && status !== 204) {
    headers['content-type'] = 'application/json; charset=utf-8';
  }
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) {
    headers[name.toLowerCase()] = value;
  }
  if (status === 204) {
    delete headers['content-length'];
  }
  return { status, headers, body };
}

/** An error as the service sends it. */
export function errorReply({ status, errorCode, message, reason }: ApiError): Reply {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }];
  return { status, json: { error_code: errorCode, message, ...(reason === undefined ? {} : { details }) } };
}

/** What a client sees of a defect of the workspace itself. */
export function internalError(error: unknown): ApiError {
  const text = error instanceof Error ? error.message : String(error);
  return new ApiError(500, 'INTERNAL_ERROR', `The local workspace failed on this request: ${text}`);
}
