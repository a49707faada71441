import assert from 'node:assert/strict';
import fc from 'fast-check';
import { metricSums } from '../../../src/evaluation/metrics/metric-sums';
import type { MetricName } from '../../../src/evaluation/policy/schema';
import type { Predictions } from '../../../src/evaluation/predictions';
import { totalSums } from '../../../src/statistics/resampling';

type Pair = readonly [number, number];

function value(metric: MetricName, predictions: Predictions): number {
  const { sums, challenger } = metricSums(metric, predictions);
  return challenger(totalSums(sums));
}

function regression(pairs: readonly Pair[], weights?: readonly number[]): Predictions {
  return {
    rows: pairs.length,
    truth: Float64Array.from(pairs, ([truth]) => truth),
    challenger: { values: Float64Array.from(pairs, ([, predicted]) => predicted) },
    champion: undefined,
    weights: weights === undefined ? undefined : Float64Array.from(weights),
    classes: 0,
    hash: '',
  };
}

function classification(pairs: readonly Pair[], classes: number, probability: readonly number[] = []): Predictions {
  return {
    ...regression([]),
    rows: pairs.length,
    truth: Int32Array.from(pairs, ([truth]) => truth),
    challenger: {
      labels: Int32Array.from(pairs, ([, predicted]) => predicted),
      trueClassProbability: Float64Array.from(probability),
    },
    classes,
  };
}

const close = (actual: number, expected: number, scale = 1) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(scale)), `${actual} is not ${expected}`);
const finite = fc.double({ min: -1e4, max: 1e4, noNaN: true });
const pairs = fc.array(fc.tuple(finite, finite), { minLength: 2, maxLength: 40 });
const ERRORS: readonly MetricName[] = ['rmse', 'mse', 'mae', 'mean_signed_error'];

describe('metrics', () => {
  it('are what their definitions say on a small example', () => {
    const example = regression([
      [1, 2],
      [2, 2],
      [3, 1],
    ]);
    close(value('rmse', example), Math.sqrt(5 / 3));
    close(value('mse', example), 5 / 3);
    close(value('mae', example), 1);
    close(value('mean_signed_error', example), -1 / 3);
    close(value('r2', example), 1 - 5 / 2);
    const labels = classification(
      [
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
        [1, 1],
      ],
      2,
      [0.5, 0.25, 1, 1, 0.5],
    );
    close(value('accuracy', labels), 3 / 5);
    close(value('f1', labels), 4 / 6);
    close(value('log_loss', labels), (4 * Math.LN2) / 5);
  });

  it('take the plain mean over all classes for F1 of more than two, an unseen class counting 0', () => {
    close(
      value(
        'f1',
        classification(
          [
            [0, 0],
            [1, 1],
            [1, 2],
          ],
          4,
        ),
      ),
      (1 + 2 / 3 + 0 + 0) / 4,
    );
  });

  it('cut the log loss off at the machine epsilon', () => {
    close(value('log_loss', classification([[0, 1]], 2, [0])), -Math.log(Number.EPSILON));
  });

  it('are undefined where they have no value', () => {
    assert.ok(
      Number.isNaN(
        value(
          'r2',
          regression([
            [0.1, 1],
            [0.1, 2],
            [0.1, 3],
          ]),
        ),
      ),
    );
    assert.ok(Number.isNaN(value('rmse', regression([]))));
  });

  it('of errors do not change when truth and prediction move together, and scale with their unit', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 1, max: 100 }),
        (rows, shift, scale) => {
          for (const metric of ERRORS) {
            const power = metric === 'mse' ? 2 : 1;
            const before = value(metric, regression(rows));
            const moved = value(metric, regression(rows.map(([a, b]) => [a + shift, b + shift])));
            const scaled = value(metric, regression(rows.map(([a, b]) => [a * scale, b * scale])));
            assert.ok(
              Math.abs(moved - before) <= 1e-6 * Math.max(1, Math.abs(before)),
              `${metric} ${before} moved ${moved}`,
            );
            assert.ok(
              Math.abs(scaled - before * scale ** power) <= 1e-9 * Math.max(1, Math.abs(before) * scale ** power),
            );
          }
        },
      ),
      { seed: 31 },
    );
  });

  it('of a row with weight k are those of the row k times', () => {
    const weighted = fc.array(fc.tuple(finite, finite, fc.integer({ min: 0, max: 4 })), {
      minLength: 3,
      maxLength: 25,
    });
    fc.assert(
      fc.property(weighted, (rows) => {
        const repeated = rows.flatMap(([truth, predicted, times]) =>
          Array.from({ length: times }, (): Pair => [truth, predicted]),
        );
        fc.pre(new Set(repeated.map(([truth]) => Math.round(truth))).size > 1);
        for (const metric of [...ERRORS, 'r2'] as const) {
          const once = value(
            metric,
            regression(
              rows.map(([a, b]) => [a, b]),
              rows.map(([, , times]) => times),
            ),
          );
          close(once, value(metric, regression(repeated)), once);
        }
      }),
      { seed: 32 },
    );
  });

  it('of labels do not change when classes are renamed', () => {
    const labels = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(labels, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (rows, names) => {
        const renamed = rows.map(([a, b]): Pair => [names[a] as number, names[b] as number]);
        close(value('f1', classification(renamed, 4)), value('f1', classification(rows, 4)));
        close(value('accuracy', classification(renamed, 4)), value('accuracy', classification(rows, 4)));
      }),
      { seed: 33 },
    );
  });
});
