/** Named groups of JSON values by text key, ordered by key; survives `kill -9` after each write. */
export interface Collection<T> {
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  /** True when there was something to remove. */
  remove(key: string): boolean;
  /** Entries in key order, only those whose key begins with `prefix` and comes after `after` if given. Safe to write while iterating. */
  entries(prefix?: string, after?: string): Iterable<[key: string, value: T]>;
}

/** The metadata of one workspace or of the metastore (tables live in DuckDB, file contents in the file system). */
export interface Store {
  collection<T>(name: string): Collection<T>;
  /** All writes inside happen together or not at all. May be nested. Synchronous. */
  transaction<R>(body: () => R): R;
  /** Next number of a named sequence, from 1. */
  next(sequence: string): number;
  close(): Promise<void>;
}
