import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wrapped } from '../../../local/terminal/wrap';

describe('wrapped text', () => {
  it('breaks at blanks and keeps long words whole', () => {
    assert.deepEqual(wrapped('one two three four', 9), ['one two', 'three', 'four']);
    assert.deepEqual(wrapped('a verylongword b', 5), ['a', 'verylongword', 'b']);
    assert.deepEqual(wrapped('', 5), ['']);
  });

  it('loses no word and exceeds the width only for a single word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 40 }), (parts, width) => {
        const lines = wrapped(parts.join(' '), width);
        assert.equal(lines.join(' '), parts.join(' '));
        assert.ok(lines.every((line) => line.length <= width || !line.includes(' ')));
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
