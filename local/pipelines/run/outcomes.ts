import type { Variable } from '../agent/job-request';
import type { Result } from '../record/run-record';

/** What others can know of a job once it has ended, all of its legs or hooks together. */
export interface PhaseOutcome {
  readonly name: string;
  readonly result: Result;
  /** As other jobs of the stage name them: `step.variable`, of a leg `leg.step.variable`, of a deployment `job.step.variable`. */
  readonly outputs: ReadonlyMap<string, Variable>;
}

/** What others can know of a stage once it has ended. */
export interface StageOutcome {
  readonly name: string;
  readonly result: Result;
  /** Whether it was deselected when the run was queued. */
  readonly deselected: boolean;
  readonly phases: readonly PhaseOutcome[];
}
