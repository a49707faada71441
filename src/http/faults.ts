import { type CallPlace, ConnectionError } from './errors';

/** Codes of Node.js that say: no connection was made, so nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** Codes of Node.js and OpenSSL for a certificate that is not trusted, and for a server that speaks no TLS. */
const TLS_CODES = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH$)/;

/** Codes for a compressed body that breaks off. */
const BROKEN_BODY = new Set(['Z_BUF_ERROR', 'Z_DATA_ERROR', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * The fault below a request that got no whole answer.
 * @param timedOutAfter milliseconds, when the attempt's own limit ended it
 */
export function faultOf(error: unknown, place: CallPlace, timedOutAfter: number | undefined): ConnectionError {
  if (timedOutAfter !== undefined) {
    return new ConnectionError('CONNECTION_LOST', `No whole answer came within ${timedOutAfter / 1000} s.`, place);
  }
  const { code, text, answered } = describe(error);
  if (NOT_CONNECTED.has(code)) {
    return new ConnectionError('CONNECTION_FAILED', `No connection could be made (${code}).`, place);
  }
  if (TLS_CODES.test(code)) {
    return new ConnectionError('TLS_FAILED', `The TLS connection was refused (${code}).`, place);
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
