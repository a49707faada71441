import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { TaskError } from '../../../src/errors';
import type { Metastore } from '../api';
import { MACROS } from './macros';
import { fullName, quoted, type TableName } from './names';
import type { TableRecord, TableVersion } from './table-records';
import { loadParser } from './tree';

/** Where DuckDB keeps our metadata; rows are in schema `main`. */
const METADATA = [
  'CREATE SCHEMA IF NOT EXISTS metadata',
  'CREATE TABLE IF NOT EXISTS metadata.tables (id VARCHAR PRIMARY KEY, record VARCHAR NOT NULL)',
  'CREATE TABLE IF NOT EXISTS metadata.versions (table_id VARCHAR, version BIGINT, record VARCHAR NOT NULL, PRIMARY KEY (table_id, version))',
  'CREATE SEQUENCE IF NOT EXISTS metadata.storage',
];

/** DuckDB reads and writes no other file and loads nothing, whatever a statement says. */
const CONFIGURATION = {
  threads: '2',
  memory_limit: '2GB',
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/** The tables of the metastore: rows and their history in one DuckDB file. */
export interface MetastoreTables {
  /** The table of this name, undefined when there is none. */
  find(name: TableName): TableRecord | undefined;
  /** Tables of a schema by name. */
  list(catalog: string, schema: string): readonly TableRecord[];
  /** Runs `body` with a connection of its own, for reading. */
  read<R>(body: (connection: DuckDBConnection) => Promise<R>): Promise<R>;
  /**
   * Runs `body` in a transaction, one writer at a time. What it gives back in `save` and `remove` is visible only once
   * the transaction is durable; when it throws, nothing has happened.
   */
  write<R>(body: (connection: DuckDBConnection) => Promise<Change<R>>): Promise<R>;
  /** Takes the tables of a schema away together with it. */
  dropSchema(catalog: string, schema: string): Promise<void>;
  close(): Promise<void>;
}

/** What a write did to the list of tables. */
export interface Change<R> {
  readonly save?: TableRecord;
  readonly remove?: readonly TableRecord[];
  readonly result: R;
}

/**
 * Opens (or makes) `tables.duckdb` in the metastore's folder.
 * @throws TaskError TABLES_UNAVAILABLE when the file is broken or another process has it open
 */
export async function openTables(metastore: Pick<Metastore, 'folder'>): Promise<MetastoreTables> {
  const [instance] = await Promise.all([openInstance(metastore.folder), loadParser()]);
  const setup = await instance.connect();
  try {
    for (const statement of ["SET GLOBAL TimeZone = 'UTC'", ...METADATA, ...MACROS, 'SET lock_configuration = true']) {
      await setup.run(statement);
    }
    return new DuckDbTables(instance, await loadRecords(setup));
  } finally {
    setup.closeSync();
  }
}

async function loadRecords(connection: DuckDBConnection): Promise<TableRecord[]> {
  const versions = new Map<string, TableVersion[]>();
  const history = await connection.runAndReadAll(
    'SELECT table_id, record FROM metadata.versions ORDER BY table_id, version',
  );
  for (const [id, record] of history.getRows()) {
    const ofTable = versions.get(String(id)) ?? [];
    ofTable.push(JSON.parse(String(record)) as TableVersion);
    versions.set(String(id), ofTable);
  }
  const tables = await connection.runAndReadAll('SELECT id, record FROM metadata.tables');
  return tables.getRows().map(([id, record]) => ({
    ...(JSON.parse(String(record)) as Omit<TableRecord, 'versions'>),
    versions: versions.get(String(id)) ?? [],
  }));
}

async function saveRecord(
  connection: DuckDBConnection,
  { versions, ...table }: TableRecord,
  known: number,
): Promise<void> {
  await connection.run('INSERT OR REPLACE INTO metadata.tables VALUES ($id, $record)', {
    id: table.id,
    record: JSON.stringify(table),
  });
  for (const version of versions.slice(known)) {
    await connection.run('INSERT INTO metadata.versions VALUES ($id, $version, $record)', {
      id: table.id,
      version: version.version,
      record: JSON.stringify(version),
    });
  }
}

async function removeRecord(connection: DuckDBConnection, table: TableRecord): Promise<void> {
  for (const storage of new Set(table.versions.map((version) => version.storage))) {
    await connection.run(`DROP TABLE ${quoted(storage)}`);
  }
  await connection.run('DELETE FROM metadata.versions WHERE table_id = $id', { id: table.id });
  await connection.run('DELETE FROM metadata.tables WHERE id = $id', { id: table.id });
}

async function openInstance(folder: string): Promise<DuckDBInstance> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'tables.duckdb');
  try {
    return await DuckDBInstance.create(file, CONFIGURATION);
  } catch (cause) {
    throw new TaskError(
      'TABLES_UNAVAILABLE',
      `The tables of the local workspace cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        where: file,
        todo: 'Stop the other process that uses this data folder, or give another one.',
        cause,
      },
    );
  }
}

class DuckDbTables implements MetastoreTables {
  private readonly tables: Map<string, TableRecord>;
  private lastWrite: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly instance: DuckDBInstance,
    records: readonly TableRecord[],
  ) {
    this.tables = new Map(records.map((record) => [keyOf(record), record]));
  }

  find(name: TableName): TableRecord | undefined {
    return this.tables.get(fullName(name));
  }

  list(catalog: string, schema: string): readonly TableRecord[] {
    return [...this.tables.values()]
      .filter((table) => table.catalog === catalog && table.schema === schema)
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  async read<R>(body: (connection: DuckDBConnection) => Promise<R>): Promise<R> {
    const connection = await this.instance.connect();
    try {
      return await body(connection);
    } finally {
      connection.closeSync();
    }
  }

  write<R>(body: (connection: DuckDBConnection) => Promise<Change<R>>): Promise<R> {
    const write = this.lastWrite.then(() => this.read((connection) => this.transaction(connection, body)));
    this.lastWrite = write.then(
      () => undefined,
      () => undefined,
    );
    return write;
  }

  async dropSchema(catalog: string, schema: string): Promise<void> {
    await this.write(async () => ({ remove: this.list(catalog, schema), result: undefined }));
  }

  async close(): Promise<void> {
    await this.lastWrite;
    this.instance.closeSync();
  }

  private async transaction<R>(
    connection: DuckDBConnection,
    body: (connection: DuckDBConnection) => Promise<Change<R>>,
  ): Promise<R> {
    await connection.run('BEGIN TRANSACTION');
    let change: Change<R>;
    try {
      change = await body(connection);
      for (const table of change.remove ?? []) {
        await removeRecord(connection, table);
      }
      if (change.save !== undefined) {
        await saveRecord(connection, change.save, this.tables.get(keyOf(change.save))?.versions.length ?? 0);
      }
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK').catch((failure: unknown) => {
        // DuckDB ends the transaction by itself when COMMIT or an interrupted statement fails; then there is none to roll back.
        if (!String(failure).includes('no transaction is active')) {
          throw failure;
        }
      });
      throw error;
    }
    for (const table of change.remove ?? []) {
      this.tables.delete(keyOf(table));
    }
    if (change.save !== undefined) {
      this.tables.set(keyOf(change.save), change.save);
    }
    return change.result;
  }
}

function keyOf(table: TableRecord): string {
  return fullName({ catalog: table.catalog, schema: table.schema, table: table.name });
}
