import { ApiError } from '../http/errors';

/** What was asked for, or undefined when the service said definitely that it does not exist. Every other error is thrown. */
export async function undefinedIfMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) {
      return undefined;
    }
    throw error;
  }
}
