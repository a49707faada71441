import type { Rule } from './fault-control';

/** One thing that can happen to a request, and what a step must make of it. */
export interface FaultCase {
  readonly title: string;
  /** The rule without method and path. */
  readonly rule: Rule;
  /** Code of the step's error. */
  readonly code: string;
  /** The request takes effect all the same. */
  readonly effect?: true;
  /** It happens to the body of a JSON answer, so a file that is sent as it is cannot meet it. */
  readonly ofJson?: true;
}

const status = (number: number, more: Rule = {}) => ({ fault: { kind: 'status', status: number, ...more } });
const cut = (at: string) => ({ fault: { kind: 'connection_dropped', at } });
const once = (rule: Rule): Rule => ({ ...rule, count: 1 });

/** What passes: a request that may be sent again is, and the step ends green; one that may not fails with this code, unless it took effect. */
export const PASSING: readonly FaultCase[] = [
  { title: '429 with Retry-After', rule: once(status(429, { retry_after: '7' })), code: '' },
  { title: '503', rule: once(status(503)), code: '' },
  { title: '503 twice, with Retry-After: 0', rule: { ...status(503, { retry_after: '0' }), count: 2 }, code: '' },
  { title: '500', rule: once(status(500)), code: 'SERVER_ERROR' },
  { title: '502', rule: once(status(502)), code: 'SERVER_ERROR' },
  {
    title: '504 after the effect',
    rule: once(status(504, { carried_out: true })),
    code: 'SERVER_ERROR',
    effect: true,
  },
  { title: '408', rule: once(status(408)), code: 'REQUEST_REFUSED' },
  { title: 'an answer after 50 s', rule: once({ fault: { kind: 'latency', milliseconds: 50_000 } }), code: '' },
  { title: 'the connection dropped before the request', rule: once(cut('request')), code: 'CONNECTION_LOST' },
  { title: 'the effect done and the answer lost', rule: once(cut('answer')), code: 'CONNECTION_LOST', effect: true },
  { title: 'the connection dropped before the body', rule: once(cut('body')), code: 'ANSWER_INCOMPLETE', effect: true },
  {
    title: 'the connection dropped in the middle of the body',
    rule: once(cut('middle')),
    code: 'ANSWER_INCOMPLETE',
    effect: true,
  },
  {
    title: 'truncated JSON',
    rule: once({ fault: { kind: 'truncated_json' } }),
    code: 'ANSWER_INCOMPLETE',
    effect: true,
    ofJson: true,
  },
];

/** What stands: the step fails, within the time of one request, and its error names what the service or the network did. */
export const STANDING: readonly FaultCase[] = [
  { title: '429 for good', rule: status(429), code: 'THROTTLED' },
  {
    title: '429 for good, with a Retry-After of a day',
    rule: status(429, { retry_after: '86400' }),
    code: 'THROTTLED',
  },
  { title: '503 for good', rule: status(503), code: 'UNAVAILABLE' },
  { title: '500 for good', rule: status(500), code: 'SERVER_ERROR' },
  { title: '502 for good', rule: status(502), code: 'SERVER_ERROR' },
  { title: '504 for good', rule: status(504), code: 'SERVER_ERROR' },
  { title: '400', rule: status(400), code: 'REQUEST_REFUSED' },
  { title: '401', rule: status(401, { error_code: 'UNAUTHENTICATED' }), code: 'UNAUTHENTICATED' },
  { title: '403', rule: status(403), code: 'PERMISSION_DENIED' },
  {
    title: 'a 404 that is no definite not-found',
    rule: status(404, { error_code: 'ENDPOINT_NOT_FOUND' }),
    code: 'NOT_FOUND',
  },
  { title: '409', rule: status(409), code: 'CONFLICT' },
  { title: 'every connection dropped', rule: cut('request'), code: 'CONNECTION_LOST' },
  { title: 'every answer lost', rule: cut('answer'), code: 'CONNECTION_LOST', effect: true },
  { title: 'every body broken off', rule: cut('middle'), code: 'ANSWER_INCOMPLETE', effect: true },
  {
    title: 'truncated JSON for good',
    rule: { fault: { kind: 'truncated_json' } },
    code: 'ANSWER_INCOMPLETE',
    effect: true,
    ofJson: true,
  },
  { title: 'a page with status 200', rule: once({ fault: { kind: 'html' } }), code: 'ANSWER_NOT_JSON' },
  {
    title: 'the effect done and a page with status 200',
    rule: once({ fault: { kind: 'html', carried_out: true } }),
    code: 'ANSWER_NOT_JSON',
    effect: true,
  },
  {
    title: 'a token that has expired and cannot be renewed',
    rule: { fault: { kind: 'token_expired' } },
    code: 'UNAUTHENTICATED',
  },
];

/** A request to the token endpoint of the workspace. */
export const TOKEN_ENDPOINT = { method: 'POST', path: '/oidc/v1/token', earlier: 0 };

export const AWAY: FaultCase = { title: 'away', rule: once(status(503)), code: '' };

/** Only a fresh token is taken again. */
export const RENEWABLE: FaultCase = {
  title: 'a token that can be renewed',
  rule: once({ fault: { kind: 'token_expired', until_sign_in: true } }),
  code: '',
};

export const USELESS: FaultCase = {
  title: 'tokens that are refused',
  rule: { fault: { kind: 'token_expired' } },
  code: 'UNAUTHENTICATED',
};

/** Longest time, in milliseconds of the clock, that a request and its repetitions may take. */
export const REQUEST_DEADLINE_MS = 300_000;
