import { CLASSIFICATION_METRICS, type MetricName, REGRESSION_METRICS } from '../policy/schema';

/** What is known about a metric before any data: which way is better, and which values it can take. */
export interface MetricFacts {
  readonly direction: 'higher' | 'lower' | 'zero';
  readonly lowest: number;
  readonly highest: number;
  /** The range in words. */
  readonly range: string;
}

const ERROR_METRIC: MetricFacts = {
  direction: 'lower',
  lowest: 0,
  highest: Number.POSITIVE_INFINITY,
  range: 'at or above 0',
};
const SHARE: MetricFacts = { direction: 'higher', lowest: 0, highest: 1, range: 'between 0 and 1' };

export const METRIC_FACTS: Readonly<Record<MetricName, MetricFacts>> = {
  rmse: ERROR_METRIC,
  mse: ERROR_METRIC,
  mae: ERROR_METRIC,
  r2: { direction: 'higher', lowest: Number.NEGATIVE_INFINITY, highest: 1, range: 'at or below 1' },
  mean_signed_error: {
    direction: 'zero',
    lowest: Number.NEGATIVE_INFINITY,
    highest: Number.POSITIVE_INFINITY,
    range: 'on both sides of 0',
  },
  accuracy: SHARE,
  f1: SHARE,
  log_loss: ERROR_METRIC,
};

/** The metrics of a kind of problem. */
export function metricsOf(problem: 'regression' | 'classification'): readonly MetricName[] {
  return problem === 'regression' ? REGRESSION_METRICS : CLASSIFICATION_METRICS;
}
