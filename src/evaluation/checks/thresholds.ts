import { bootstrap } from '../../statistics/bootstrap';
import type { Interval } from '../../statistics/interval';
import { totalSums } from '../../statistics/resampling';
import { metricSums } from '../metrics/metric-sums';
import { thresholdId } from '../policy/rules';
import { DEFAULT_CONFIDENCE, DEFAULT_ITERATIONS, type Threshold } from '../policy/schema';
import type { Predictions } from '../predictions';
import type { CheckResult, TestResult } from '../report-types';
import type { Seed } from '../seed';
import { averageOf } from './average';
import { figureBeside, finiteOrNull, INTERVAL_DIGITS, percent } from './figures';
import { limitOf, wantedBarText } from './findings';
import { undefinedMetric } from './undefined-metric';

/** Judges one absolute bar: by the metric itself, or by the end of its interval that `useBound` names. */
export function judgeThreshold(rule: Threshold, predictions: Predictions, seedFor: (id: string) => Seed): CheckResult {
  const id = thresholdId(rule);
  const { sums, challenger } = metricSums(rule.metric, predictions);
  const value = challenger(totalSums(sums));
  const limits = limitsOf(rule);
  const shown = (number: number, digits?: number) => figureBeside(number, limitOf(limits), digits);
  const base = {
    id,
    category: 'threshold',
    severity: rule.severity,
    metric: rule.metric,
    direction: rule.direction,
    ...averageOf(rule.metric, predictions),
    challenger: finiteOrNull(value),
    threshold: limits,
  } as const;
  if (!Number.isFinite(value)) {
    return { ...base, ...undefinedMetric(rule.metric) };
  }
  if (rule.useBound === undefined) {
    return { ...base, ...judged(rule, { low: value, high: value }, `${rule.metric} is ${shown(value)}`) };
  }
  const seed = seedFor(id);
  const confidence = rule.confidence ?? DEFAULT_CONFIDENCE;
  const result = bootstrap(sums, challenger, {
    key: seed.key,
    resamples: rule.iterations ?? DEFAULT_ITERATIONS,
    confidence,
  });
  const test: TestResult = {
    name: 'bootstrap',
    method: 'percentile',
    scheme: result.scheme,
    n: result.rows,
    iterations: result.resamples,
    confidence,
    seed: seed.text,
    ci: result.interval === undefined ? null : [result.interval.low, result.interval.high],
  };
  if (result.interval === undefined) {
    return { ...base, test, ...undefinedMetric(rule.metric, result) };
  }
  const { low, high } = result.interval;
  return {
    ...base,
    test,
    ...judged(
      rule,
      result.interval,
      `${rule.metric} is ${shown(value)} (${percent(confidence)} interval ${shown(low, INTERVAL_DIGITS)} to ${shown(high, INTERVAL_DIGITS)})`,
    ),
  };
}

function limitsOf(rule: Threshold): NonNullable<CheckResult['threshold']> {
  const bound = rule.useBound === undefined ? {} : { useBound: rule.useBound };
  switch (rule.direction) {
    case 'lower':
      return { max: rule.max, ...bound };
    case 'higher':
      return { min: rule.min, ...bound };
    case 'zero':
      return { maxAbs: rule.maxAbs, ...bound };
  }
}

function judged(rule: Threshold, interval: Interval, measured: string): { verdict: 'PASS' | 'FAIL'; message: string } {
  return {
    verdict: clears(rule, interval) ? 'PASS' : 'FAIL',
    message: `${measured}; wanted: ${wantedBarText(limitsOf(rule))}.`,
  };
}

function clears(rule: Threshold, { low, high }: Interval): boolean {
  switch (rule.direction) {
    case 'lower':
      return high <= rule.max;
    case 'higher':
      return low >= rule.min;
    case 'zero':
      return Math.max(Math.abs(low), Math.abs(high)) <= rule.maxAbs;
  }
}
