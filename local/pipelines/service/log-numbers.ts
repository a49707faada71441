import type { StepRecord } from '../record/run-record';
import type { RecordedRun } from './ports';

/** Numbers the logs of a run as the service does: in the order in which the steps started, from 1, and never anew. */
export class LogNumbers {
  private readonly known = new Map<string, Map<string, number>>();

  /** Step id to number, of all steps that have started. */
  of({ record }: RecordedRun): ReadonlyMap<string, number> {
    const numbers = this.known.get(record.id) ?? new Map<string, number>();
    this.known.set(record.id, numbers);
    const started = stepsOf(record)
      .filter(({ id, startedAt, log }) => startedAt !== undefined && log !== '' && !numbers.has(id))
      .sort((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));
    for (const step of started) {
      numbers.set(step.id, numbers.size + 1);
    }
    return numbers;
  }
}

function stepsOf(record: RecordedRun['record']): StepRecord[] {
  return record.stages.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps));
}
