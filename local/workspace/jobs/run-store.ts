import type { Store } from '../store';
import { type EndedRun, EndedRuns } from './ended-runs';
import { newId } from './ids';
import { advance, type RunEvent } from './run-machine';
import type { Attempt, Job, Run, TaskRun } from './types';

/** A task's attempt with the run it belongs to. */
export interface FoundAttempt {
  readonly run: Run;
  readonly task: TaskRun;
  readonly attempt: Attempt;
}

/** Runs and jobs as the store keeps them; keys are ids padded to 19 digits, so that their order is that of creation. */
export class RunStore {
  readonly #runs;
  readonly #attempts;
  readonly #active;
  readonly #ended;
  /** The last states that {@link advance} kept of runs under way: a run of a thousand tasks is not read again for each event. */
  readonly #latest = new Map<string, Run>();

  constructor(private readonly store: Store) {
    this.#runs = store.collection<Run>('runs');
    /** Attempt's run id → run id. */
    this.#attempts = store.collection<string>('attempts');
    /** Runs that have not ended, so that they are found without reading all. */
    this.#active = store.collection<true>('active-runs');
    this.#ended = new EndedRuns(store);
  }

  /** @param former the state that this one follows: its attempts are known already */
  put(run: Run, former?: Run): void {
    this.#latest.delete(run.runId);
    const known = new Map((former?.tasks ?? []).map((task, index) => [index, task.attempts.length]));
    this.store.transaction(() => {
      this.#runs.put(key(run.runId), run);
      this.#ended.note(run);
      if (run.phase === 'ENDED') {
        this.#active.remove(key(run.runId));
      } else {
        this.#active.put(key(run.runId), true);
      }
      for (const attempt of run.tasks.flatMap((task, index) => task.attempts.slice(known.get(index) ?? 0))) {
        this.#attempts.put(key(attempt.runId), run.runId);
      }
    });
  }

  get(runId: string): Run | undefined {
    return this.#latest.get(runId) ?? this.#runs.get(key(runId));
  }

  /** A task run by its own id. */
  attempt(runId: string): FoundAttempt | undefined {
    const parent = this.#attempts.get(key(runId));
    const run = parent === undefined ? undefined : this.get(parent);
    for (const task of run?.tasks ?? []) {
      const attempt = task.attempts.find((candidate) => candidate.runId === runId);
      if (run !== undefined && attempt !== undefined) {
        return { run, task, attempt };
      }
    }
    return undefined;
  }

  remove(run: Run): void {
    this.#latest.delete(run.runId);
    this.store.transaction(() => {
      this.#runs.remove(key(run.runId));
      this.#ended.forget(run);
      for (const attempt of run.tasks.flatMap((task) => task.attempts)) {
        this.#attempts.remove(key(attempt.runId));
      }
    });
  }

  /** In order of creation. */
  *all(): Iterable<Run> {
    for (const [, run] of this.#runs.entries()) {
      yield run;
    }
  }

  /** Ended runs of one job or of all, the last ended first. */
  ended(jobId?: string): Iterable<EndedRun> {
    return this.#ended.list(jobId);
  }

  /** Notes the ended runs of a data folder that was written before they were noted; reads all runs, once. */
  noteEnded(): void {
    const noted = this.store.collection<true>('noted-runs');
    if (noted.get('ended') === undefined) {
      this.store.transaction(() => {
        for (const run of this.all()) {
          this.#ended.note(run);
        }
        noted.put('ended', true);
      });
    }
  }

  /** Runs that have not ended, in order of creation. */
  active(): readonly Run[] {
    return [...this.#active.entries()].flatMap(([runKey]) => this.get(runKey.replace(/^0+/, '')) ?? []);
  }

  /** Applies an event and keeps the new state; never within another transaction, which could undo it. @returns it, `undefined` when there is no such run any more */
  advance(runId: string, event: RunEvent, now: number): Run | undefined {
    const next = this.store.transaction(() => {
      const run = this.get(runId);
      if (run === undefined) {
        return undefined;
      }
      const advanced = advance(run, event, now);
      if (advanced !== run) {
        this.put(advanced, run);
      }
      return advanced;
    });
    if (next !== undefined && next.phase !== 'ENDED') {
      this.#latest.set(runId, next);
    }
    return next;
  }

  newId(): string {
    return newId(this.store);
  }
}

/** The jobs of a workspace. */
export class JobStore {
  readonly #jobs;

  constructor(store: Store) {
    this.#jobs = store.collection<Job>('jobs');
  }

  put(job: Job): void {
    this.#jobs.put(key(job.jobId), job);
  }

  get(jobId: string): Job | undefined {
    return this.#jobs.get(key(jobId));
  }

  remove(jobId: string): boolean {
    return this.#jobs.remove(key(jobId));
  }

  /** The latest first, as the service lists them. */
  all(): readonly Job[] {
    return [...this.#jobs.entries()].map(([, job]) => job).reverse();
  }
}

function key(id: string): string {
  return id.padStart(19, '0');
}
