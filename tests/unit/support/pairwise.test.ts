import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pairwise } from '../../support/pairwise';

describe('pairwise cases', () => {
  it('bring every two values together, in far fewer cases than there are combinations', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(sizes, (counts) => {
        const factors = Object.fromEntries(
          counts.map((count, factor) => [`f${factor}`, Array.from({ length: count }, (_, value) => value)]),
        );
        const cases = pairwise(factors);
        const names = Object.keys(factors);
        for (const one of names) {
          for (const other of names.filter((name) => name > one)) {
            const met = new Set(cases.map((it) => `${it[one]},${it[other]}`));
            assert.equal(met.size, (factors[one]?.length ?? 0) * (factors[other]?.length ?? 0), `${one} and ${other}`);
          }
        }
        assert.ok(cases.length <= Math.max(...counts) ** 2 * 3, `${cases.length} cases for ${counts}`);
      }),
      { seed: 41, numRuns: 60 },
    );
  });
});
