import type { Workspace } from '../api';
import type { Attendance } from './execution-order';
import type { RunEvent } from './run-machine';
import { awaitsRetry } from './run-machine';
import { presentRound, type Repair } from './run-rounds';
import type { RunStore } from './run-store';
import type { TaskExecution } from './task-execution';
import { type Attempt, latest, type Run, type Stop, type TaskRun } from './types';

const STOPPED = 'The local workspace was stopped while the run was active.';
const LOST = 'The local workspace ended unexpectedly while the run was active.';

/**
 * Carries runs out: after each event it compares what a run's state asks for with what is under way, and starts, ends or waits for
 * the difference. All decisions are in the state machine.
 */
export class JobRunner {
  /** Attempts under way: what ends them. */
  readonly #active = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();
  /** Waits under way (time-outs of runs, pauses before retries), by run or attempt id. */
  readonly #waits = new Map<string, AbortController>();
  /** Who waits for the end of a run. */
  readonly #listeners = new Map<string, { resolve(run: Run): void; reject(error: Error): void }[]>();
  #closing = false;

  constructor(
    private readonly workspace: Workspace,
    private readonly runs: RunStore,
    private readonly execution: TaskExecution,
    private readonly onDefect: (error: unknown) => void,
  ) {}

  /** Takes up a new run: at once, or when its job has room for it. */
  accept(run: Run): void {
    if (run.iterations === undefined) {
      this.#startQueued(run.jobId);
    } else {
      this.#apply(run.runId, { type: 'dequeued' });
    }
  }

  /** Takes tasks of an ended run up again; it waits in the queue when its job has no room. */
  repair(run: Run, repair: Repair): void {
    this.#apply(run.runId, { type: 'repair', ...repair });
    this.#startQueued(run.jobId);
  }

  /**
   * Resolves with the run when it has ended.
   * @throws Error when the workspace is stopped before
   */
  untilEnded(runId: string): Promise<Run> {
    const run = this.runs.get(runId);
    if (run?.phase === 'ENDED') {
      return Promise.resolve(run);
    }
    return new Promise((resolve, reject) => {
      this.#listeners.set(runId, [...(this.#listeners.get(runId) ?? []), { resolve, reject }]);
    });
  }

  /** Ends a run, or one attempt of a task, as asked by a client. */
  cancel(runId: string, attempt?: string): void {
    this.#apply(runId, { type: 'stop', stop: 'CANCELED', ...(attempt === undefined ? {} : { attempt }) });
  }

  /** Marks what a former process left active as lost and ends what is left of its processes. */
  async recover(): Promise<void> {
    await this.execution.killOrphans();
    const left = this.runs.active();
    this.#loseActive(LOST);
    for (const jobId of new Set(left.map((run) => run.jobId))) {
      this.#startQueued(jobId);
    }
  }

  /** Ends all processes; runs that were active are marked so. Queued ones stay for the next start. */
  async stop(): Promise<void> {
    this.#closing = true;
    for (const wait of this.#waits.values()) {
      wait.abort();
    }
    const ending = [...this.#active.values()].map(({ abort, done }) => {
      abort.abort('CANCELED' satisfies Stop);
      return done;
    });
    for (const { reject } of [...this.#listeners.values()].flat()) {
      reject(new Error(STOPPED));
    }
    await Promise.all(ending);
    this.#loseActive(STOPPED);
  }

  /** What has begun is lost, and with it what waits for a task that has. */
  #loseActive(message: string): void {
    for (const run of this.runs.active().filter(({ phase, parent }) => phase !== 'QUEUED' || parent !== undefined)) {
      this.runs.advance(run.runId, { type: 'lost', message }, this.workspace.clock.now());
    }
  }

  #apply(runId: string, event: RunEvent): void {
    if (this.#closing) {
      return;
    }
    const run = this.runs.advance(runId, event, this.workspace.clock.now());
    if (run !== undefined) {
      this.#carryOut(run);
    }
  }

  #carryOut(run: Run): void {
    if (run.phase === 'ENDED') {
      this.#endWait(run.runId);
      for (const { resolve } of this.#listeners.get(run.runId) ?? []) {
        resolve(run);
      }
      this.#listeners.delete(run.runId);
      this.#startQueued(run.jobId);
      return;
    }
    const limit = run.iterations === undefined ? (run.settings.timeout_seconds ?? 0) : 0;
    const { begunTime } = presentRound(run);
    if (run.phase === 'RUNNING' && limit > 0 && begunTime !== undefined) {
      this.#waitUntil(run.runId, begunTime + limit * 1000, () =>
        this.#apply(run.runId, { type: 'stop', stop: 'TIMEDOUT' }),
      );
    }
    const retried = run.tasks.find((task) => awaitsRetry(run, task));
    if (retried !== undefined) {
      this.#apply(run.runId, { type: 'retry', attempt: latest(retried).runId, runId: this.runs.newId() });
      return;
    }
    for (const task of run.tasks) {
      this.#carryOutTask(run, task, latest(task));
    }
  }

  #carryOutTask(run: Run, task: TaskRun, attempt: Attempt): void {
    const underWay = this.#active.get(attempt.runId);
    switch (attempt.phase) {
      case 'PENDING':
        if (underWay === undefined) {
          this.#begin(run, task, attempt);
        }
        return;
      case 'TERMINATING':
        underWay?.abort.abort(attempt.stop);
        return;
      case 'WAITING_FOR_RETRY':
        this.#waitUntil(attempt.runId, attempt.retryAt ?? 0, () =>
          this.#apply(run.runId, { type: 'retryDue', attempt: attempt.runId }),
        );
        return;
      default:
        return;
    }
  }

  #begin(run: Run, task: TaskRun, attempt: Attempt): void {
    const abort = new AbortController();
    const attendance: Attendance = {
      begun: (childRun) => {
        this.#apply(run.runId, {
          type: 'begun',
          attempt: attempt.runId,
          ...(childRun === undefined ? {} : { childRun }),
        });
        this.#limitTask(run.runId, task, attempt.runId);
      },
      start: (child) => {
        this.runs.put(child);
        this.accept(child);
      },
      untilEnded: (child) => this.untilEnded(child),
      cancel: (child) => this.cancel(child),
    };
    const done = this.execution
      .execute({ run, task, attempt, signal: abort.signal }, attendance)
      .then((end) => {
        this.#endWait(attempt.runId);
        this.#active.delete(attempt.runId);
        this.#apply(run.runId, { type: 'ended', attempt: attempt.runId, ...end });
      })
      .catch(this.onDefect);
    this.#active.set(attempt.runId, { abort, done });
  }

  /** A task's own time-out, counted from the start of its process. */
  #limitTask(runId: string, task: TaskRun, attempt: string): void {
    const limit = task.spec.timeout_seconds ?? 0;
    if (limit > 0) {
      this.#waitUntil(attempt, this.workspace.clock.now() + limit * 1000, () =>
        this.#apply(runId, { type: 'stop', stop: 'TIMEDOUT', attempt }),
      );
    }
  }

  /** Lets the oldest queued runs of a job begin while `max_concurrent_runs` allows it. */
  #startQueued(jobId: string): void {
    if (this.#closing) {
      return;
    }
    const active = this.runs.active().filter((run) => run.jobId === jobId && run.iterations === undefined);
    const queued = active.filter((run) => run.phase === 'QUEUED');
    const running = active.length - queued.length;
    for (const run of queued) {
      if (run.type === 'JOB_RUN' && running >= (run.settings.max_concurrent_runs ?? 1)) {
        return;
      }
      this.#apply(run.runId, { type: 'dequeued' });
      this.#startQueued(jobId);
      return;
    }
  }

  #waitUntil(id: string, time: number, then: () => void): void {
    if (this.#waits.has(id)) {
      return;
    }
    const wait = new AbortController();
    this.#waits.set(id, wait);
    const { clock } = this.workspace;
    clock
      .sleep(Math.max(0, time - clock.now()), wait.signal)
      .then(
        () => {
          this.#waits.delete(id);
          then();
        },
        () => undefined, // aborted: nobody waits for it any more
      )
      .catch(this.onDefect);
  }

  #endWait(id: string): void {
    this.#waits.get(id)?.abort();
    this.#waits.delete(id);
  }
}
