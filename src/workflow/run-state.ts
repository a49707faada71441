/** The parts of a run (or of a task's run) that say how it stands, in both generations of the Jobs API (`state` and `status`). */
export interface RunStanding {
  readonly state?: {
    readonly life_cycle_state?: string;
    readonly result_state?: string;
    readonly state_message?: string;
    readonly queue_reason?: string;
  };
  readonly status?: {
    readonly state?: string;
    readonly termination_details?: { readonly code?: string; readonly type?: string; readonly message?: string };
    readonly queue_details?: { readonly code?: string; readonly message?: string };
  };
}

/** Final results of a run as the Jobs API names them; `UNKNOWN` for anything else, which always counts as a failure. */
export type RunResult =
  | 'SUCCESS'
  | 'FAILED'
  | 'TIMEDOUT'
  | 'CANCELED'
  | 'SUCCESS_WITH_FAILURES'
  | 'MAXIMUM_CONCURRENT_RUNS_REACHED'
  | 'EXCLUDED'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_CANCELED'
  | 'DISABLED'
  | 'SKIPPED'
  | 'INTERNAL_ERROR'
  | 'UNKNOWN';

/** How a run stands now. `label` is what a person reads while it is active (QUEUED, RUNNING …). */
export type Standing =
  | { readonly active: true; readonly label: string; readonly message: string }
  | { readonly active: false; readonly result: RunResult; readonly message: string };

const RESULTS: ReadonlySet<string> = new Set<RunResult>([
  'SUCCESS',
  'FAILED',
  'TIMEDOUT',
  'CANCELED',
  'SUCCESS_WITH_FAILURES',
  'MAXIMUM_CONCURRENT_RUNS_REACHED',
  'EXCLUDED',
  'UPSTREAM_FAILED',
  'UPSTREAM_CANCELED',
  'DISABLED',
]);

const ENDED_LIFE_CYCLES: ReadonlySet<string> = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']);

/** Termination codes of the newer generation that have a result of their own; every other code but these is a failure. */
const RESULT_OF_CODE: Readonly<Record<string, RunResult>> = {
  SUCCESS: 'SUCCESS',
  SUCCESS_WITH_FAILURES: 'SUCCESS_WITH_FAILURES',
  USER_CANCELED: 'CANCELED',
  CANCELED: 'CANCELED',
  SKIPPED: 'SKIPPED',
  DISABLED: 'DISABLED',
  INTERNAL_ERROR: 'INTERNAL_ERROR',
};

/**
 * Reads how a run stands. The result comes from `state.result_state` where it is there, because it alone tells a time-out from a failure;
 * otherwise from `status.termination_details`. Both enumerations are declared open: an unknown state of an unfinished run keeps the run
 * active, an unknown final result is `UNKNOWN`, never a success. Source: Jobs API 2.2, `runs/get`.
 */
export function standingOf(run: RunStanding): Standing {
  const lifeCycle = run.state?.life_cycle_state ?? '';
  const status = run.status?.state ?? '';
  const message = run.state?.state_message || run.status?.termination_details?.message || queueReason(run) || '';
  if (ENDED_LIFE_CYCLES.has(lifeCycle) || status === 'TERMINATED') {
    return { active: false, result: resultOf(run, lifeCycle), message };
  }
  return { active: true, label: lifeCycle || status || 'UNKNOWN', message };
}

const NOT_RUN: ReadonlySet<RunResult> = new Set([
  'UPSTREAM_FAILED',
  'UPSTREAM_CANCELED',
  'SKIPPED',
  'EXCLUDED',
  'DISABLED',
]);

/** True for the result of a task that was never started: another stood in its way, or the workflow left it out. */
export function wasNotRun(result: RunResult): boolean {
  return NOT_RUN.has(result);
}

/** Why a run waits in a queue, in the service's words; its code where there are none. */
function queueReason({ state, status }: RunStanding): string | undefined {
  return state?.queue_reason || status?.queue_details?.message || status?.queue_details?.code;
}

function resultOf(run: RunStanding, lifeCycle: string): RunResult {
  const result = run.state?.result_state ?? '';
  // Why something was skipped stands in its result; that it was skipped is never a success.
  if (lifeCycle === 'INTERNAL_ERROR' || (lifeCycle === 'SKIPPED' && (result === '' || result === 'SUCCESS'))) {
    return lifeCycle;
  }
  if (result !== '') {
    return RESULTS.has(result) ? (result as RunResult) : 'UNKNOWN';
  }
  const code = run.status?.termination_details?.code;
  if (code === undefined || code === '') {
    return 'UNKNOWN';
  }
  return RESULT_OF_CODE[code] ?? (run.status?.termination_details?.type === 'SUCCESS' ? 'UNKNOWN' : 'FAILED');
}
