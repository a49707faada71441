import { ApiError } from '../../src/http/errors';
import { collect } from '../../src/http/paging';

/** Names at most that are looked through for one that is meant. */
const LIMIT = 1_000;

/** The names of a list that the identity may see; `hidden` where the service refuses it the list. */
export async function namesSeen<Item>(
  list: AsyncIterable<Item>,
  nameOf: (item: Item) => string,
): Promise<readonly string[] | 'hidden'> {
  try {
    const names = (await collect(list, LIMIT)).map(nameOf);
    return names.filter((name) => name !== '');
  } catch (error) {
    // Who may not list may still be told of the one thing: the finding is about that one.
    if (error instanceof ApiError && ['PERMISSION_DENIED', 'NOT_FOUND'].includes(error.code)) {
      return 'hidden';
    }
    throw error;
  }
}
