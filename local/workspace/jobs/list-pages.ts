import { type Fields, invalid, optionalInteger, optionalText } from '../fields';
import { type ListSource, sliceOf } from '../kept-lists';
import { unlessEmpty } from '../paging';

const MOST_PER_ARRAY_PAGE = 100;

/**
 * One page of a jobs or runs list (databricks-api 3.1): `limit`, `page_token`, and the deprecated `offset`.
 * @throws ApiError 400 INVALID_PARAMETER_VALUE
 */
export function listPage<T>(
  source: ListSource<T>,
  request: Fields,
  limits: { readonly standard: number; readonly most: number },
): { items: readonly T[]; rest: Record<string, unknown> } {
  const limit = optionalInteger(request, 'limit') ?? limits.standard;
  if (limit < 0 || limit > limits.most) {
    throw invalid(`limit must be between 1 and ${limits.most}, it is ${limit}.`);
  }
  const { start, list: former } = placeOf(request);
  const end = start + (limit === 0 ? limits.most : limit);
  const { items, length, list } = sliceOf(source, former, start, end);
  return {
    items,
    rest: {
      has_more: end < length,
      ...(end < length ? { next_page_token: tokenOf(end, list) } : {}),
      ...(start > 0 ? { prev_page_token: tokenOf(Math.max(0, start - (end - start)), list) } : {}),
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
  const { start } = placeOf(request);
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

function placeOf(request: Fields): { readonly start: number; readonly list?: string } {
  const token = optionalText(request, 'page_token') ?? '';
  if (token === '') {
    return { start: Math.max(0, optionalInteger(request, 'offset') ?? 0) };
  }
  const match = /^from:(\d{1,12})(?:,([0-9a-f-]{36}))?$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) {
    throw invalid('Invalid page token.');
  }
  const [, start, list] = match;
  return { start: Number(start), ...(list === undefined ? {} : { list }) };
}

function tokenOf(offset: number, list?: string): string {
  return Buffer.from([`from:${offset}`, ...(list === undefined ? [] : [list])].join(',')).toString('base64url');
}
