import { TaskError } from '../errors';
import { ApiError, ConnectionError } from './errors';

/** Statuses by which a gateway says that nobody behind it answers, or the service that it takes no more. */
const STATUSES = new Set([429, 502, 503, 504]);
/** What was wrong with an answer that came. */
const ANSWERED = new Set(['ANSWER_NOT_JSON', 'ANSWER_INCOMPLETE']);

/** True for a failure that every request would meet, after all its repetitions: the service, its gateway or the sign-in is away. */
export function isUnanswered(error: unknown): boolean {
  if (error instanceof ApiError) {
    return STATUSES.has(error.status);
  }
  return error instanceof ConnectionError
    ? !ANSWERED.has(error.code)
    : error instanceof TaskError && error.code === 'SIGN_IN_TIMEOUT';
}
