import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { TaskError } from '../../src/errors';
import { HeldByProcess, holdFolder } from './held-folder';
import type { Collection, Store } from './store';

const SEPARATOR = '\u0000';
/** LMDB's limit for a key with lmdb-js' page size; see https://github.com/kriszyp/lmdb-js#keys. */
const LONGEST_KEY_BYTES = 1978;
const ENTRIES_PER_READ = 256;

/** The whole data folder's metadata: one LMDB environment from which each workspace and the metastore take a scope. */
export interface LmdbStore {
  /** The part of the store under a name; scopes do not see each other. Its `close` does nothing: {@link LmdbStore.close} does. */
  scope(name: string): Store;
  /** Gives the folder free for another process. */
  close(): Promise<void>;
}

/**
 * Opens the store in `folder` (made when missing) for this process alone.
 * Each write is in the operating system's hands when it returns, so it survives `kill -9`. It is not forced to the disk, which would take
 * some milliseconds each (LMDB's MDB_NOSYNC): a power failure may cost the folder.
 * @throws TaskError DATA_FOLDER_IN_USE when a living process holds the folder
 */
export function openLmdbStore(folder: string): LmdbStore {
  const release = holdAlone(folder);
  const database = opened(folder, release);
  const transactions = new Transactions(database);
  return {
    scope: (name) => new ScopedStore(database, transactions, `${name}${SEPARATOR}`),
    close: async () => {
      await database.close();
      release();
    },
  };
}

function opened(folder: string, release: () => void): RootDatabase<Buffer, Buffer> {
  try {
    return open<Buffer, Buffer>({
      path: folder,
      encoding: 'binary',
      keyEncoding: 'binary',
      noSubdir: false,
      noSync: true,
    });
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Takes the store in `folder` for this process without opening it.
 * @returns what gives it back
 * @throws HeldByProcess
 */
export function holdStore(folder: string): () => void {
  return holdFolder(join(folder, 'holders'));
}

/**
 * Before LMDB sees the folder: opening an environment sets its last transaction to what the files said a moment ago (`mdb_env_open2` of lmdb-js 3.5.6),
 * so that a holder that writes at that moment would lose a write.
 */
function holdAlone(folder: string): () => void {
  try {
    return holdStore(folder);
  } catch (error) {
    if (error instanceof HeldByProcess) {
      throw new TaskError('DATA_FOLDER_IN_USE', `Process ${error.pid} already runs a workspace on this data folder.`, {
        where: `Folder: ${folder}.`,
        todo: 'Stop that process, or start with another --data folder.',
        cause: error,
      });
    }
    throw error;
  }
}

/** Joins nested transactions into the outermost one; what one of them threw undoes all, also when it was caught between. */
class Transactions {
  #depth = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly database: RootDatabase<Buffer, Buffer>) {}

  run<R>(body: () => R): R {
    if (this.#depth > 0) {
      return this.#nested(body);
    }
    this.#failure = undefined;
    return this.database.transactionSync(() => {
      const result = this.#nested(body);
      if (this.#failure !== undefined) {
        throw this.#failure.error;
      }
      return result;
    });
  }

  #nested<R>(body: () => R): R {
    this.#depth += 1;
    try {
      return body();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }
}

class ScopedStore implements Store {
  constructor(
    private readonly database: RootDatabase<Buffer, Buffer>,
    private readonly transactions: Transactions,
    private readonly prefix: string,
  ) {}

  collection<T>(name: string): Collection<T> {
    return new LmdbCollection<T>(this.database, `${this.prefix}c${SEPARATOR}${name}${SEPARATOR}`);
  }

  transaction<R>(body: () => R): R {
    return this.transactions.run(body);
  }

  next(sequence: string): number {
    return this.transactions.run(() => {
      const key = keyBytes(`${this.prefix}s${SEPARATOR}${sequence}`);
      const value = Number(this.database.get(key)?.toString() ?? '0') + 1;
      this.database.putSync(key, Buffer.from(String(value)));
      return value;
    });
  }

  async close(): Promise<void> {}
}

class LmdbCollection<T> implements Collection<T> {
  constructor(
    private readonly database: RootDatabase<Buffer, Buffer>,
    private readonly prefix: string,
  ) {}

  get(key: string): T | undefined {
    const bytes = this.database.get(keyBytes(this.prefix + key));
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as T);
  }

  put(key: string, value: T): void {
    this.database.putSync(keyBytes(this.prefix + key), Buffer.from(JSON.stringify(value)));
  }

  remove(key: string): boolean {
    return this.database.removeSync(keyBytes(this.prefix + key));
  }

  *entries(prefix = '', afterKey?: string): Iterable<[key: string, value: T]> {
    const first = keyBytes(this.prefix + prefix);
    const end = Buffer.concat([first, Buffer.from([0xff])]); // no byte of UTF-8 text is 0xff
    let after = afterKey === undefined ? undefined : keyBytes(this.prefix + afterKey);
    for (;;) {
      const page = this.#read(after ?? first, end, after !== undefined);
      for (const { key, value } of page) {
        yield [key.toString().slice(this.prefix.length), JSON.parse(value.toString()) as T];
      }
      if (page.length < ENTRIES_PER_READ) {
        return;
      }
      after = page[page.length - 1]?.key;
    }
  }

  /** A copy of one stretch, so that the caller may write while it reads. */
  #read(start: Buffer, end: Buffer, exclusiveStart: boolean): { key: Buffer; value: Buffer }[] {
    const range = this.database.getRange({ start, end, exclusiveStart, limit: ENTRIES_PER_READ, snapshot: false });
    return [...range].map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }));
  }
}

/** @throws RangeError when LMDB could not hold the key */
function keyBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > LONGEST_KEY_BYTES) {
    throw new RangeError(`A name is too long for the store: ${bytes.length} bytes, at most ${LONGEST_KEY_BYTES}.`);
  }
  return bytes;
}
