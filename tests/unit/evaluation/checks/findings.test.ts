import assert from 'node:assert/strict';
import fc from 'fast-check';
import { figure, figureBeside, percent } from '../../../../src/evaluation/checks/figures';
import {
  changeIntervalText,
  changeText,
  wantedBarText,
  wantedChangeText,
} from '../../../../src/evaluation/checks/findings';

describe('figures in sentences', () => {
  it('have four significant digits, and never lose digits before the point', () => {
    assert.deepEqual([52.26583657, 0.0571729453, 123456.7, -0.00001234567, 0, 100, 99.999].map(figure), [
      '52.27',
      '0.05717',
      '123457',
      '-0.00001235',
      '0',
      '100',
      '100',
    ]);
    assert.equal(figure(Number.NaN), 'undefined');
    assert.deepEqual([0.95, 0.999, 0.9].map(percent), ['95 %', '99.9 %', '90 %']);
  });

  it('never look like a limit that they miss', () => {
    assert.equal(figureBeside(65.0000123, 65), '65.00001');
    assert.equal(figureBeside(65, 65), '65');
    assert.equal(figureBeside(64.2, 65), '64.2');
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: -100, max: 100 }),
        (near, limit) => {
          const value = limit + near / 1e9;
          const apart = Number(value.toPrecision(12)) !== limit;
          assert.equal(Number(figureBeside(value, limit)) !== limit, apart);
        },
      ),
      { seed: 61 },
    );
  });
});

describe('findings', () => {
  it('say better and worse instead of signs', () => {
    assert.deepEqual([10.208, -23.9494, 0].map(changeText), ['better by 10.21', 'worse by 23.95', 'the same']);
    const interval = (low: number, high: number) => changeIntervalText({ low, high }, 0.5);
    assert.equal(interval(-29.92, -17.805), '17.8 to 29.9 worse');
    assert.equal(interval(6.43346, 13.9502), '6.43 to 14 better');
    assert.equal(interval(-3.1, 6.5), '3.1 worse to 6.5 better');
    assert.equal(interval(0, 0), 'no difference');
    assert.equal(interval(0, 2), '0 to 2 better');
    assert.equal(interval(-2, 0), '0 to 2 worse');
    assert.equal(interval(0.49999, 2), '0.49999 to 2 better');
  });

  it('say what is wanted', () => {
    assert.equal(wantedChangeText('superior', 0.5), 'better by at least 0.5');
    assert.equal(wantedChangeText('nonInferior', -1), 'worse by at most 1');
    assert.equal(wantedChangeText('nonInferior', -0), 'not worse');
    assert.deepEqual(
      [{ max: 65 }, { min: 0.3, useBound: 'lower' as const }, { maxAbs: 12, useBound: 'both' as const }].map(
        wantedBarText,
      ),
      ['at most 65', 'lower end at least 0.3', 'both ends within ±12'],
    );
  });
});
