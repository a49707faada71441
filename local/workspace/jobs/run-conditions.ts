import type { Attempt, RunIf, TaskOutcome } from './types';

/** How one dependency of a task ended, as `run_if` sees it. */
export type Dependency = 'success' | 'failed' | 'canceled' | 'excluded';

/**
 * @param wanted `depends_on[].outcome`: the branch of a condition task that this dependency asks for
 */
export function dependencyResult(attempt: Attempt, wanted: string | undefined): Dependency {
  switch (attempt.outcome) {
    case 'SUCCESS':
      return wanted === undefined || attempt.branch === undefined || attempt.branch === wanted ? 'success' : 'excluded';
    case 'CANCELED':
    case 'UPSTREAM_CANCELED':
      return 'canceled';
    case 'EXCLUDED':
    case 'DISABLED':
      return 'excluded';
    default:
      return 'failed';
  }
}

/**
 * Whether a task whose dependencies have all ended may run; otherwise how it ends without running.
 * The conditions are those of the Jobs documentation on `run_if`. How the service calls a task that may not run is [U] where
 * dependencies were partly excluded; here a failure counts before a cancellation, that before an exclusion.
 */
export function decideRunIf(condition: RunIf, dependencies: readonly Dependency[]): 'run' | TaskOutcome {
  const has = (result: Dependency) => dependencies.includes(result);
  const all = (result: Dependency) => dependencies.every((dependency) => dependency === result);
  const stopped = has('failed') ? 'UPSTREAM_FAILED' : has('canceled') ? 'UPSTREAM_CANCELED' : 'EXCLUDED';
  switch (condition) {
    case 'ALL_SUCCESS':
      return all('success') ? 'run' : stopped;
    case 'AT_LEAST_ONE_SUCCESS':
      return dependencies.length === 0 || has('success') ? 'run' : stopped;
    case 'NONE_FAILED':
      return dependencies.length === 0 || (has('success') && !has('failed') && !has('canceled')) ? 'run' : stopped;
    case 'ALL_DONE':
      return 'run';
    case 'AT_LEAST_ONE_FAILED':
      return dependencies.length === 0 || has('failed') ? 'run' : 'EXCLUDED';
    case 'ALL_FAILED':
      return all('failed') ? 'run' : 'EXCLUDED';
  }
}
