import { integerId } from '../../../src/json';
import type { Workspace } from '../api';
import type { RunCheckouts } from '../git/run-checkouts';
import { readResolved } from './attempt-folder';
import { takesFromGit } from './git-tasks';
import { iterationStats } from './iteration-stats';
import { actingPrincipal } from './run-identity';
import type { FoundAttempt, RunStore } from './run-store';
import { referencedRun } from './task-references';
import { specOnWire } from './task-wire';
import type { Attempt, Round, Run, RunOutcome, TaskOutcome, TaskRun, TerminationCode } from './types';
import { latest } from './types';

/** What showing runs works with. */
export interface Showing {
  readonly workspace: Workspace;
  readonly runs: RunStore;
  readonly checkouts: Pick<RunCheckouts, 'commitOf'>;
  /** Whether attempts are shown with their resolved parameters. */
  readonly resolvedValues?: boolean;
}

/** A run as `runs/get` and `runs/list` show it, both state generations. That it names whom it runs as, as jobs do, is [U]. */
export function runOnWire(showing: Showing, run: Run): Record<string, unknown> {
  const { workspace } = showing;
  const attempts = run.tasks.flatMap((task) => task.attempts.map((attempt) => ({ task, attempt })));
  return {
    job_id: integerId(run.jobId),
    run_id: integerId(run.runId),
    number_in_job: integerId(run.runId),
    job_run_id: integerId(run.runId),
    creator_user_name: run.creator.userName,
    run_as_user_name: actingPrincipal(run).userName,
    run_name: run.name,
    run_type: run.type,
    ...(run.parent === undefined
      ? { trigger: 'ONE_TIME' }
      : { trigger: 'RUN_JOB_TASK', trigger_info: { run_id: integerId(run.parent.attempt) } }),
    format: 'MULTI_TASK',
    attempt_number: 0,
    original_attempt_run_id: integerId(run.runId),
    ...declaredOnWire(run.settings),
    ...gitOnWire(showing, run),
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
      : { tasks: attempts.map(({ task, attempt }) => attemptOnWire(showing, { run, task, attempt })) }),
  };
}

/** What a run shows of the settings that it began with. */
function declaredOnWire(settings: Run['settings']): Record<string, unknown> {
  const { performance_target: target } = settings as { readonly performance_target?: string };
  const shown = ['description', 'schedule', 'job_clusters', 'environment_variables'];
  return {
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => shown.includes(name))),
    ...(target === undefined ? {} : { effective_performance_target: target }),
  };
}

/** Where the sources come from, with the commit once it is known. */
function gitOnWire({ runs, checkouts }: Showing, run: Run): Record<string, unknown> {
  const { git_source: source } = run.settings;
  if (source === undefined || source === null) {
    return {};
  }
  const commit = checkouts.commitOf(referencedRun(runs, run).runId);
  const snapshot = commit === undefined ? {} : { git_snapshot: { used_commit: commit } };
  return { git_source: { ...source, ...snapshot } };
}

/** One attempt of a task, as it stands in `tasks` of its run. */
function attemptOnWire(showing: Showing, { run, task, attempt }: FoundAttempt): Record<string, unknown> {
  const { workspace } = showing;
  const ended = attempt.endTime;
  const begun = attempt.begunTime;
  return {
    ...specDuringRun(showing, task, attempt),
    ...(takesFromGit(task.spec) ? gitOnWire(showing, run) : {}),
    run_id: integerId(attempt.runId),
    attempt_number: attempt.number,
    start_time: attempt.startTime,
    end_time: ended ?? 0,
    setup_duration: begun === undefined ? 0 : begun - attempt.startTime,
    execution_duration: begun === undefined || ended === undefined ? 0 : ended - begun,
    cleanup_duration: 0,
    run_page_url: runPageUrl(workspace, run, attempt.runId),
    ...attemptState(attempt),
    ...(showing.resolvedValues === true ? resolvedOnWire(workspace, attempt) : {}),
  };
}

/** What was declared, with what the service adds to it during the run. */
function specDuringRun({ runs }: Showing, { spec }: TaskRun, attempt: Attempt): Record<string, unknown> {
  const shown = specOnWire(spec);
  if (spec.condition_task !== undefined && attempt.branch !== undefined) {
    return { ...shown, condition_task: { ...spec.condition_task, outcome: attempt.branch } };
  }
  const iterations = spec.for_each_task && attempt.childRun !== undefined ? runs.get(attempt.childRun) : undefined;
  return iterations === undefined
    ? shown
    : { ...shown, for_each_task: { ...(shown.for_each_task as object), stats: iterationStats(iterations) } };
}

function resolvedOnWire(workspace: Workspace, attempt: Attempt): Record<string, unknown> {
  const values = readResolved(workspace, attempt.runId);
  return values === undefined ? {} : { resolved_values: values };
}

/** The iterations of a for-each task, each with all its attempts. */
function iterationsOnWire(showing: Showing, attempt: Attempt): readonly Record<string, unknown>[] {
  const run = attempt.childRun === undefined ? undefined : showing.runs.get(attempt.childRun);
  return run?.iterations === undefined
    ? []
    : run.tasks.flatMap((task) =>
        task.attempts.map((iteration) => attemptOnWire(showing, { run, task, attempt: iteration })),
      );
}

/** A task run asked for by its own id (`runs/get` and the `metadata` of `runs/get-output`). */
export function taskRunOnWire(showing: Showing, found: FoundAttempt): Record<string, unknown> {
  const { run, task, attempt } = found;
  const shown = attemptOnWire(showing, found);
  const parent = run.iterations === undefined ? run.runId : (run.parent?.attempt ?? run.runId);
  const root = run.iterations === undefined ? run.runId : (run.parent?.runId ?? run.runId);
  const iterations = iterationsOnWire(showing, attempt);
  return {
    ...shown,
    job_id: integerId(run.jobId),
    job_run_id: integerId(root),
    parent_run_id: integerId(parent),
    number_in_job: integerId(attempt.runId),
    run_name: task.spec.task_key,
    run_type: run.type,
    creator_user_name: run.creator.userName,
    format: 'SINGLE_TASK',
    tasks: [shown],
    ...(iterations.length === 0 ? {} : { iterations }),
  };
}

/** The page for people: the fragment is read by the start page. */
function runPageUrl(workspace: Workspace, run: Run, runId: string): string {
  const place = run.type === 'SUBMIT_RUN' ? `run/${runId}` : `${run.jobId}/run/${runId}`;
  return `${workspace.url}/?o=${workspace.id}#job/${place}`;
}

export function runState(run: Run): Record<string, unknown> {
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
    return terminalState(attempt.outcome, attempt.message ?? '', byHand, attempt.code);
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

/** Codes that say more than the outcome. That a failed checkout is an internal error with this code, and of which type, is [U]. */
const FINER: Readonly<Record<TerminationCode, { code: string; type: string }>> = {
  REPOSITORY_CHECKOUT_FAILED: { code: 'REPOSITORY_CHECKOUT_FAILED', type: 'CLIENT_ERROR' },
};

/** The state of a round that has ended. */
export function roundState({ outcome = 'INTERNAL_ERROR', message = '', stop }: Round): Record<string, unknown> {
  return terminalState(outcome, message, stop !== undefined);
}

function terminalState(
  outcome: TaskOutcome | RunOutcome,
  message: string,
  stopped: boolean,
  finer?: TerminationCode,
): Record<string, unknown> {
  const { life, result, type, code } = { ...TERMINAL[outcome], ...(finer === undefined ? {} : FINER[finer]) };
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
