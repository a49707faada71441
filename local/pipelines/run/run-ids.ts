import { derivedGuid } from '../service/derived-guid';

/**
 * Id of a stage, job, check suite or check: the same for the same run and path, so that tests and two readings of one run agree.
 * Attempts are part of the path, as each attempt has an id of its own.
 * @param planId GUID of the run's plan
 * @param path what the id is for, from the outside in
 */
export function idFor(planId: string, ...path: readonly (string | number)[]): string {
  return derivedGuid(planId, path.join('/'));
}
