import { type Fields, invalid, optionalInteger, optionalText } from './fields';

/** One page of a list and the token of the next one, absent on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string;
}

/**
 * Cuts the page that `page_token` and `max_results` ask for.
 * @param limits `standard` when the request names no size (or 0), `most` the largest that is allowed
 * @throws ApiError 400 INVALID_PARAMETER_VALUE for a token that this function did not make, or a size out of range
 */
export function pageOf<T>(all: readonly T[], request: Fields, limits: { standard: number; most: number }): Page<T> {
  const asked = optionalInteger(request, 'max_results') ?? 0;
  if (asked < 0 || asked > limits.most) {
    throw invalid(`Invalid value ${asked} for parameter 'max_results': it must be between 0 and ${limits.most}.`);
  }
  const start = offsetOf(optionalText(request, 'page_token') ?? '');
  const end = start + (asked === 0 ? limits.standard : asked);
  const items = all.slice(start, end);
  return end < all.length ? { items, nextPageToken: tokenOf(end) } : { items };
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url');
}

function offsetOf(token: string): number {
  if (token === '') {
    return 0;
  }
  const match = /^offset:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) {
    throw invalid('Invalid page token.');
  }
  return Number(match[1]);
}

/** A list as the real service sends it: left out when empty. */
export function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}
