import type { RunRecord } from '../record/run-record';

/** What is tried again under its name, with a new id. */
interface Attempted {
  readonly id: string;
  readonly name: string;
  /** Of a job: legs of two matrices may have one name. */
  readonly phase?: string;
  readonly attempt: number;
}

/** An attempt as records name it. */
export interface Attempt {
  readonly attempt: number;
  readonly recordId: string;
}

/** Attempts that a newer one of the same name follows. */
export function formerOf<T extends Attempted>(records: readonly T[]): T[] {
  return records.filter((record) => records.some((other) => isSame(other, record) && other.attempt > record.attempt));
}

/** Attempts before this one, the first one first. */
export function previous(records: readonly Attempted[], record: Attempted): Attempt[] {
  return records
    .filter((other) => isSame(other, record) && other.attempt < record.attempt)
    .map(({ id, attempt }) => ({ attempt, recordId: id }))
    .sort((a, b) => a.attempt - b.attempt);
}

/** Numbers of the attempts that are not the newest of their stage or job. */
export function attemptsOf({ stages }: RunRecord): number[] {
  const numbers = [...formerOf(stages), ...stages.flatMap(({ jobs }) => formerOf(jobs))].map(({ attempt }) => attempt);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function isSame(one: Attempted, other: Attempted): boolean {
  return one.name === other.name && one.phase === other.phase;
}
