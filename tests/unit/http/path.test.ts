import assert from 'node:assert/strict';
import fc from 'fast-check';
import { filePath, path } from '../../../src/http/path';

describe('paths', () => {
  it('keeps any name within its segment', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
        fc.pre(name !== '.' && name !== '..');
        const url = new URL(`https://h.example${path`/api/${name}/config`}`);
        const segments = url.pathname.split('/');
        assert.equal(segments.length, 4);
        assert.equal(decodeURIComponent(segments[2] ?? ''), name);
        assert.equal(url.search + url.hash, '');
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('sends half of a character as the sign that stands for it in JSON', () => {
    assert.equal(path`/api/${'a\uD800'}`, `/api/a${encodeURIComponent('\uFFFD')}`);
  });

  it('refuses parts that a URL would resolve away', () => {
    for (const bad of ['', '.', '..']) {
      assert.throws(() => path`/api/${bad}/x`, RangeError);
    }
    assert.equal(filePath('/Models/c/s m/1'), 'Models/c/s%20m/1');
    assert.throws(() => filePath('/a/../b'), RangeError);
    assert.throws(() => filePath('a/b'), RangeError);
  });
});
