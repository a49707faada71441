import type { MetricName } from '../policy/schema';
import type { CheckResult } from '../report-types';

/** How a check ends whose metric has no value: on the data itself, or in too many of the resamples of it. */
export function undefinedMetric(
  metric: MetricName,
  resampled?: { readonly undefinedResamples: number; readonly resamples: number },
): Pick<CheckResult, 'verdict' | 'code' | 'reason' | 'message'> {
  const where =
    resampled === undefined ? 'on this data' : `in ${resampled.undefinedResamples} of ${resampled.resamples} resamples`;
  return {
    verdict: 'ERROR',
    code: 'METRIC_UNDEFINED',
    reason: `undefined ${where}`,
    message: `${metric} is undefined ${where}.`,
  };
}
