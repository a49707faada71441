import type { Hypothesis } from '../../statistics/decision';
import type { Interval } from '../../statistics/interval';
import type { CheckResult } from '../report-types';
import { figure, figureBeside, INTERVAL_DIGITS } from './figures';

/** A change as people say it: `better by 10.21`, `worse by 23.95`, `the same`. Positive is better. */
export function changeText(improvement: number): string {
  return improvement === 0 ? 'the same' : `${side(improvement)} by ${figure(Math.abs(improvement))}`;
}

/**
 * The interval of an improvement: `6.43 to 14 better`, `17.8 to 29.9 worse`, `3.1 worse to 6.5 better`.
 * @param required the improvement that is wanted; an end that is not it never reads like it
 */
export function changeIntervalText({ low, high }: Interval, required: number): string {
  const size = (end: number) => figureBeside(Math.abs(end), Math.abs(required), INTERVAL_DIGITS);
  if (low === 0 && high === 0) {
    return 'no difference';
  }
  if (low >= 0) {
    return `${size(low)} to ${size(high)} better`;
  }
  if (high <= 0) {
    return `${size(high)} to ${size(low)} worse`;
  }
  return `${size(low)} worse to ${size(high)} better`;
}

/** What a hypothesis asks for: `better by at least 0.5`, `worse by at most 1`. */
export function wantedChangeText(hypothesis: Hypothesis, required: number): string {
  if (required === 0) {
    return 'not worse';
  }
  return hypothesis === 'superior'
    ? `better by at least ${figure(required)}`
    : `worse by at most ${figure(Math.abs(required))}`;
}

/** What a bar asks for: `at most 65`, `upper end at most 65`, `within ±12`. */
export function wantedBarText({ max, min, maxAbs, useBound }: NonNullable<CheckResult['threshold']>): string {
  const end = useBound === undefined ? '' : useBound === 'both' ? 'both ends ' : `${useBound} end `;
  if (max !== undefined) {
    return `${end}at most ${max}`;
  }
  return min === undefined ? `${end}within ±${maxAbs}` : `${end}at least ${min}`;
}

/** The limit of a bar, as a number to compare figures with. */
export function limitOf({ max, min, maxAbs }: NonNullable<CheckResult['threshold']>): number {
  return max ?? min ?? maxAbs ?? Number.NaN;
}

function side(improvement: number): 'better' | 'worse' {
  return improvement > 0 ? 'better' : 'worse';
}
