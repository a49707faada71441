import type { Collection, Store } from './store';

/** A {@link Store} that forgets all with the process and undoes nothing: for listing operations without a data folder. */
export function memoryStore(): Store {
  const collections = new Map<string, MemoryCollection<unknown>>();
  const sequences = new Map<string, number>();
  return {
    collection: <T>(name: string) => {
      const collection = collections.get(name) ?? new MemoryCollection<unknown>();
      collections.set(name, collection);
      return collection as unknown as Collection<T>;
    },
    transaction: (body) => body(),
    next: (sequence) => {
      const value = (sequences.get(sequence) ?? 0) + 1;
      sequences.set(sequence, value);
      return value;
    },
    close: async () => {},
  };
}

class MemoryCollection<T> implements Collection<T> {
  readonly #values = new Map<string, string>();

  get(key: string): T | undefined {
    const text = this.#values.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  put(key: string, value: T): void {
    this.#values.set(key, JSON.stringify(value));
  }

  remove(key: string): boolean {
    return this.#values.delete(key);
  }

  *entries(prefix = '', after = ''): Iterable<[key: string, value: T]> {
    for (const key of [...this.#values.keys()].filter((name) => name.startsWith(prefix) && name > after).sort()) {
      const value = this.get(key);
      if (value !== undefined) {
        yield [key, value];
      }
    }
  }
}
