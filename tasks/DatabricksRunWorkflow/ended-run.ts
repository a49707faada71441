import type { Run } from '../../src/databricks/runs';
import type { Standing } from '../../src/workflow/run-state';

/** A run that has ended. */
export interface EndedRun {
  readonly run: Run;
  readonly standing: Extract<Standing, { active: false }>;
}
