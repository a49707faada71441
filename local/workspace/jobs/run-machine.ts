import { decideRunIf, dependencyResult } from './run-conditions';
import { runResult } from './run-outcome';
import { type Repair, repaired } from './run-rounds';
import {
  type Attempt,
  latest,
  type Run,
  type Stop,
  type TaskOutcome,
  type TaskRun,
  type TerminationCode,
} from './types';

/** What happens to a run. `attempt` is the run id of a task's attempt. */
export type RunEvent =
  /** The run leaves the queue. */
  | { readonly type: 'dequeued' }
  /** The attempt's process, or the run that it starts (`childRun`), began. */
  | { readonly type: 'begun'; readonly attempt: string; readonly childRun?: string }
  /** The attempt's process ended, or could not be started (INTERNAL_ERROR). */
  | {
      readonly type: 'ended';
      readonly attempt: string;
      readonly outcome: 'SUCCESS' | 'FAILED' | 'INTERNAL_ERROR';
      readonly message?: string;
      readonly branch?: 'true' | 'false';
      readonly code?: TerminationCode;
    }
  /** The task whose latest attempt failed gets another one, with this run id. */
  | { readonly type: 'retry'; readonly attempt: string; readonly runId: string }
  /** The wait before a retry is over. */
  | { readonly type: 'retryDue'; readonly attempt: string }
  /** Ends the run, or one attempt, from outside. */
  | { readonly type: 'stop'; readonly stop: Stop; readonly attempt?: string }
  /** The workspace ended while the run was active: nobody knows what became of its processes. */
  | { readonly type: 'lost'; readonly message: string }
  /** An ended run takes these tasks up again. */
  | ({ readonly type: 'repair' } & Repair);

/**
 * The next state of a run; pure. Events that come too late change nothing.
 * @param now milliseconds since the epoch
 */
export function advance(run: Run, event: RunEvent, now: number): Run {
  if (event.type === 'repair') {
    return run.phase === 'ENDED' ? repaired(run, event, now) : run;
  }
  return run.phase === 'ENDED' ? run : settle(applied(run, event, now), now);
}

/** Whether a failed task is still owed an attempt. */
export function awaitsRetry(run: Run, task: TaskRun): boolean {
  const { outcome } = latest(task);
  const { max_retries: most = 0, retry_on_timeout: onTimeout = false } = task.spec;
  const retryable = outcome === 'FAILED' || (outcome === 'TIMEDOUT' && onTimeout);
  const over = run.phase === 'ENDED' || run.stop !== undefined || run.lost === true;
  if (!retryable || over || latest(task).repair !== run.repair?.id) {
    return false;
  }
  return most === -1 || task.attempts.filter((attempt) => attempt.repair === run.repair?.id).length <= most;
}

function applied(run: Run, event: Exclude<RunEvent, { type: 'repair' }>, now: number): Run {
  switch (event.type) {
    case 'dequeued':
      return run.phase === 'QUEUED' ? dequeued(run, now) : run;
    case 'begun':
      return withAttempt(run, event.attempt, ['PENDING'], (attempt) => ({
        ...attempt,
        phase: 'RUNNING',
        begunTime: now,
        ...(event.childRun === undefined ? {} : { childRun: event.childRun }),
      }));
    case 'ended':
      return withAttempt(run, event.attempt, ['PENDING', 'RUNNING', 'TERMINATING'], (attempt) =>
        attempt.stop === undefined
          ? ended(attempt, now, event.outcome, event.message, event)
          : ended(attempt, now, attempt.stop, stopMessage(attempt.stop)),
      );
    case 'retry':
      return withRetry(run, event.attempt, event.runId, now);
    case 'retryDue':
      return withAttempt(run, event.attempt, ['WAITING_FOR_RETRY'], (attempt) => ({ ...attempt, phase: 'PENDING' }));
    case 'stop':
      return event.attempt === undefined
        ? stopRun(run, event.stop, now)
        : stopAttempt(run, event.attempt, event.stop, now);
    case 'lost':
      return withAllAttempts({ ...run, phase: 'TERMINATING', lost: true }, (attempt) =>
        attempt.phase === 'ENDED' ? attempt : ended(attempt, now, 'INTERNAL_ERROR', event.message),
      );
  }
}

function dequeued(run: Run, now: number): Run {
  return {
    ...run,
    phase: 'RUNNING',
    begunTime: run.begunTime ?? now,
    ...(run.repair === undefined ? {} : { repair: { ...run.repair, begunTime: now } }),
  };
}

function stopRun(run: Run, stop: Stop, now: number): Run {
  if (run.stop !== undefined) {
    return run;
  }
  const stopping: Run = { ...run, phase: 'TERMINATING', stop };
  return withAllAttempts(stopping, (attempt) => stopped(attempt, stop, now));
}

function stopAttempt(run: Run, runId: string, stop: Stop, now: number): Run {
  return withAllAttempts(run, (attempt) => (attempt.runId === runId ? stopped(attempt, stop, now) : attempt));
}

/** What has a process (or waits for one to start) must end it first; everything else ends at once. */
function stopped(attempt: Attempt, stop: Stop, now: number): Attempt {
  switch (attempt.phase) {
    case 'PENDING':
    case 'RUNNING':
      return { ...attempt, phase: 'TERMINATING', stop };
    case 'BLOCKED':
    case 'WAITING_FOR_RETRY':
      return ended(attempt, now, stop, stopMessage(stop));
    default:
      return attempt;
  }
}

function withRetry(run: Run, failed: string, runId: string, now: number): Run {
  return {
    ...run,
    tasks: run.tasks.map((task) => {
      if (latest(task).runId !== failed || !awaitsRetry(run, task)) {
        return task;
      }
      const pause = task.spec.min_retry_interval_millis ?? 0;
      const attempt: Attempt = {
        runId,
        number: task.attempts.length,
        phase: pause > 0 ? 'WAITING_FOR_RETRY' : 'PENDING',
        startTime: now,
        retryAt: now + pause,
        ...(run.repair === undefined ? {} : { repair: run.repair.id }),
      };
      return { ...task, attempts: [...task.attempts, attempt] };
    }),
  };
}

/** Draws all conclusions: unblocks or skips tasks whose dependencies have ended, and ends the run when every task has. */
function settle(run: Run, now: number): Run {
  if (run.phase === 'QUEUED') {
    return run;
  }
  let current = run;
  for (let changed = true; changed; ) {
    const tasks = unblockedTasks(current, now);
    changed = tasks.some((task, index) => task !== current.tasks[index]);
    current = { ...current, tasks };
  }
  if (!current.tasks.every((task) => isFinal(current, task))) {
    return current;
  }
  return { ...current, phase: 'ENDED', endTime: now, ...runResult(current) };
}

function unblockedTasks(run: Run, now: number): readonly TaskRun[] {
  if (run.iterations === undefined) {
    const byKey = new Map(run.tasks.map((task) => [task.spec.task_key, task]));
    return run.tasks.map((task) => unblocked(run, task, byKey, now));
  }
  let free = run.iterations.concurrency - run.tasks.filter((task) => isUnderWay(run, task)).length;
  return run.tasks.map((task) => {
    if (free <= 0 || latest(task).phase !== 'BLOCKED') {
      return task;
    }
    free -= 1;
    return unblocked(run, task, new Map(), now); // iterations depend on nothing
  });
}

function isUnderWay(run: Run, task: TaskRun): boolean {
  return latest(task).phase !== 'BLOCKED' && !isFinal(run, task);
}

function unblocked(run: Run, task: TaskRun, byKey: ReadonlyMap<string, TaskRun>, now: number): TaskRun {
  const attempt = latest(task);
  if (attempt.phase !== 'BLOCKED') {
    return task;
  }
  const dependencies = (task.spec.depends_on ?? []).map(({ task_key: key, outcome }) => ({
    task: byKey.get(key),
    outcome,
  }));
  const results = dependencies.flatMap(({ task: upstream, outcome }) =>
    upstream !== undefined && isFinal(run, upstream) ? [dependencyResult(latest(upstream), outcome)] : [],
  );
  if (results.length < dependencies.length) {
    return task;
  }
  const decision = task.spec.disabled === true ? 'DISABLED' : decideRunIf(task.spec.run_if ?? 'ALL_SUCCESS', results);
  const next: Attempt =
    decision === 'run'
      ? { ...attempt, phase: 'PENDING', startTime: now }
      : ended({ ...attempt, startTime: now }, now, decision, SKIPPED_MESSAGES[decision]);
  return { ...task, attempts: [...task.attempts.slice(0, -1), next] };
}

const SKIPPED_MESSAGES: Partial<Record<TaskOutcome, string>> = {
  UPSTREAM_FAILED: 'An upstream task failed.',
  UPSTREAM_CANCELED: 'An upstream task was canceled.',
  EXCLUDED: 'The run_if condition of the task was not met.',
  DISABLED: 'The task is disabled.',
};

function isFinal(run: Run, task: TaskRun): boolean {
  return latest(task).phase === 'ENDED' && !awaitsRetry(run, task);
}

function stopMessage(stop: Stop): string {
  return stop === 'CANCELED' ? 'Run cancelled.' : 'Run timed out.';
}

function ended(
  attempt: Attempt,
  now: number,
  outcome: TaskOutcome,
  message: string | undefined,
  { branch, code }: Pick<Attempt, 'branch' | 'code'> = {},
): Attempt {
  return {
    ...attempt,
    phase: 'ENDED',
    endTime: now,
    outcome,
    ...(message === undefined ? {} : { message }),
    ...(branch === undefined ? {} : { branch }),
    ...(code === undefined ? {} : { code }),
  };
}

function withAttempt(
  run: Run,
  runId: string,
  phases: readonly Attempt['phase'][],
  change: (attempt: Attempt) => Attempt,
): Run {
  return withAllAttempts(run, (attempt) =>
    attempt.runId === runId && phases.includes(attempt.phase) ? change(attempt) : attempt,
  );
}

function withAllAttempts(run: Run, change: (attempt: Attempt) => Attempt): Run {
  return { ...run, tasks: run.tasks.map((task) => ({ ...task, attempts: task.attempts.map(change) })) };
}
