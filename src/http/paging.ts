import { TaskError } from '../errors';

/**
 * All pages of a token-paged list. A page may be empty and still carry a token: only a missing or empty token ends the list.
 * @param fetchPage gets the token of the page, undefined for the first
 * @param nextToken reads the next token of a page
 * @throws TaskError `PAGING_LOOP` when a token comes back a second time
 */
export async function* pages<Page>(
  fetchPage: (token: string | undefined) => Promise<Page>,
  nextToken: (page: Page) => string | undefined,
): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await fetchPage(token);
    yield page;
    token = nextToken(page);
    if (token !== undefined && token !== '') {
      if (seen.has(token)) {
        throw new TaskError(
          'PAGING_LOOP',
          'The list of the service repeats itself: a page token came back a second time.',
          {
            todo: 'Try again; if it repeats, report it to the support of the service.',
          },
        );
      }
      seen.add(token);
    }
  } while (token !== undefined && token !== '');
}

/** A page in the usual style: `{next_page_token, …}`. */
export interface TokenPage {
  readonly next_page_token?: string;
}

/** The items of all pages whose token is `next_page_token`; `read` gives a page's items, missing lists are empty. */
export async function* items<Page extends TokenPage, Item>(
  fetchPage: (token: string | undefined) => Promise<Page>,
  read: (page: Page) => readonly Item[] | undefined,
): AsyncGenerator<Item> {
  for await (const page of pages(fetchPage, (page) => page.next_page_token)) {
    yield* read(page) ?? [];
  }
}

/** Result chunks of a statement: each names the next by index; the last names none. */
export async function* chunks<Chunk extends { readonly next_chunk_index?: number }>(
  first: Chunk,
  fetchChunk: (index: number) => Promise<Chunk>,
): AsyncGenerator<Chunk> {
  yield first;
  let index = first.next_chunk_index;
  let last = -1;
  while (index !== undefined) {
    if (index <= last) {
      throw new TaskError('PAGING_LOOP', `The result names chunk ${index} after chunk ${last}.`, {
        todo: 'Run the step again.',
      });
    }
    const chunk = await fetchChunk(index);
    yield chunk;
    last = index;
    index = chunk.next_chunk_index;
  }
}

/** At most `limit` items as an array; no page is fetched beyond the last of them. */
export async function collect<Item>(source: AsyncIterable<Item>, limit = Number.POSITIVE_INFINITY): Promise<Item[]> {
  const found: Item[] = [];
  if (limit <= 0) {
    return found;
  }
  for await (const item of source) {
    found.push(item);
    if (found.length >= limit) {
      break;
    }
  }
  return found;
}
