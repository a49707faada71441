import { randomUUID } from 'node:crypto';

/** Ids of all lists together: some megabytes. */
const MOST_IDS = 200_000;

/**
 * The ids of long lists in their order, kept in memory while clients page through them: a walk over thousands of entries reads and sorts
 * them once, not once for every page, and what comes meanwhile moves nothing. The oldest list is forgotten first.
 */
export class KeptLists {
  readonly #lists = new Map<string, readonly string[]>();
  #ids = 0;

  constructor(private readonly mostIds = MOST_IDS) {}

  /** @returns the name under which {@link find} gives the list */
  keep(ids: readonly string[]): string {
    const name = randomUUID();
    this.#lists.set(name, ids);
    this.#ids += ids.length;
    for (const [oldest, { length }] of this.#lists) {
      if (this.#ids <= this.mostIds) {
        break;
      }
      this.#lists.delete(oldest);
      this.#ids -= length;
    }
    return name;
  }

  /** Undefined for a list that was forgotten, as all are at a restart. */
  find(name: string): readonly string[] | undefined {
    return this.#lists.get(name);
  }
}

/** A list that can be read whole, in its order, or one entry at a time. */
export interface WholeSource<T> {
  readonly kept: KeptLists;
  all(): readonly T[];
  idOf(item: T): string;
  /** Undefined when it is gone, or does not belong to the list any more. */
  read(id: string): T | undefined;
}

/** A list of which the ids alone can be read in their order: its first page costs no more than others. */
export interface IdSource<T> extends Pick<WholeSource<T>, 'kept' | 'read'> {
  ids(): readonly string[];
}

export type ListSource<T> = WholeSource<T> | IdSource<T>;

/** A stretch of a list. */
export interface Slice<T> {
  readonly items: readonly T[];
  /** Of the whole list. */
  readonly length: number;
  /** Name of the kept list, for the next stretch; absent when there is none. */
  readonly list?: string;
}

/**
 * The entries from `start` to before `end`.
 * @param list name that the stretch before came with; where it is not known any more, the list is made anew
 */
export function sliceOf<T>(source: ListSource<T>, list: string | undefined, start: number, end: number): Slice<T> {
  const ids = list === undefined ? undefined : source.kept.find(list);
  if (list !== undefined && ids !== undefined) {
    return { items: ids.slice(start, end).flatMap((id) => source.read(id) ?? []), length: ids.length, list };
  }
  if ('ids' in source) {
    const all = source.ids();
    const slice = { items: all.slice(start, end).flatMap((id) => source.read(id) ?? []), length: all.length };
    return end < all.length ? { ...slice, list: source.kept.keep(all) } : slice;
  }
  const all = source.all();
  const slice = { items: all.slice(start, end), length: all.length };
  return end < all.length ? { ...slice, list: source.kept.keep(all.map((item) => source.idOf(item))) } : slice;
}
