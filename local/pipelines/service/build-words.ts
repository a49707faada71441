import type { Result, RunRecord } from '../record/run-record';

/** Results of a run: a run has no `skipped`. */
const RESULTS: Readonly<Record<Result, string>> = {
  succeeded: 'succeeded',
  succeededWithIssues: 'partiallySucceeded',
  failed: 'failed',
  canceled: 'canceled',
  skipped: 'canceled',
};

const REASONS: Readonly<Record<string, string>> = { push: 'individualCI' };

/** Status as builds name it. */
export function buildStatus({ state }: RunRecord): string {
  return state === 'pending' ? 'notStarted' : state;
}

/** Result as builds name it; `undefined` while there is none. */
export function buildResult({ result }: RunRecord): string | undefined {
  return result === undefined ? undefined : RESULTS[result];
}

/** Reason as builds name it (`individualCI` for `IndividualCI` and for a push). */
export function buildReason({ reason }: RunRecord): string {
  return REASONS[reason] ?? `${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`;
}

/** When the first stage started. */
export function startTime({ stages }: RunRecord): string | undefined {
  return stages.flatMap(({ startedAt }) => startedAt ?? []).sort()[0];
}
