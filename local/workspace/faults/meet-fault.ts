import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '../../../src/clock';
import { tokenExpired } from '../access';
import type { Reply } from '../api';
import { answerHead, sendReply } from '../reply';
import type { CutPoint, Fault } from './fault';

const PAGE =
  '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to reach the network.</body></html>\n';

/** What goes back for a request: a reply, and where the connection is cut instead of sending all of it. */
export interface Answer {
  readonly reply: Reply;
  readonly cut?: CutPoint;
}

/**
 * What a request gets that meets this fault.
 * @param carryOut lets the request take effect, and gives the true reply
 */
export async function meetFault(fault: Fault, clock: Clock, carryOut: () => Promise<Reply>): Promise<Answer> {
  switch (fault.kind) {
    case 'status':
      await onlyIf(fault.carriedOut, carryOut);
      return { reply: statusReply(fault) };
    case 'latency':
      await clock.sleep(fault.milliseconds);
      return { reply: await carryOut() };
    case 'connection_dropped':
      return { reply: fault.at === 'request' ? {} : await carryOut(), cut: fault.at };
    case 'truncated_json':
      return { reply: await halved(await carryOut()) };
    case 'html':
      await onlyIf(fault.carriedOut, carryOut);
      return { reply: { headers: { 'content-type': 'text/html; charset=utf-8' }, body: PAGE } };
    case 'token_expired':
      return { reply: tokenExpired() };
    case 'clock_skew':
      return { reply: await carryOut() };
  }
}

/** Sends an answer as far as its cut lets it. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  own: Readonly<Record<string, string>>,
  { reply, cut }: Answer,
): Promise<void> {
  switch (cut) {
    case undefined:
      return sendReply(request, response, own, reply);
    case 'request':
    case 'answer':
      response.destroy();
      return;
    case 'body':
    case 'middle': {
      const whole = await wholeReply(reply);
      const { status, headers, body } = answerHead(own, whole);
      const bytes = Buffer.from(body as Buffer | string);
      response.writeHead(status, headers);
      await sent(response, bytes.subarray(0, cut === 'body' ? 0 : Math.ceil(bytes.length / 2)));
      response.destroy();
      return;
    }
  }
}

/** Waits until head and bytes have left, so that the cut comes after them and not before. */
function sent(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve); // the client went first: nothing is left to cut
    response.flushHeaders();
    if (bytes.length === 0) {
      response.socket?.write('', () => resolve());
    } else {
      response.write(bytes, () => resolve());
    }
  });
}

async function onlyIf(wanted: boolean, carryOut: () => Promise<Reply>): Promise<void> {
  if (wanted) {
    const { body } = await carryOut();
    if (isStream(body)) {
      body.destroy();
    }
  }
}

function statusReply({ status, errorCode, message, retryAfter }: Extract<Fault, { kind: 'status' }>): Reply {
  return {
    status,
    json: { error_code: errorCode, message },
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
  };
}

async function halved(reply: Reply): Promise<Reply> {
  const whole = await wholeReply(reply);
  const { headers, body } = answerHead({}, whole);
  const bytes = Buffer.from(body as Buffer | string);
  const { 'content-length': _whole, ...kept } = headers;
  return { ...reply, headers: kept, body: bytes.subarray(0, Math.ceil(bytes.length / 2)) };
}

async function wholeReply(reply: Reply): Promise<Reply> {
  return isStream(reply.body) ? { ...reply, body: await buffer(reply.body) } : reply;
}

function isStream(body: Reply['body']): body is Readable {
  return body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
}
