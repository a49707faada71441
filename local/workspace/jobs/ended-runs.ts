import type { Collection, Store } from '../store';
import type { Run } from './types';

/** What lists look at before they read a run. */
export interface EndedRun {
  readonly runId: string;
  readonly type: Run['type'];
  /** Milliseconds since the epoch. */
  readonly startTime: number;
}

/** Ended runs in the order of lists, the last ended first: a list of many runs reads those that it shows, and not all to sort them. */
export class EndedRuns {
  /** Run id → end, under which the run stands in the others. */
  readonly #ends: Collection<number>;
  readonly #all: Collection<EndedRun>;
  readonly #byJob: Collection<EndedRun>;

  constructor(store: Store) {
    this.#ends = store.collection('run-ends');
    this.#all = store.collection('ended-runs');
    this.#byJob = store.collection('ended-runs-by-job');
  }

  /** Notes the state of a run: a repair lets it be under way again, and end again later. Call in a transaction. */
  note(run: Run): void {
    this.forget(run);
    if (run.endTime === undefined || run.phase !== 'ENDED' || run.iterations !== undefined) {
      return;
    }
    const { runId, type, startTime, endTime } = run;
    this.#ends.put(runId, endTime);
    this.#all.put(placeOf(runId, endTime), { runId, type, startTime });
    this.#byJob.put(`${run.jobId}/${placeOf(runId, endTime)}`, { runId, type, startTime });
  }

  /** Call in a transaction. */
  forget({ runId, jobId }: Pick<Run, 'runId' | 'jobId'>): void {
    const end = this.#ends.get(runId);
    if (end !== undefined) {
      this.#ends.remove(runId);
      this.#all.remove(placeOf(runId, end));
      this.#byJob.remove(`${jobId}/${placeOf(runId, end)}`);
    }
  }

  /** Of one job, or of all. */
  *list(jobId?: string): Iterable<EndedRun> {
    for (const [, run] of jobId === undefined ? this.#all.entries() : this.#byJob.entries(`${jobId}/`)) {
      yield run;
    }
  }
}

const LATEST = 9_999_999_999_999_999n;
const GREATEST_ID = 9_999_999_999_999_999_999n;

/** Sorts the last ended first, and of those that ended together the last made. */
function placeOf(runId: string, end: number): string {
  const time = String(LATEST - BigInt(end)).padStart(16, '0');
  return `${time}/${String(GREATEST_ID - BigInt(runId)).padStart(19, '0')}`;
}
