import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide, requiredImprovement } from '../../../src/statistics/decision';

describe('decide', () => {
  it('follows the interval', () => {
    assert.equal(decide({ low: 0.5, high: 2 }, 0.5), 'PASS');
    assert.equal(decide({ low: 0.4, high: 2 }, 0.5), 'INCONCLUSIVE');
    assert.equal(decide({ low: -2, high: 0.5 }, 0.5), 'INCONCLUSIVE');
    assert.equal(decide({ low: -2, high: 0.4 }, 0.5), 'FAIL');
  });

  it('asks for the improvement or allows the margin', () => {
    assert.equal(requiredImprovement('superior', 0.5), 0.5);
    assert.equal(requiredImprovement('nonInferior', 1), -1);
  });

  it('refuses bounds that are no numbers', () => {
    assert.throws(() => decide({ low: Number.NaN, high: 1 }, 0), RangeError);
    assert.throws(() => decide({ low: 0, high: Number.POSITIVE_INFINITY }, 0), RangeError);
  });

  it('never gets worse when the interval moves up', () => {
    const order = { FAIL: 0, INCONCLUSIVE: 1, PASS: 2 };
    const bound = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(bound, bound, bound, fc.double({ min: 0, max: 50, noNaN: true }), (a, b, required, shift) => {
        const interval = { low: Math.min(a, b), high: Math.max(a, b) };
        const moved = { low: interval.low + shift, high: interval.high + shift };
        assert.ok(order[decide(moved, required)] >= order[decide(interval, required)]);
      }),
      { seed: 5 },
    );
  });
});
