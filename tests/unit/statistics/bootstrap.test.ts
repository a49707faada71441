import assert from 'node:assert/strict';
import { bootstrap } from '../../../src/statistics/bootstrap';
import { quantile } from '../../../src/statistics/interval';

const key = { low: 5, high: 6 };

/** Mean of n values as a function of the sums (count, total). */
function meanSums(values: readonly number[]) {
  const flat = new Float64Array(values.length * 2);
  values.forEach((value, row) => {
    flat[row * 2] = 1;
    flat[row * 2 + 1] = value;
  });
  return { kind: 'dense', rows: values.length, width: 2, values: flat } as const;
}
const mean = (sums: Float64Array) => (sums[1] as number) / (sums[0] as number);

describe('bootstrap', () => {
  it('has an interval of the width that theory gives for a mean, under both schemes', () => {
    for (const rows of [400, 10_000]) {
      const values = Array.from({ length: rows }, (_, row) => row % 2);
      const result = bootstrap(meanSums(values), mean, { key, resamples: 4_000, confidence: 0.95 });
      const halfWidth = (1.959964 * 0.5) / Math.sqrt(rows);
      assert.equal(result.estimate, 0.5);
      assert.ok(result.interval);
      assert.ok(Math.abs((result.interval.high - result.interval.low) / 2 / halfWidth - 1) < 0.06);
      assert.equal(result.scheme, rows < 10_000 ? 'multinomial' : 'poisson');
    }
  });

  it('is the value itself when all rows are equal', () => {
    const result = bootstrap(meanSums([3, 3, 3]), mean, { key, resamples: 50, confidence: 0.9 });
    assert.deepEqual(result.interval, { low: 3, high: 3 });
  });

  it('gives no interval when a resample leaves the statistic undefined, and counts them', () => {
    const spread = (sums: Float64Array) => 1 / ((sums[1] as number) > 0 ? 1 : 0);
    const result = bootstrap(meanSums([0, 0, 1]), spread, { key, resamples: 500, confidence: 0.95 });
    assert.equal(result.interval, undefined);
    const expected = 500 * (2 / 3) ** 3;
    assert.ok(Math.abs(result.undefinedResamples - expected) < 45);
  });

  it('covers the true mean about as often as promised', () => {
    let state = 99;
    const uniform = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4_294_967_296;
    };
    let covered = 0;
    for (let trial = 0; trial < 400; trial += 1) {
      const values = Array.from({ length: 100 }, () => uniform() + uniform() + uniform() - 1.5);
      const { interval } = bootstrap(meanSums(values), mean, {
        key: { low: trial, high: 1 },
        resamples: 400,
        confidence: 0.95,
      });
      covered += interval && interval.low <= 0 && interval.high >= 0 ? 1 : 0;
    }
    assert.ok(covered / 400 > 0.91 && covered / 400 < 0.98, `covered ${covered} of 400`);
  });
});

describe('quantile', () => {
  it('interpolates as numpy.percentile does', () => {
    const sorted = Float64Array.from([1, 2, 4, 8]);
    assert.equal(quantile(sorted, 0), 1);
    assert.equal(quantile(sorted, 1), 8);
    assert.equal(quantile(sorted, 0.5), 3);
    assert.equal(quantile(sorted, 0.25), 1.75);
    assert.throws(() => quantile(new Float64Array(0), 0.5), RangeError);
  });
});
