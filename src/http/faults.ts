import { type CallPlace, ConnectionError } from './errors';
import { isTlsFault, tlsFault } from './tls-faults';

/** Codes of Node.js that say: no connection was made, so nothing was sent; with what that means. */
const NOT_CONNECTED: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nobody listens there'],
  ['ENOTFOUND', 'no host of this name is known'],
  ['EAI_AGAIN', 'the name of the host could not be looked up'],
  ['EHOSTUNREACH', 'there is no way to the host'],
  ['ENETUNREACH', 'there is no way to its network'],
  ['EADDRNOTAVAIL', 'this machine has no address left to send from'],
]);

/** Codes for a compressed body that breaks off. */
const BROKEN_BODY = new Set(['Z_BUF_ERROR', 'Z_DATA_ERROR', 'ERR_STREAM_PREMATURE_CLOSE']);

/** What is known of an attempt beside its error. */
export interface AttemptFacts {
  /** Milliseconds, when the attempt's own limit ended it. */
  readonly timedOutAfter: number | undefined;
  /** Host and port of the proxy that it went through. */
  readonly proxy: string | undefined;
}

/** The fault below a body that was read as a stream and broke off. @param timedOutAfter milliseconds, when the attempt's own limit ended it */
export function brokenBody(error: unknown, place: CallPlace, timedOutAfter: number | undefined): ConnectionError {
  const { code, text } = describe(error);
  const how =
    timedOutAfter === undefined ? `broke off (${code || text})` : `did not end within ${timedOutAfter / 1000} s`;
  return new ConnectionError('ANSWER_INCOMPLETE', `The answer ${how}.`, place);
}

/** The fault below a request that got no whole answer. */
export function faultOf(error: unknown, place: CallPlace, { timedOutAfter, proxy }: AttemptFacts): ConnectionError {
  if (timedOutAfter !== undefined) {
    return new ConnectionError('CONNECTION_LOST', `No whole answer came within ${timedOutAfter / 1000} s.`, place);
  }
  const { code, text, answered } = describe(error);
  const why = NOT_CONNECTED.get(code);
  if (why !== undefined) {
    return proxy === undefined
      ? new ConnectionError('CONNECTION_FAILED', `No connection could be made: ${why} (${code}).`, place)
      : new ConnectionError('CONNECTION_FAILED', `The proxy ${proxy} could not be reached: ${why} (${code}).`, place, {
          todo: 'Check the proxy setting of the agent (at a terminal: HTTPS_PROXY), or let the address pass it by.',
        });
  }
  if (isTlsFault(code)) {
    return tlsFault(code, text, place);
  }
  if (answered || BROKEN_BODY.has(code)) {
    return new ConnectionError('ANSWER_INCOMPLETE', `The answer broke off (${code || text}).`, place);
  }
  return new ConnectionError('CONNECTION_LOST', `The connection broke before an answer came (${code || text}).`, place);
}

/**
 * What the error of axios says; it is not kept itself, because it carries the request with its `Authorization` header.
 * `answered`: headers had come.
 */
function describe(error: unknown): { code: string; text: string; answered: boolean } {
  if (!(error instanceof Error)) {
    return { code: '', text: 'unknown fault', answered: false };
  }
  const codes = [error.cause, error].map((each) => (each instanceof Error && 'code' in each ? String(each.code) : ''));
  return {
    code: codes.find((code) => code !== '') ?? '',
    text: error.message,
    answered: 'response' in error && error.response !== undefined,
  };
}
