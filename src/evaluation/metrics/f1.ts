import type { Predictions } from '../predictions';
import type { MetricSums } from './sums';

/**
 * F1 from confusion counts. Two classes: of the last class. More: the plain mean over all classes of the policy (`average='macro'`, `labels=classes`).
 * A class that is neither true nor predicted counts as 0 (`zero_division=0`).
 *
 * Each row falls into one cell (truth, challenger, champion); only cells that occur are counted, so the work does not grow with the cube of the classes.
 */
export function f1Sums(predictions: Predictions): MetricSums {
  const { rows, classes, truth, weights } = predictions;
  const challenger = labelsOf(predictions.challenger.labels);
  const champion = predictions.champion === undefined ? undefined : labelsOf(predictions.champion.labels);
  const cells = new Int32Array(rows);
  const numbers = new Map<number, number>();
  const truthOf: number[] = [];
  const challengerOf: number[] = [];
  const championOf: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const code = ((truth[row] as number) * classes + (challenger[row] as number)) * classes + (champion?.[row] ?? 0);
    let cell = numbers.get(code);
    if (cell === undefined) {
      cell = truthOf.length;
      numbers.set(code, cell);
      truthOf.push(truth[row] as number);
      challengerOf.push(challenger[row] as number);
      championOf.push(champion?.[row] ?? 0);
    }
    cells[row] = cell;
  }
  const values = weights === undefined ? new Float64Array(rows).fill(1) : weights;
  return {
    sums: { kind: 'cells', rows, width: truthOf.length, cells, values },
    challenger: f1OfCells(classes, Int32Array.from(truthOf), Int32Array.from(challengerOf)),
    champion:
      champion === undefined ? undefined : f1OfCells(classes, Int32Array.from(truthOf), Int32Array.from(championOf)),
  };
}

function labelsOf(labels: Int32Array | undefined): Int32Array {
  if (labels === undefined) {
    throw new TypeError('the predictions were prepared without labels');
  }
  return labels;
}

/** F1 = 2 TP / (true + predicted), class by class. The arrays are made once, not per resample. */
function f1OfCells(classes: number, truthOf: Int32Array, predictedOf: Int32Array): (sums: Float64Array) => number {
  const hits = new Float64Array(classes);
  const trueOrPredicted = new Float64Array(classes);
  return (sums) => {
    hits.fill(0);
    trueOrPredicted.fill(0);
    for (let cell = 0; cell < sums.length; cell += 1) {
      const count = sums[cell] as number;
      const truth = truthOf[cell] as number;
      const predicted = predictedOf[cell] as number;
      trueOrPredicted[truth] = (trueOrPredicted[truth] as number) + count;
      trueOrPredicted[predicted] = (trueOrPredicted[predicted] as number) + count;
      hits[truth] = (hits[truth] as number) + (truth === predicted ? count : 0);
    }
    const from = classes === 2 ? 1 : 0;
    let total = 0;
    for (let label = from; label < classes; label += 1) {
      const seen = trueOrPredicted[label] as number;
      total += seen > 0 ? (2 * (hits[label] as number)) / seen : 0;
    }
    return total / (classes - from);
  };
}
