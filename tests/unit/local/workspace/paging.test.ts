import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memoryStore } from '../../../../local/workspace/memory-store';
import { pageOf, pageOfEntries } from '../../../../local/workspace/paging';
import type { Collection } from '../../../../local/workspace/store';

const LIMITS = { standard: 3, most: 5 };

function collectionOf(keys: readonly string[]): Collection<string> {
  const collection = memoryStore().collection<string>('things');
  for (const key of keys) {
    collection.put(key, key);
  }
  return collection;
}

function walk(next: (token: string | undefined) => { items: readonly string[]; nextPageToken?: string }): string[][] {
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const page = next(token);
    pages.push([...page.items]);
    token = page.nextPageToken;
  } while (token !== undefined);
  return pages;
}

describe('pages', () => {
  const keys = fc.uniqueArray(
    fc.string({ minLength: 1, maxLength: 6 }).map((text) => `a/${text}`),
    { maxLength: 17 },
  );

  it('show every entry once and in order, whatever the size', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 0, max: 5 }), (names, max_results) => {
        const collection = collectionOf([...names, 'a', 'b/x', 'A/x']);
        const pages = walk((page_token) => pageOfEntries(collection, 'a/', { max_results, page_token }, LIMITS));
        assert.deepEqual(pages.flat(), [...names].sort());
        const size = max_results === 0 ? LIMITS.standard : max_results;
        assert.ok(pages.slice(0, -1).every((page) => page.length === size));
        const sorted = [...names].sort();
        assert.deepEqual(walk((page_token) => pageOf(sorted, { max_results, page_token }, LIMITS)).flat(), sorted);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('neither hide nor repeat an entry when others go and come between them', () => {
    const collection = collectionOf(['a/1', 'a/2', 'a/3', 'a/4', 'a/5']);
    const first = pageOfEntries(collection, 'a/', { max_results: 2 }, LIMITS);
    collection.remove('a/1');
    collection.remove('a/2');
    collection.put('a/0', 'a/0');
    const rest = walk((page_token) =>
      pageOfEntries(collection, 'a/', { max_results: 2, page_token: page_token ?? first.nextPageToken }, LIMITS),
    );
    assert.deepEqual(rest.flat(), ['a/3', 'a/4', 'a/5']);
  });

  it('refuse a size out of range, and a token of another making', () => {
    const collection = collectionOf(['a/1']);
    const foreign = pageOf(['1', '2', '3', '4'], {}, LIMITS).nextPageToken;
    const long = Buffer.from(`after:${'x'.repeat(5_000)}`).toString('base64url');
    for (const page_token of ['!', 'bm90IG91cnM', foreign, long]) {
      assert.throws(() => pageOfEntries(collection, 'a/', { page_token }, LIMITS), /Invalid page token/);
    }
    for (const max_results of [-1, 6]) {
      assert.throws(() => pageOfEntries(collection, 'a/', { max_results }, LIMITS), /between 0 and 5/);
    }
  });
});
