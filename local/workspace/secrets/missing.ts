import { ApiError } from '../api';

/** What a request for a scope, or for a secret in it, gets when there is none. */
export function missing(scope: string, key?: string): ApiError {
  const what = key === undefined ? `Scope ${scope}` : `Secret ${key} in scope ${scope}`;
  return new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `${what} does not exist!`);
}
