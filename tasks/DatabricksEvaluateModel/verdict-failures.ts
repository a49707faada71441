import type { Verdict } from '../../src/evaluation/report-types';

/** What a step says in its list of errors when the verdict fails it. */
export interface VerdictFailure {
  /** Stable code, listed in docs/errors.md. */
  readonly code: string;
  /** What the verdict means. */
  readonly message: string;
  readonly todo: string;
}

/** One failure for each verdict that 'failOn' can name. */
export const VERDICT_FAILURES: Readonly<Record<Exclude<Verdict, 'PASS'>, VerdictFailure>> = {
  FAIL: {
    code: 'VERDICT_FAIL',
    message: 'A check that blocks did not pass.',
    todo: 'Train again.',
  },
  INCONCLUSIVE: {
    code: 'VERDICT_INCONCLUSIVE',
    message: 'The data do not settle a check that blocks, or checks that ask the registry were left out.',
    todo: 'Evaluate on more rows or with a connection, or let a person decide.',
  },
  ERROR: {
    code: 'VERDICT_ERROR',
    message: 'A check that blocks could not be judged.',
    todo: 'Correct what could not be judged, and evaluate again.',
  },
};
