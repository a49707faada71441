import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunks, collect, items, type TokenPage } from '../../../src/http/paging';

interface NumberPage extends TokenPage {
  readonly numbers?: readonly number[];
}

describe('paging', () => {
  it('gives every item once, whatever pages are empty or lack their list', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.array(fc.integer(), { maxLength: 4 }), { nil: undefined }), {
          minLength: 1,
          maxLength: 8,
        }),
        async (lists) => {
          const fetchPage = async (token: string | undefined): Promise<NumberPage> => {
            const index = Number(token ?? 0);
            const list = lists[index];
            return {
              ...(list && { numbers: list }),
              ...(index + 1 < lists.length && { next_page_token: String(index + 1) }),
            };
          };
          assert.deepEqual(
            await collect(items(fetchPage, (page) => page.numbers)),
            lists.flatMap((list) => list ?? []),
          );
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  for (const [limit, pages] of [
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [9, 3],
  ] as const) {
    it(`fetches ${pages} pages of two for at most ${limit} items`, async () => {
      let fetched = 0;
      const fetchPage = async (token = '0'): Promise<NumberPage> => {
        fetched++;
        const first = 2 * Number(token);
        return { numbers: [first, first + 1], ...(first < 4 && { next_page_token: String(Number(token) + 1) }) };
      };
      const found = await collect(
        items(fetchPage, (page) => page.numbers),
        limit,
      );
      assert.deepEqual(found, [0, 1, 2, 3, 4, 5].slice(0, limit));
      assert.equal(fetched, pages);
    });
  }

  it('ends at an empty token and refuses a token that comes back', async () => {
    assert.deepEqual(
      await collect(
        items(
          async (): Promise<NumberPage> => ({ numbers: [1], next_page_token: '' }),
          (page) => page.numbers,
        ),
      ),
      [1],
    );
    await assert.rejects(
      collect(
        items(
          async (): Promise<NumberPage> => ({ numbers: [1], next_page_token: 'same' }),
          (page) => page.numbers,
        ),
      ),
      { code: 'PAGING_LOOP' },
    );
  });

  it('follows the chunks of a statement and refuses to go back', async () => {
    const next: Record<number, number | undefined> = { 0: 1, 1: 2, 2: undefined };
    const chunk = (index: number): { index: number; next_chunk_index?: number } => {
      const following = next[index];
      return following === undefined ? { index } : { index, next_chunk_index: following };
    };
    const all = await collect(chunks(chunk(0), async (index) => chunk(index)));
    assert.deepEqual(
      all.map((each) => each.index),
      [0, 1, 2],
    );
    await assert.rejects(collect(chunks({ next_chunk_index: 1 }, async () => ({ next_chunk_index: 1 }))), {
      code: 'PAGING_LOOP',
    });
  });
});
