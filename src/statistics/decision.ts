import type { Interval } from './interval';

export type Hypothesis = 'superior' | 'nonInferior';
export type Decision = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

/**
 * The improvement that a hypothesis asks for: `superior` at least the minimal improvement, `nonInferior` no worse than the margin.
 * @param amount `minImprovement` or `margin`, in units of the metric, not negative
 */
export function requiredImprovement(hypothesis: Hypothesis, amount: number): number {
  return hypothesis === 'superior' ? amount : -amount;
}

/**
 * PASS if the whole interval reaches what is required, FAIL if none of it does, else INCONCLUSIVE.
 * @param improvement interval of the improvement of the challenger, positive is better
 */
export function decide(improvement: Interval, required: number): Decision {
  if (!Number.isFinite(improvement.low) || !Number.isFinite(improvement.high) || !Number.isFinite(required)) {
    throw new RangeError('a decision needs finite bounds');
  }
  if (improvement.low >= required) {
    return 'PASS';
  }
  return improvement.high < required ? 'FAIL' : 'INCONCLUSIVE';
}
