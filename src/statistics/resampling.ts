import { fillWords, type PhiloxKey } from './philox';
import { poissonWeights } from './poisson-weights';

/**
 * What each row adds to the sums of a metric. A metric that is a function of sums over rows is resampled by adding weighted rows once.
 *
 * `dense`: row i adds `values[i * width + s]` to sum s.
 * `cells`: row i adds `values[i]` to sum `cells[i]` (a confusion matrix, flattened).
 */
export type RowSums =
  | { readonly kind: 'dense'; readonly rows: number; readonly width: number; readonly values: Float64Array }
  | {
      readonly kind: 'cells';
      readonly rows: number;
      readonly width: number;
      readonly cells: Int32Array;
      readonly values: Float64Array;
    };

/** `multinomial`: n draws with replacement. `poisson`: each row has an independent Poisson(1) weight, the limit of the former. */
export type ResamplingScheme = 'multinomial' | 'poisson';

/** From this many rows on, weights replace draws: gathering at random positions costs ten times a sequential pass. */
export const POISSON_FROM_ROWS = 10_000;

/** The scheme for a number of rows. */
export function schemeFor(rows: number): ResamplingScheme {
  return rows < POISSON_FROM_ROWS ? 'multinomial' : 'poisson';
}

/** Sums over all rows, each once. */
export function totalSums(sums: RowSums): Float64Array {
  const totals = new Float64Array(sums.width);
  const { rows, width, values } = sums;
  if (sums.kind === 'dense') {
    for (let row = 0, at = 0; row < rows; row += 1) {
      for (let s = 0; s < width; s += 1, at += 1) {
        totals[s] = (totals[s] as number) + (values[at] as number);
      }
    }
  } else {
    for (let row = 0; row < rows; row += 1) {
      const cell = sums.cells[row] as number;
      totals[cell] = (totals[cell] as number) + (values[row] as number);
    }
  }
  return totals;
}

/**
 * Draws resamples and hands each one's sums to `statistic`.
 *
 * Nothing is allocated per resample; `statistic` must not keep the array that it is given.
 * @param firstResample index of the first resample: the stream of a resample depends on the key and this index alone
 * @returns one statistic per resample, in order
 */
export function resampleStatistics(
  sums: RowSums,
  statistic: (sums: Float64Array) => number,
  options: {
    readonly key: PhiloxKey;
    readonly resamples: number;
    readonly firstResample?: number;
    readonly scheme?: ResamplingScheme;
  },
): Float64Array {
  const scheme = options.scheme ?? schemeFor(sums.rows);
  const first = options.firstResample ?? 0;
  const wordsNeeded = scheme === 'multinomial' ? sums.rows : Math.ceil(sums.rows / 2);
  const words = new Uint32Array(Math.ceil(wordsNeeded / 4) * 4);
  const weights = new Uint16Array(sums.rows + 1);
  const accumulated = new Float64Array(sums.width);
  const result = new Float64Array(options.resamples);
  for (let resample = 0; resample < options.resamples; resample += 1) {
    fillWords(words, options.key, first + resample);
    if (scheme === 'multinomial') {
      countDraws(words, weights, sums.rows);
    } else {
      lookUpWeights(words, weights, sums.rows);
    }
    accumulated.fill(0);
    addWeighted(sums, weights, accumulated);
    result[resample] = statistic(accumulated);
  }
  return result;
}

/** A 32-bit word times n, upper half: an index whose probability is 1/n within n/2^32. */
function countDraws(words: Uint32Array, weights: Uint16Array, rows: number): void {
  weights.fill(0);
  const scale = rows / 4_294_967_296;
  for (let draw = 0; draw < rows; draw += 1) {
    const row = ((words[draw] as number) * scale) | 0;
    weights[row] = (weights[row] as number) + 1;
  }
}

/** Each word gives the weights of two rows, low half first. */
function lookUpWeights(words: Uint32Array, weights: Uint16Array, rows: number): void {
  const table = poissonWeights();
  for (let row = 0, at = 0; row < rows; row += 2, at += 1) {
    const word = words[at] as number;
    weights[row] = table[word & 0xffff] as number;
    weights[row + 1] = table[word >>> 16] as number;
  }
}

function addWeighted(sums: RowSums, weights: Uint16Array, into: Float64Array): void {
  if (sums.kind === 'cells') {
    addCells(sums.rows, sums.cells, sums.values, weights, into);
  } else if (sums.width === 3) {
    addThree(sums.rows, sums.values, weights, into);
  } else if (sums.width === 5) {
    addFive(sums.rows, sums.values, weights, into);
  } else {
    addDense(sums.rows, sums.width, sums.values, weights, into);
  }
}

function addCells(
  rows: number,
  cells: Int32Array,
  values: Float64Array,
  weights: Uint16Array,
  into: Float64Array,
): void {
  for (let row = 0; row < rows; row += 1) {
    const cell = cells[row] as number;
    into[cell] = (into[cell] as number) + (weights[row] as number) * (values[row] as number);
  }
}

/** The common case (weight, challenger, champion), with the sums in registers. */
function addThree(rows: number, values: Float64Array, weights: Uint16Array, into: Float64Array): void {
  let a = 0;
  let b = 0;
  let c = 0;
  for (let row = 0, at = 0; row < rows; row += 1, at += 3) {
    const weight = weights[row] as number;
    a += weight * (values[at] as number);
    b += weight * (values[at + 1] as number);
    c += weight * (values[at + 2] as number);
  }
  into[0] = a;
  into[1] = b;
  into[2] = c;
}

/** R² of two models, with the sums in registers: a quarter of the time of {@link addDense}. */
function addFive(rows: number, values: Float64Array, weights: Uint16Array, into: Float64Array): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  for (let row = 0, at = 0; row < rows; row += 1, at += 5) {
    const weight = weights[row] as number;
    a += weight * (values[at] as number);
    b += weight * (values[at + 1] as number);
    c += weight * (values[at + 2] as number);
    d += weight * (values[at + 3] as number);
    e += weight * (values[at + 4] as number);
  }
  into[0] = a;
  into[1] = b;
  into[2] = c;
  into[3] = d;
  into[4] = e;
}

function addDense(rows: number, width: number, values: Float64Array, weights: Uint16Array, into: Float64Array): void {
  for (let row = 0, at = 0; row < rows; row += 1) {
    const weight = weights[row] as number;
    for (let s = 0; s < width; s += 1, at += 1) {
      into[s] = (into[s] as number) + weight * (values[at] as number);
    }
  }
}
