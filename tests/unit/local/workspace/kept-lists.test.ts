import assert from 'node:assert/strict';
import { KeptLists, sliceOf } from '../../../../local/workspace/kept-lists';
import { pageOf } from '../../../../local/workspace/paging';

/** Numbers, the highest first, of which some can be taken away, with how often all were read. */
function numbers(count: number, kept = new KeptLists()) {
  const there = new Set(Array.from({ length: count }, (_, index) => String(index)));
  const state = { there, reads: 0 };
  const source = {
    kept,
    all: () => {
      state.reads += 1;
      return [...there].sort((a, b) => Number(b) - Number(a));
    },
    idOf: (id: string) => id,
    read: (id: string) => (there.has(id) ? id : undefined),
  };
  return { source, state };
}

const LIMITS = { standard: 10, most: 50 };

describe('lists that are kept while they are paged', () => {
  it('are read once for all their pages', () => {
    const { source, state } = numbers(95);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const page = pageOf(source, { page_token: token }, LIMITS);
      seen.push(...page.items);
      token = page.nextPageToken;
    } while (token !== undefined);
    assert.deepEqual(
      seen,
      Array.from({ length: 95 }, (_, index) => String(94 - index)),
    );
    assert.equal(state.reads, 1);
  });

  it('show nothing twice when something comes to the front meanwhile, and nothing that is gone', () => {
    const { source, state } = numbers(15);
    const first = pageOf(source, {}, LIMITS);
    state.there.add('15');
    state.there.delete('3');
    const second = pageOf(source, { page_token: first.nextPageToken }, LIMITS);
    assert.deepEqual(second.items, ['4', '2', '1', '0']);
    assert.equal(second.nextPageToken, undefined);
  });

  it('go on at the same place where the list is not known any more', () => {
    const before = numbers(25);
    const after = numbers(25);
    const token = pageOf(before.source, {}, LIMITS).nextPageToken;
    const second = pageOf(after.source, { page_token: token }, LIMITS);
    assert.deepEqual([second.items[0], second.items.length], ['14', 10]);
    assert.ok(second.nextPageToken !== undefined && second.nextPageToken !== token);
  });

  it('are not kept when one page shows all', () => {
    const kept = new KeptLists(0);
    assert.deepEqual(sliceOf(numbers(3, kept).source, undefined, 0, 3).list, undefined);
  });

  it('are forgotten from the oldest on when there are too many ids', () => {
    const kept = new KeptLists(50);
    const lists = [20, 20, 20].map((count) => sliceOf(numbers(count, kept).source, undefined, 0, 5).list ?? '');
    assert.deepEqual(
      lists.map((list) => kept.find(list)?.length),
      [undefined, 20, 20],
    );
  });
});
