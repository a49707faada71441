import assert from 'node:assert/strict';
import fc from 'fast-check';
import { poissonWeights } from '../../../src/statistics/poisson-weights';
import { type RowSums, resampleStatistics, schemeFor, totalSums } from '../../../src/statistics/resampling';

const key = { low: 20_240_101, high: 77 };
const ones = (rows: number): RowSums => ({ kind: 'dense', rows, width: 1, values: new Float64Array(rows).fill(1) });
const first = (sums: Float64Array) => sums[0] as number;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('resampling', () => {
  it('draws exactly n rows with replacement under the multinomial scheme', () => {
    for (const rows of [1, 2, 7, 133, 9_999]) {
      const counts = resampleStatistics(ones(rows), first, { key, resamples: 20, scheme: 'multinomial' });
      assert.ok(counts.every((count) => count === rows));
    }
  });

  it('draws every row equally often', () => {
    const rows = 10;
    const resamples = 20_000;
    for (const scheme of ['multinomial', 'poisson'] as const) {
      for (let row = 0; row < rows; row += 1) {
        const values = new Float64Array(rows);
        values[row] = 1;
        const weights = resampleStatistics({ kind: 'dense', rows, width: 1, values }, first, {
          key,
          resamples,
          scheme,
        });
        const error = 4 / Math.sqrt(resamples);
        assert.ok(
          Math.abs(mean(weights) - 1) < error,
          `${scheme}: row ${row} is drawn ${mean(weights)} times on average`,
        );
      }
    }
  });

  it('has Poisson(1) weights', () => {
    const table = poissonWeights();
    const average = mean(table);
    assert.ok(Math.abs(average - 1) < 1e-4);
    assert.ok(Math.abs(mean(table.map((weight) => weight * weight)) - average * average - 1) < 3e-4);
    assert.ok(Math.abs(table.filter((weight) => weight === 0).length / 65_536 - Math.exp(-1)) < 1e-5);
  });

  it('changes the scheme at ten thousand rows', () => {
    assert.equal(schemeFor(9_999), 'multinomial');
    assert.equal(schemeFor(10_000), 'poisson');
  });

  it('gives a resample by its index alone, so that parts computed apart make the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 19 }),
        fc.constantFrom('multinomial', 'poisson'),
        (rows, cut, scheme) => {
          const sums: RowSums = {
            kind: 'dense',
            rows,
            width: 3,
            values: new Float64Array(rows * 3).map((_, at) => Math.sin(at)),
          };
          const statistic = (s: Float64Array) => (s[0] as number) + 2 * (s[1] as number) - (s[2] as number);
          const whole = resampleStatistics(sums, statistic, { key, resamples: 20, scheme });
          const head = resampleStatistics(sums, statistic, { key, resamples: cut, scheme });
          const tail = resampleStatistics(sums, statistic, { key, resamples: 20 - cut, firstResample: cut, scheme });
          assert.deepEqual([...head, ...tail], [...whole]);
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });

  it('adds any number of sums alike, those with a loop of their own too', () => {
    for (const scheme of ['multinomial', 'poisson'] as const) {
      for (let width = 1; width <= 6; width += 1) {
        const rows = 37;
        const values = new Float64Array(rows * width).map((_, at) => Math.sin(at));
        for (let column = 0; column < width; column += 1) {
          const alone = Float64Array.from({ length: rows }, (_, row) => values[row * width + column] as number);
          const options = { key, resamples: 9, scheme };
          assert.deepEqual(
            resampleStatistics({ kind: 'dense', rows, width, values }, (sums) => sums[column] as number, options),
            resampleStatistics({ kind: 'dense', rows, width: 1, values: alone }, first, options),
          );
        }
      }
    }
  });

  it('adds dense rows and cells alike', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 50 }), (codes) => {
        const rows = codes.length;
        const cells: RowSums = {
          kind: 'cells',
          rows,
          width: 5,
          cells: Int32Array.from(codes),
          values: new Float64Array(rows).fill(1),
        };
        const values = new Float64Array(rows * 5);
        codes.forEach((code, row) => {
          values[row * 5 + code] = 1;
        });
        const dense: RowSums = { kind: 'dense', rows, width: 5, values };
        const statistic = (s: Float64Array) => s.reduce((sum, value, at) => sum + value * (at + 1), 0);
        assert.deepEqual(totalSums(cells), totalSums(dense));
        assert.deepEqual(
          resampleStatistics(cells, statistic, { key, resamples: 9 }),
          resampleStatistics(dense, statistic, { key, resamples: 9 }),
        );
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});
