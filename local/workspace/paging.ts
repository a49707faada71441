import { type Fields, invalid, optionalInteger, optionalText } from './fields';
import { type ListSource, type Slice, sliceOf } from './kept-lists';
import type { Collection } from './store';

/** One page of a list and the token of the next one, absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}

/**
 * The page that `page_token` and `max_results` ask for, of a list or of one that is kept while it is paged.
 * @param limits `standard` when the request names no size (or 0), `most` the largest that is allowed
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for a token that this function did not make, or a size out of range
 */
export function pageOf<T>(
  whole: readonly T[] | ListSource<T>,
  request: Fields,
  limits: { standard: number; most: number },
): Page<T> {
  const [offset = '0', list] = tokenValue(request, /^offset:(\d{1,15}(?:,[0-9a-f-]{36})?)$/)?.split(',') ?? [];
  const start = Number(offset);
  const end = start + sizeOf(request, limits);
  const slice: Slice<T> =
    'kept' in whole ? sliceOf(whole, list, start, end) : { items: whole.slice(start, end), length: whole.length };
  const next = [`offset:${end}`, ...(slice.list === undefined ? [] : [slice.list])].join(',');
  return end < slice.length ? { items: slice.items, nextPageToken: tokenOf(next) } : { items: slice.items };
}

/**
 * The same for entries of a collection in key order, at a cost of the page alone: the token names the last key that was shown, so that
 * what is written or removed meanwhile neither hides an entry nor shows one twice.
 * @param prefix of the keys; no token leads out of it
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function pageOfEntries<T>(
  collection: Collection<T>,
  prefix: string,
  request: Fields,
  limits: { standard: number; most: number },
): Page<T> {
  const last = tokenValue(request, /^after:(.{1,1500})$/s);
  const size = sizeOf(request, limits);
  const items: T[] = [];
  let shown = '';
  for (const [key, value] of collection.entries(prefix, last === undefined ? undefined : prefix + last)) {
    if (items.length === size) {
      return { items, nextPageToken: tokenOf(`after:${shown.slice(prefix.length)}`) };
    }
    items.push(value);
    shown = key;
  }
  return { items };
}

function sizeOf(request: Fields, { standard, most }: { standard: number; most: number }): number {
  const asked = optionalInteger(request, 'max_results') ?? 0;
  if (asked < 0 || asked > most) {
    throw invalid(`Invalid value ${asked} for parameter 'max_results': it must be between 0 and ${most}.`);
  }
  return asked === 0 ? standard : asked;
}

function tokenOf(content: string): string {
  return Buffer.from(content).toString('base64url');
}

/** What a token of this form holds; `undefined` when the request has none. */
function tokenValue(request: Fields, form: RegExp): string | undefined {
  const token = optionalText(request, 'page_token') ?? '';
  if (token === '') {
    return undefined;
  }
  const match = form.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) {
    throw invalid('Invalid page token.');
  }
  return match[1];
}

/** A list as the real service sends it: left out when empty. */
export function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
