import { bootstrap } from '../../statistics/bootstrap';
import { decide, requiredImprovement } from '../../statistics/decision';
import { totalSums } from '../../statistics/resampling';
import { METRIC_FACTS } from '../metrics/metric-facts';
import { metricSums } from '../metrics/metric-sums';
import type { GuardrailRule, PrimaryRule, Severity } from '../policy/schema';
import type { Predictions } from '../predictions';
import type { CheckResult, TestResult } from '../report-types';
import type { Seed } from '../seed';
import { averageOf } from './average';
import { finiteOrNull, percent } from './figures';
import { changeIntervalText, changeText, wantedChangeText } from './findings';
import { undefinedMetric } from './undefined-metric';

/** One comparison of challenger and champion, as it stands in the report. */
export interface Comparison {
  readonly id: string;
  readonly category: 'champion' | 'guardrail';
  readonly severity: Severity;
  readonly rule: PrimaryRule | GuardrailRule;
}

/**
 * Compares the two models on the same rows by a paired bootstrap of the improvement
 * d = s·(M(challenger) − M(champion)), with s = 1 where higher is better, else −1.
 */
export function judgeComparison(
  comparison: Comparison,
  predictions: Predictions,
  seedFor: (id: string) => Seed,
): CheckResult {
  const { id, category, severity, rule } = comparison;
  const { sums, challenger, champion } = metricSums(rule.metric, predictions);
  if (champion === undefined) {
    throw new TypeError('a comparison needs predictions of the champion');
  }
  const { direction } = METRIC_FACTS[rule.metric];
  const sign = direction === 'higher' ? 1 : -1;
  const totals = totalSums(sums);
  const challengerValue = challenger(totals);
  const championValue = champion(totals);
  const difference = challengerValue - championValue;
  const base = {
    id,
    category,
    severity,
    metric: rule.metric,
    direction,
    ...averageOf(rule.metric, predictions),
    challenger: finiteOrNull(challengerValue),
    champion: finiteOrNull(championValue),
    difference: finiteOrNull(difference),
    improvement: finiteOrNull(sign * difference),
  } as const;
  if (!Number.isFinite(difference)) {
    return { ...base, ...undefinedMetric(rule.metric) };
  }
  const seed = seedFor(id);
  const improvement = (resampled: Float64Array) => sign * (challenger(resampled) - champion(resampled));
  const result = bootstrap(sums, improvement, {
    key: seed.key,
    resamples: rule.iterations,
    confidence: rule.confidence,
  });
  const required = requiredImprovement(
    rule.hypothesis,
    rule.hypothesis === 'superior' ? rule.minImprovement : rule.margin,
  );
  const test: TestResult = {
    name: rule.test,
    method: rule.method,
    scheme: result.scheme,
    n: result.rows,
    iterations: result.resamples,
    confidence: rule.confidence,
    seed: seed.text,
    hypothesis: rule.hypothesis,
    required,
    ci: result.interval === undefined ? null : [result.interval.low, result.interval.high],
  };
  if (result.interval === undefined) {
    return { ...base, test, ...undefinedMetric(rule.metric, result) };
  }
  const verdict = decide(result.interval, required);
  const interval = `${percent(rule.confidence)} interval ${changeIntervalText(result.interval, required)}`;
  const finding = `${rule.metric} is ${changeText(sign * difference)} (${interval}); wanted: ${wantedChangeText(rule.hypothesis, required)}.`;
  const unsettled = verdict === 'INCONCLUSIVE' ? ` ${result.rows} rows do not settle it.` : '';
  return { ...base, test, verdict, message: `${finding}${unsettled}` };
}
