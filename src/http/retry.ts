import { ApiError, ConnectionError } from './errors';
import type { HttpRequest } from './request';

/** Attempts at most, where what failed was not a plain "later please" (429, 503). */
export const FAULT_ATTEMPTS = 5;
/** First wait in milliseconds; doubles with each attempt. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** Longest `Retry-After` that is honoured, in milliseconds; a longer one is cut to this. */
const LONGEST_RETRY_AFTER_MS = 120_000;

/**
 * Milliseconds to wait before the next attempt, or undefined when the error stands.
 *
 * 429 and 503 were not accepted and are repeated for every method. Other 408 and 5xx, lost and incomplete answers may have
 * taken effect and are repeated only for idempotent requests. Refused connections reached nobody and are repeated always.
 * @param attempt number of the attempt that failed, from 1
 * @param random number in [0, 1) for the jitter
 */
export function retryDelay(request: HttpRequest, error: unknown, attempt: number, random: number): number | undefined {
  const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.5 + random / 2);
  if (error instanceof ApiError) {
    if (isThrottled(error)) {
      // A wait of 0 is no wait at all: only the deadline would end the requests.
      return error.retryAfterMs ? Math.min(LONGEST_RETRY_AFTER_MS, error.retryAfterMs) : backoff;
    }
    const transient = error.status === 408 || (error.status >= 500 && error.status !== 501);
    return transient && isIdempotent(request) && attempt < FAULT_ATTEMPTS ? backoff : undefined;
  }
  if (error instanceof ConnectionError && attempt < FAULT_ATTEMPTS) {
    const repeatable =
      error.code === 'CONNECTION_FAILED' ||
      ((error.code === 'CONNECTION_LOST' || error.code === 'ANSWER_INCOMPLETE') && isIdempotent(request));
    return repeatable ? backoff : undefined;
  }
  return undefined;
}

/** True when the request may be sent twice. */
export function isIdempotent(request: HttpRequest): boolean {
  return request.idempotent ?? (request.method === 'GET' || request.method === 'HEAD');
}

/** True for the plain "later please" (429, 503), which is repeated until the deadline. */
export function isThrottled(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 429 || error.status === 503);
}
