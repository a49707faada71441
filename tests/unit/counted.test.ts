import assert from 'node:assert/strict';
import { counted } from '../../src/counted';

describe('counted', () => {
  for (const [count, expected] of [
    [0, '0 files'],
    [1, '1 file'],
    [2, '2 files'],
    [1n, '1 file'],
    [12n, '12 files'],
  ] as const) {
    it(`says ${expected} of the ${typeof count} ${count}`, () => {
      assert.equal(counted(count, 'file'), expected);
    });
  }
});
