import type { RunRecord } from '../record/run-record';

/** What is tried again under its name, with a new id. */
interface Attempted {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
}

/** An attempt as records name it. */
export interface Attempt {
  readonly attempt: number;
  readonly recordId: string;
}

/** Attempts that a newer one of the same name follows. */
export function formerOf<T extends Attempted>(records: readonly T[]): T[] {
  return records.filter(({ name, attempt }) => records.some((other) => other.name === name && other.attempt > attempt));
}

/** Attempts before this one, the first one first. */
export function previous(records: readonly Attempted[], record: Attempted): Attempt[] {
  return records
    .filter(({ name, attempt }) => name === record.name && attempt < record.attempt)
    .map(({ id, attempt }) => ({ attempt, recordId: id }))
    .sort((a, b) => a.attempt - b.attempt);
}

/** Numbers of the attempts that are not the newest of their stage or job. */
export function attemptsOf({ stages }: RunRecord): number[] {
  const numbers = [...formerOf(stages), ...stages.flatMap(({ jobs }) => formerOf(jobs))].map(({ attempt }) => attempt);
  return [...new Set(numbers)].sort((a, b) => a - b);
}
