/** The newest of several attempts, and those before it, oldest first. */
export interface Attempts<T> {
  readonly newest: T;
  readonly former: readonly T[];
}

/** Groups attempts by key, in the order in which the keys first come. The last of a key is its newest. */
export function groupAttempts<T>(items: readonly T[], keyOf: (item: T) => string): Attempts<T>[] {
  const groups = new Map<string, { newest: T; former: T[] }>();
  for (const item of items) {
    const known = groups.get(keyOf(item));
    if (known === undefined) {
      groups.set(keyOf(item), { newest: item, former: [] });
    } else {
      known.former.push(known.newest);
      known.newest = item;
    }
  }
  return [...groups.values()];
}
