import type { RunResult } from '../../src/workflow/run-state';

/** What a step says when the run that it waited for did not end well. */
export interface RunFailure {
  /** Stable code, listed in docs/errors.md. */
  readonly code: string;
  /** One sentence: what became of the run. */
  readonly message: (runId: string) => string;
  readonly todo: string;
}

/** One failure for each final result but success. Source of the results: Jobs API 2.2, `result_state` and `life_cycle_state`. */
export const RUN_FAILURES: Readonly<Record<Exclude<RunResult, 'SUCCESS'>, RunFailure>> = {
  FAILED: {
    code: 'RUN_FAILED',
    message: (runId) => `Run ${runId} ended FAILED.`,
    todo: 'Look at the output of the failed task.',
  },
  TIMEDOUT: {
    code: 'RUN_TIMEDOUT',
    message: (runId) => `Run ${runId} ended TIMEDOUT: it took longer than the job or task allows.`,
    todo: "Raise the job's own time limit, or find what takes so long.",
  },
  CANCELED: {
    code: 'RUN_CANCELED',
    message: (runId) => `Run ${runId} ended CANCELED.`,
    todo: 'Find out who canceled it, and run the step again.',
  },
  SUCCESS_WITH_FAILURES: {
    code: 'RUN_SUCCESS_WITH_FAILURES',
    message: (runId) => `Run ${runId} ended SUCCESS_WITH_FAILURES: a task failed, though the job counts as a success.`,
    todo: "Look at the failed task, or leave successWithFailures out of 'failOn'.",
  },
  MAXIMUM_CONCURRENT_RUNS_REACHED: {
    code: 'RUN_MAXIMUM_CONCURRENT_RUNS_REACHED',
    message: (runId) => `Run ${runId} ended MAXIMUM_CONCURRENT_RUNS_REACHED: it was not started.`,
    todo: 'Wait for the other runs of the job, or let the job queue runs or have more at once.',
  },
  EXCLUDED: {
    code: 'RUN_EXCLUDED',
    message: (runId) => `Run ${runId} ended EXCLUDED: the condition for running was not met.`,
    todo: 'Look at the conditions of the tasks.',
  },
  UPSTREAM_FAILED: {
    code: 'RUN_UPSTREAM_FAILED',
    message: (runId) => `Run ${runId} ended UPSTREAM_FAILED: a task before it failed.`,
    todo: 'Look at the output of the task that failed first.',
  },
  UPSTREAM_CANCELED: {
    code: 'RUN_UPSTREAM_CANCELED',
    message: (runId) => `Run ${runId} ended UPSTREAM_CANCELED: a task before it was canceled.`,
    todo: 'Find out who canceled it, and run the step again.',
  },
  DISABLED: {
    code: 'RUN_DISABLED',
    message: (runId) => `Run ${runId} ended DISABLED.`,
    todo: 'Enable the tasks of the job.',
  },
  SKIPPED: {
    code: 'RUN_SKIPPED',
    message: (runId) => `Run ${runId} ended SKIPPED: it was not started.`,
    todo: 'Wait for the other runs of the job, or let the job queue runs.',
  },
  INTERNAL_ERROR: {
    code: 'RUN_INTERNAL_ERROR',
    message: (runId) => `Run ${runId} ended INTERNAL_ERROR: the service could not carry it out.`,
    todo: "Look at the run's message; cluster, permissions and sources of the job are the usual causes.",
  },
  UNKNOWN: {
    code: 'RUN_STATE_UNKNOWN',
    message: (runId) =>
      `Run ${runId} ended UNKNOWN: the service named no final state that this version of the task knows.`,
    todo: 'Look at the run; whatever the task does not know counts as a failure.',
  },
};
