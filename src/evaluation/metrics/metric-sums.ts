import type { MetricName } from '../policy/schema';
import type { Predictions } from '../predictions';
import { f1Sums } from './f1';
import type { MetricSums } from './sums';

/** Smallest probability that counts in the log loss: the machine epsilon of doubles, as in scikit-learn. */
const SMALLEST_PROBABILITY = Number.EPSILON;

/**
 * The sums of a metric. Definitions are those of scikit-learn: `root_mean_squared_error`, `mean_squared_error`, `mean_absolute_error`, `r2_score`,
 * `accuracy_score`, `f1_score(zero_division=0)`, `log_loss`; `mean_signed_error` is the mean of prediction minus truth. All take row weights.
 */
export function metricSums(metric: MetricName, predictions: Predictions): MetricSums {
  switch (metric) {
    case 'rmse':
      return meanMetric(predictions, squaredError, Math.sqrt);
    case 'mse':
      return meanMetric(predictions, squaredError, (mean) => mean);
    case 'mae':
      return meanMetric(
        predictions,
        (model, truth, row) => Math.abs(error(model, truth, row)),
        (mean) => mean,
      );
    case 'mean_signed_error':
      return meanMetric(predictions, error, (mean) => mean);
    case 'accuracy':
      return meanMetric(
        predictions,
        (model, truth, row) => (needed(model.labels)[row] === truth[row] ? 1 : 0),
        (mean) => mean,
      );
    case 'log_loss':
      return meanMetric(
        predictions,
        (model, _truth, row) =>
          -Math.log(Math.max(needed(model.trueClassProbability)[row] as number, SMALLEST_PROBABILITY)),
        (mean) => mean,
      );
    case 'r2':
      return determination(predictions);
    case 'f1':
      return f1Sums(predictions);
  }
}

type RowValue = (model: Predictions['challenger'], truth: Predictions['truth'], row: number) => number;

const error: RowValue = (model, truth, row) => (needed(model.values)[row] as number) - (truth[row] as number);
const squaredError: RowValue = (model, truth, row) => error(model, truth, row) ** 2;

function needed<T>(array: T | undefined): T {
  if (array === undefined) {
    throw new TypeError('the predictions were prepared without the column that this metric needs');
  }
  return array;
}

/** Columns: weight, challenger, champion. */
function meanMetric(predictions: Predictions, rowValue: RowValue, finish: (mean: number) => number): MetricSums {
  const { rows, truth, champion, weights } = predictions;
  const width = champion === undefined ? 2 : 3;
  const values = new Float64Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    values[row * width] = weight;
    values[row * width + 1] = weight * rowValue(predictions.challenger, truth, row);
    if (champion !== undefined) {
      values[row * width + 2] = weight * rowValue(champion, truth, row);
    }
  }
  const valueAt = (column: number) => (sums: Float64Array) => finish((sums[column] as number) / (sums[0] as number));
  return {
    sums: { kind: 'dense', rows, width, values },
    challenger: valueAt(1),
    champion: champion === undefined ? undefined : valueAt(2),
  };
}

/** Relative size below which a sum of squares about the mean is rounding, that is: all truths are equal. */
const NO_VARIATION = 1e-12;

/** R²: columns weight, truth, truth², squared error of each model; the truth is centred first, so that its sum of squares does not cancel. */
function determination(predictions: Predictions): MetricSums {
  const { rows, truth, champion, weights } = predictions;
  const weightOf = (row: number) => (weights === undefined ? 1 : (weights[row] as number));
  let total = 0;
  let totalWeight = 0;
  for (let row = 0; row < rows; row += 1) {
    total += weightOf(row) * (truth[row] as number);
    totalWeight += weightOf(row);
  }
  const centre = total / totalWeight;
  const width = champion === undefined ? 4 : 5;
  const values = new Float64Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const weight = weightOf(row);
    const centred = (truth[row] as number) - centre;
    const at = row * width;
    values[at] = weight;
    values[at + 1] = weight * centred;
    values[at + 2] = weight * centred * centred;
    values[at + 3] = weight * squaredError(predictions.challenger, truth, row);
    if (champion !== undefined) {
      values[at + 4] = weight * squaredError(champion, truth, row);
    }
  }
  const valueAt = (column: number) => (sums: Float64Array) => {
    const squares = sums[2] as number;
    const about = squares - ((sums[1] as number) * (sums[1] as number)) / (sums[0] as number);
    return about > NO_VARIATION * squares ? 1 - (sums[column] as number) / about : Number.NaN;
  };
  return {
    sums: { kind: 'dense', rows, width, values },
    challenger: valueAt(3),
    champion: champion === undefined ? undefined : valueAt(4),
  };
}
