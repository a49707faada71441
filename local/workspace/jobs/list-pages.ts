import { type Fields, invalid, optionalInteger, optionalText } from '../fields';
import { unlessEmpty } from '../paging';

const MOST_PER_ARRAY_PAGE = 100;

/**
 * One page of a jobs or runs list (databricks-api 3.1): `limit`, `page_token`, and the deprecated `offset`.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function listPage<T>(
  all: readonly T[],
  request: Fields,
  limits: { readonly standard: number; readonly most: number },
): { items: readonly T[]; rest: Record<string, unknown> } {
  const limit = optionalInteger(request, 'limit') ?? limits.standard;
  if (limit < 0 || limit > limits.most) {
    throw invalid(`limit must be between 1 and ${limits.most}, it is ${limit}.`);
  }
  const start = offsetOf(request);
  const end = start + (limit === 0 ? limits.most : limit);
  return {
    items: all.slice(start, end),
    rest: {
      has_more: end < all.length,
      ...(end < all.length ? { next_page_token: tokenOf(end) } : {}),
      ...(start > 0 ? { prev_page_token: tokenOf(Math.max(0, start - (end - start))) } : {}),
    },
  };
}

/**
 * Pages the long arrays of one object as Jobs 2.2 does: 100 entries a page; arrays that fitted on the first page are left out later.
 * @param names the arrays' names in `whole`
 */
export function arrayPage(
  whole: Readonly<Record<string, unknown>>,
  names: readonly string[],
  request: Fields,
): Record<string, unknown> {
  const start = offsetOf(request);
  const end = start + MOST_PER_ARRAY_PAGE;
  const arrays = names.map((name) => [name, (whole[name] ?? []) as readonly unknown[]] as const);
  const more = arrays.some(([, items]) => items.length > end);
  return {
    ...whole,
    ...Object.fromEntries(arrays.map(([name, items]) => [name, unlessEmpty(items.slice(start, end))])),
    ...(more ? { has_more: true, next_page_token: tokenOf(end) } : {}),
    ...(start > 0 ? { prev_page_token: tokenOf(start - MOST_PER_ARRAY_PAGE) } : {}),
  };
}

function offsetOf(request: Fields): number {
  const token = optionalText(request, 'page_token') ?? '';
  if (token === '') {
    return Math.max(0, optionalInteger(request, 'offset') ?? 0);
  }
  const match = /^from:(\d{1,12})$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) {
    throw invalid('Invalid page token.');
  }
  return Number(match[1]);
}

function tokenOf(offset: number): string {
  return Buffer.from(`from:${offset}`).toString('base64url');
}
