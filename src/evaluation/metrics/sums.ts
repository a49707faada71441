import type { RowSums } from '../../statistics/resampling';

/** A metric of both models as functions of the same sums over rows. */
export interface MetricSums {
  readonly sums: RowSums;
  readonly challenger: (sums: Float64Array) => number;
  /** Absent when there are no predictions of a champion. */
  readonly champion: ((sums: Float64Array) => number) | undefined;
}
