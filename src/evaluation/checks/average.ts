import type { MetricName } from '../policy/schema';
import type { Predictions } from '../predictions';

/** Which F1 was computed, for checks of that metric. */
export function averageOf(metric: MetricName, predictions: Predictions): { readonly average?: 'binary' | 'macro' } {
  return metric === 'f1' ? { average: predictions.classes === 2 ? 'binary' : 'macro' } : {};
}
