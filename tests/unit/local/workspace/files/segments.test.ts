import assert from 'node:assert/strict';
import { resolve, sep } from 'node:path';
import fc from 'fast-check';
import { ApiError } from '../../../../../local/workspace/api';
import { byteRange } from '../../../../../local/workspace/files/byte-range';
import { pathSegments, within } from '../../../../../local/workspace/files/segments';

const ROOT = resolve('/data/volumes');

describe('paths of the Files API', () => {
  it('never leave their root, whatever they are', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', '\\', '..\\', '\0', '~', 'a', ' ', '...', '%2e%2e'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        try {
          const path = within(ROOT, pathSegments(parts.join('/')));
          assert.ok(path === ROOT || path.startsWith(ROOT + sep));
        } catch (error) {
          assert.ok(error instanceof ApiError);
        }
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it('refuse climbing in each form and keep odd but harmless names', () => {
    for (const path of ['..', 'a/../b', 'a/./b', 'a//b', 'a\\..\\b', 'a/\0', 'a/..']) {
      assert.throws(() => pathSegments(path), /Invalid path/, path);
    }
    assert.throws(() => within(ROOT, ['..', 'other']), /leaves its root/);
    assert.deepEqual(pathSegments('/a/...hidden/ü 1%2e/'), ['a', '...hidden', 'ü 1%2e']);
  });
});

describe('byte ranges', () => {
  it('are read as RFC 9110 has them', () => {
    assert.deepEqual(byteRange('bytes=0-4', 10), { start: 0, end: 4 });
    assert.deepEqual(byteRange('bytes=4-', 10), { start: 4, end: 9 });
    assert.deepEqual(byteRange('bytes=-3', 10), { start: 7, end: 9 });
    assert.deepEqual(byteRange('bytes=0-400', 10), { start: 0, end: 9 });
    assert.equal(byteRange('bytes=10-', 10), 'unsatisfiable');
    assert.equal(byteRange('bytes=-0', 10), 'unsatisfiable');
    assert.equal(byteRange('bytes=4-2', 10), undefined);
    assert.equal(byteRange('bytes=1-2,4-5', 10), undefined);
    assert.equal(byteRange(undefined, 10), undefined);
  });
});
