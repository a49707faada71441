/** A closed interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Quantile by linear interpolation between order statistics (the default of `numpy.percentile`; type 7 of Hyndman and Fan, 1996).
 * @param sorted ascending, not empty
 * @param probability between 0 and 1
 */
export function quantile(sorted: Float64Array, probability: number): number {
  if (sorted.length === 0) {
    throw new RangeError('a quantile needs at least one value');
  }
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (position - below) * (high - low);
}

/**
 * Two-sided percentile interval (Efron and Tibshirani, 1993, chapter 13).
 * @param replicates statistics of the resamples, all finite; sorted in place
 * @param confidence for example 0.95
 */
export function percentileInterval(replicates: Float64Array, confidence: number): Interval {
  replicates.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(replicates, tail), high: quantile(replicates, 1 - tail) };
}
