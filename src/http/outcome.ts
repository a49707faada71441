import { ApiError, ConnectionError } from './errors';

/** True after a failure that leaves open whether the request took effect: no whole answer, or one of a gateway or a broken service. */
export function outcomeUnknown(error: unknown): boolean {
  return error instanceof ApiError
    ? error.status === 408 || (error.status >= 500 && error.status !== 501 && error.status !== 503)
    : error instanceof ConnectionError && error.outcomeUnknown;
}

/**
 * A write that has no token of its own and is not sent twice. When its outcome is unknown, what is there now decides.
 * @param find what the write would have made; undefined when it is not there
 * @throws the failure of the write when what it would have made is not there
 */
export async function orReadBack<T>(send: () => Promise<T>, find: () => Promise<T | undefined>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const found = outcomeUnknown(error) ? await find() : undefined;
    if (found === undefined) {
      throw error;
    }
    return found;
  }
}
