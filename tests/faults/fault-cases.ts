import type { Rule } from './fault-control';

/** One thing that can happen to a request, and what a step must make of it. */
export interface FaultCase {
  readonly title: string;
  /** The rule without method and path. */
  readonly rule: Rule;
  /** Code of the step's error; absent: the step ends as if nothing had happened. */
  readonly code?: string;
}

const status = (number: number, more: Rule = {}) => ({ fault: { kind: 'status', status: number, ...more } });
const cut = (at: string) => ({ fault: { kind: 'connection_dropped', at } });
const once = (rule: Rule): Rule => ({ ...rule, count: 1 });

/** What passes: a request that may be sent again is, and the step ends green with the right outputs. */
export const PASSING: readonly FaultCase[] = [
  { title: '429 with Retry-After', rule: once(status(429, { retry_after: '7' })) },
  { title: '503', rule: once(status(503)) },
  { title: '503 twice, with Retry-After: 0', rule: { ...status(503, { retry_after: '0' }), count: 2 } },
  { title: '500', rule: once(status(500)) },
  { title: '504 after the effect', rule: once(status(504, { carried_out: true })) },
  { title: '408', rule: once(status(408)) },
  { title: 'an answer after 50 s', rule: once({ fault: { kind: 'latency', milliseconds: 50_000 } }) },
  { title: 'the connection dropped before the request', rule: once(cut('request')) },
  { title: 'the effect done and the answer lost', rule: once(cut('answer')) },
  { title: 'the connection dropped before the body', rule: once(cut('body')) },
  { title: 'the connection dropped in the middle of the body', rule: once(cut('middle')) },
  { title: 'truncated JSON', rule: once({ fault: { kind: 'truncated_json' } }) },
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
  { title: '403', rule: status(403), code: 'PERMISSION_DENIED' },
  {
    title: 'a 404 that is no definite not-found',
    rule: status(404, { error_code: 'ENDPOINT_NOT_FOUND' }),
    code: 'NOT_FOUND',
  },
  { title: '409', rule: status(409), code: 'CONFLICT' },
  { title: 'every connection dropped', rule: cut('request'), code: 'CONNECTION_LOST' },
  { title: 'every answer lost', rule: cut('answer'), code: 'CONNECTION_LOST' },
  { title: 'every body broken off', rule: cut('middle'), code: 'ANSWER_INCOMPLETE' },
  { title: 'truncated JSON for good', rule: { fault: { kind: 'truncated_json' } }, code: 'ANSWER_INCOMPLETE' },
  { title: 'a page with status 200', rule: once({ fault: { kind: 'html' } }), code: 'ANSWER_NOT_JSON' },
  {
    title: 'the effect done and a page with status 200',
    rule: once({ fault: { kind: 'html', carried_out: true } }),
    code: 'ANSWER_NOT_JSON',
  },
  {
    title: 'a token that has expired and cannot be renewed',
    rule: { fault: { kind: 'token_expired' } },
    code: 'UNAUTHENTICATED',
  },
];

/** Longest time, in milliseconds of the clock, that a request and its repetitions may take. */
export const REQUEST_DEADLINE_MS = 300_000;
