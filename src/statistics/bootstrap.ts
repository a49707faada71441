import { type Interval, percentileInterval } from './interval';
import type { PhiloxKey } from './philox';
import { type ResamplingScheme, type RowSums, resampleStatistics, schemeFor, totalSums } from './resampling';

/** Outcome of a bootstrap of one statistic. */
export interface BootstrapResult {
  /** The statistic of the data itself. */
  readonly estimate: number;
  /** Absent when the statistic is undefined in some resample: `undefinedResamples` says in how many. */
  readonly interval: Interval | undefined;
  readonly undefinedResamples: number;
  readonly rows: number;
  readonly resamples: number;
  readonly scheme: ResamplingScheme;
}

/**
 * Percentile bootstrap of a statistic that is a function of sums over rows. Rows are resampled whole, so a statistic of two models on the same rows
 * (their difference) is a paired bootstrap.
 */
export function bootstrap(
  sums: RowSums,
  statistic: (sums: Float64Array) => number,
  options: { readonly key: PhiloxKey; readonly resamples: number; readonly confidence: number },
): BootstrapResult {
  const estimate = statistic(totalSums(sums));
  const replicates = resampleStatistics(sums, statistic, options);
  let undefinedResamples = 0;
  for (const replicate of replicates) {
    undefinedResamples += Number.isFinite(replicate) ? 0 : 1;
  }
  return {
    estimate,
    interval: undefinedResamples > 0 ? undefined : percentileInterval(replicates, options.confidence),
    undefinedResamples,
    rows: sums.rows,
    resamples: options.resamples,
    scheme: schemeFor(sums.rows),
  };
}
