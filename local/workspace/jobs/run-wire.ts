import { integerId } from '../../../src/json';
import type { Workspace } from '../api';
import type { Attempt, Run, RunOutcome, TaskOutcome, TaskRun } from './types';
import { latest } from './types';

/** A run as `runs/get` and `runs/list` show it, both state generations. */
export function runOnWire(workspace: Workspace, run: Run): Record<string, unknown> {
  const attempts = run.tasks.flatMap((task) => task.attempts.map((attempt) => ({ task, attempt })));
  return {
    job_id: integerId(run.jobId),
    run_id: integerId(run.runId),
    number_in_job: integerId(run.runId),
    job_run_id: integerId(run.runId),
    creator_user_name: run.creator.userName,
    run_name: run.name,
    run_type: run.type,
    trigger: 'ONE_TIME',
    format: 'MULTI_TASK',
    start_time: run.startTime,
    end_time: run.endTime ?? 0,
    setup_duration: 0,
    execution_duration: 0,
    cleanup_duration: 0,
    run_duration: run.endTime === undefined ? 0 : run.endTime - (run.begunTime ?? run.startTime),
    queue_duration: (run.begunTime ?? run.startTime) - run.startTime,
    ...runState(run),
    ...(run.jobParameters.length === 0 ? {} : { job_parameters: run.jobParameters }),
    ...(Object.keys(run.overriding).length === 0 ? {} : { overriding_parameters: run.overriding }),
    run_page_url: runPageUrl(workspace, run, run.runId),
    ...(attempts.length === 0
      ? {}
      : { tasks: attempts.map(({ task, attempt }) => attemptOnWire(workspace, run, task, attempt)) }),
  };
}

/** One attempt of a task, as it stands in `tasks` of its run. */
export function attemptOnWire(
  workspace: Workspace,
  run: Run,
  task: TaskRun,
  attempt: Attempt,
): Record<string, unknown> {
  const ended = attempt.endTime;
  const begun = attempt.begunTime;
  return {
    ...task.spec,
    run_id: integerId(attempt.runId),
    attempt_number: attempt.number,
    start_time: attempt.startTime,
    end_time: ended ?? 0,
    setup_duration: begun === undefined ? 0 : begun - attempt.startTime,
    execution_duration: begun === undefined || ended === undefined ? 0 : ended - begun,
    cleanup_duration: 0,
    run_page_url: runPageUrl(workspace, run, attempt.runId),
    ...attemptState(attempt),
  };
}

/** A task run asked for by its own id (`runs/get` and the `metadata` of `runs/get-output`). */
export function taskRunOnWire(
  workspace: Workspace,
  run: Run,
  task: TaskRun,
  attempt: Attempt,
): Record<string, unknown> {
  const shown = attemptOnWire(workspace, run, task, attempt);
  return {
    ...shown,
    job_id: integerId(run.jobId),
    job_run_id: integerId(run.runId),
    parent_run_id: integerId(run.runId),
    number_in_job: integerId(attempt.runId),
    run_name: task.spec.task_key,
    run_type: run.type,
    creator_user_name: run.creator.userName,
    format: 'SINGLE_TASK',
    tasks: [shown],
  };
}

/** The page for people: the fragment is read by the start page. */
export function runPageUrl(workspace: Workspace, run: Run, runId: string): string {
  const place = run.type === 'SUBMIT_RUN' ? `run/${runId}` : `${run.jobId}/run/${runId}`;
  return `${workspace.url}/?o=${workspace.id}#job/${place}`;
}

function runState(run: Run): Record<string, unknown> {
  const stopped = run.stop !== undefined;
  if (run.outcome !== undefined) {
    return terminalState(run.outcome, run.message ?? '', stopped);
  }
  const begun = run.tasks.some((task) => task.attempts.some((attempt) => attempt.begunTime !== undefined));
  switch (run.phase) {
    case 'QUEUED':
      return {
        state: {
          life_cycle_state: 'QUEUED',
          state_message: '',
          user_cancelled_or_timedout: false,
          queue_reason: QUEUE_MESSAGE,
        },
        status: {
          state: 'QUEUED',
          queue_details: { code: 'MAX_CONCURRENT_RUNS_REACHED', message: QUEUE_MESSAGE },
        },
      };
    case 'TERMINATING':
      return activeState('TERMINATING', 'TERMINATING', stopped);
    default:
      return begun || run.tasks.some((task) => latest(task).phase === 'ENDED')
        ? activeState('RUNNING', 'RUNNING', stopped)
        : activeState('PENDING', 'PENDING', stopped);
  }
}

const QUEUE_MESSAGE = 'The maximum number of concurrent runs of this job has been reached.';

function attemptState(attempt: Attempt): Record<string, unknown> {
  const stopped = attempt.stop !== undefined;
  if (attempt.outcome !== undefined) {
    const byHand = stopped || attempt.outcome === 'CANCELED' || attempt.outcome === 'TIMEDOUT';
    return terminalState(attempt.outcome, attempt.message ?? '', byHand);
  }
  return attempt.phase === 'WAITING_FOR_RETRY'
    ? activeState('WAITING_FOR_RETRY', 'WAITING', stopped)
    : activeState(attempt.phase, attempt.phase, stopped);
}

function activeState(lifeCycle: string, state: string, stopped: boolean): Record<string, unknown> {
  return {
    state: { life_cycle_state: lifeCycle, state_message: '', user_cancelled_or_timedout: stopped },
    status: { state },
  };
}

/** Life-cycle and termination names per outcome. Those of tasks that never ran and of time-outs are [U]. */
const TERMINAL: Readonly<
  Record<TaskOutcome | RunOutcome, { life: string; result: string; code: string; type: string }>
> = {
  SUCCESS: { life: 'TERMINATED', result: 'SUCCESS', code: 'SUCCESS', type: 'SUCCESS' },
  SUCCESS_WITH_FAILURES: {
    life: 'TERMINATED',
    result: 'SUCCESS_WITH_FAILURES',
    code: 'SUCCESS_WITH_FAILURES',
    type: 'SUCCESS',
  },
  FAILED: { life: 'TERMINATED', result: 'FAILED', code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR' },
  TIMEDOUT: { life: 'TERMINATED', result: 'TIMEDOUT', code: 'CANCELED', type: 'CLIENT_ERROR' },
  CANCELED: { life: 'TERMINATED', result: 'CANCELED', code: 'USER_CANCELED', type: 'CLIENT_ERROR' },
  EXCLUDED: { life: 'SKIPPED', result: 'EXCLUDED', code: 'SKIPPED', type: 'SUCCESS' },
  DISABLED: { life: 'SKIPPED', result: 'DISABLED', code: 'DISABLED', type: 'SUCCESS' },
  UPSTREAM_FAILED: { life: 'TERMINATED', result: 'UPSTREAM_FAILED', code: 'SKIPPED', type: 'CLIENT_ERROR' },
  UPSTREAM_CANCELED: { life: 'TERMINATED', result: 'UPSTREAM_CANCELED', code: 'SKIPPED', type: 'CLIENT_ERROR' },
  INTERNAL_ERROR: { life: 'INTERNAL_ERROR', result: 'FAILED', code: 'INTERNAL_ERROR', type: 'INTERNAL_ERROR' },
  MAXIMUM_CONCURRENT_RUNS_REACHED: {
    life: 'SKIPPED',
    result: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
    code: 'MAX_CONCURRENT_RUNS_EXCEEDED',
    type: 'CLIENT_ERROR',
  },
};

function terminalState(outcome: TaskOutcome | RunOutcome, message: string, stopped: boolean): Record<string, unknown> {
  const { life, result, code, type } = TERMINAL[outcome];
  return {
    state: {
      life_cycle_state: life,
      result_state: result,
      state_message: message,
      user_cancelled_or_timedout: stopped,
    },
    status: { state: 'TERMINATED', termination_details: { code, type, message } },
  };
}
