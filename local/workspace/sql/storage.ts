import type { DuckDBConnection } from '@duckdb/node-api';
import { cast } from './casts';
import { SqlFailure, unsupported } from './failure';
import { inBackticks, quoted } from './names';
import type { Bindings } from './parameters';
import { runBound } from './run-bound';
import type { Query } from './scope';
import type { Column, TableVersion } from './table-records';
import { duckDbType } from './types';

/**
 * How rows lie in DuckDB. Each definition of a table has one storage table; a row is in the versions from `since` (included) to
 * `until` (excluded), so that a write keeps all former versions and costs only the rows that it touches.
 */
export const SINCE = quoted('__mlops_since');
export const UNTIL = quoted('__mlops_until');
export const FOR_EVER = '9223372036854775807';
export const RESERVED = '__mlops_';

/** Rows of a version, as a subquery with the user's columns only. */
export function rowsAt({ storage, version, columns }: TableVersion): Query {
  const names = columns.map((column) => quoted(column.name));
  return { sql: `(SELECT ${names.join(', ')} FROM ${quoted(storage)} WHERE ${live(version)})`, columns };
}

/** Condition for the rows of a version. */
export function live(version: number): string {
  return `${SINCE} <= ${version} AND ${UNTIL} > ${version}`;
}

/**
 * Makes an empty storage table.
 * @returns its name
 * @throws SqlFailure for columns that Delta refuses: none, doubled, or with characters that need column mapping
 */
export async function createStorage(connection: DuckDBConnection, columns: readonly Column[]): Promise<string> {
  checkColumns(columns);
  const [row] = (await connection.runAndReadAll("SELECT nextval('metadata.storage')")).getRows();
  const storage = `rows_${String(row?.[0])}`;
  const definitions = columns.map(
    ({ name, type, nullable }) => `${quoted(name)} ${duckDbType(type)}${nullable ? '' : ' NOT NULL'}`,
  );
  await connection.run(
    `CREATE TABLE ${quoted(storage)} (${[...definitions, `${SINCE} BIGINT NOT NULL`, `${UNTIL} BIGINT NOT NULL`].join(', ')})`,
  );
  return storage;
}

function checkColumns(columns: readonly Column[]): void {
  const seen = new Set<string>();
  if (columns.length === 0) {
    throw unsupported('a table without columns');
  }
  for (const { name, type } of columns) {
    const key = name.toLowerCase();
    if (seen.has(key)) {
      throw new SqlFailure(
        'COLUMN_ALREADY_EXISTS',
        '42711',
        `The column ${inBackticks(key)} already exists; choose another name.`,
      );
    }
    seen.add(key);
    if (/[ ,;{}()\n\t=]/.test(name)) {
      throw new SqlFailure(
        'DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES',
        '42K05',
        `Found invalid character(s) among ' ,;{}()\\n\\t=' in the column name ${JSON.stringify(name)}; use an alias.`,
      );
    }
    if (key.startsWith(RESERVED)) {
      throw unsupported(`column names that begin with ${RESERVED}`);
    }
    if (type.name === 'VOID') {
      throw unsupported(`a column (${name}) of which nothing but NULL is known; cast it`);
    }
  }
}

/**
 * Compares the types that DuckDB gives a query with those that were worked out for it, without running it.
 * @throws Error when they differ, DuckDB's error when the query cannot be bound
 */
export async function checkTypes(connection: DuckDBConnection, { sql, columns }: Query): Promise<void> {
  const prepared = await connection.prepare(sql);
  try {
    const bound = Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnType(index).toString());
    const expected = columns.map(({ type }) => duckDbType(type));
    if (bound.join() !== expected.join()) {
      throw new Error(`the columns of a query are ${bound.join()}, not ${expected.join()}`);
    }
  } finally {
    prepared.destroySync();
  }
}

/** A query's rows on their way into a table. */
export interface Incoming {
  readonly query: Query;
  readonly bindings: Bindings;
  /** Names of the columns that the query fills, in its order. */
  readonly targets: readonly string[];
}

/**
 * Adds a query's rows to a storage table as part of `version`. Values of another type are cast by ANSI rules; columns that
 * are not among the targets get NULL.
 * @returns the number of rows
 * @throws SqlFailure when the columns do not match
 */
export async function insertRows(
  connection: DuckDBConnection,
  { storage, version, columns }: TableVersion,
  { query, bindings, targets: names }: Incoming,
): Promise<number> {
  const targets = names.map((name) => columnNamed(columns, name));
  if (new Set(targets).size !== targets.length) {
    throw new SqlFailure('COLUMN_ALREADY_EXISTS', '42711', 'The column list names a column twice.');
  }
  if (query.columns.length !== targets.length) {
    const kind = query.columns.length < targets.length ? 'NOT_ENOUGH_DATA_COLUMNS' : 'TOO_MANY_DATA_COLUMNS';
    throw new SqlFailure(
      `INSERT_COLUMN_ARITY_MISMATCH.${kind}`,
      '21S01',
      `The table's columns to fill are ${targets.length}, the data columns ${query.columns.length}.`,
    );
  }
  await checkTypes(connection, query);
  const sources = query.columns.map(({ type }, index) => ({ sql: quoted(`c${index}`), type }));
  const values = sources.map((source, index) => cast(source, targets[index]?.type ?? source.type).sql);
  const sql = `INSERT INTO ${quoted(storage)} (${[...targets.map((target) => quoted(target.name)), SINCE, UNTIL].join(', ')})
    SELECT ${[...values, String(version), FOR_EVER].join(', ')} FROM (${query.sql}) AS source(${sources.map((source) => source.sql).join(', ')})`;
  return (await connection.run(sql, bindings.values)).rowsChanged;
}

function columnNamed(columns: readonly Column[], name: string): Column {
  const column = columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) {
    throw new SqlFailure(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      '42703',
      `A column with name ${inBackticks(name)} cannot be resolved; the table has ${inBackticks(...columns.map((candidate) => candidate.name)).replaceAll('`.`', '`, `')}.`,
    );
  }
  return column;
}

/** Adds a column to a storage table; the rows that are there have NULL in it. @throws SqlFailure as {@link createStorage} */
export async function addColumn(connection: DuckDBConnection, storage: string, column: Column): Promise<void> {
  checkColumns([column]);
  await connection.run(`ALTER TABLE ${quoted(storage)} ADD COLUMN ${quoted(column.name)} ${duckDbType(column.type)}`);
}

/** Ends the rows of the version before `version` that fulfil a condition. @returns their number */
export async function endRows(
  connection: DuckDBConnection,
  { storage, version }: TableVersion,
  condition: { readonly alias: string; readonly sql: string },
  values: Record<string, string | null>,
): Promise<number> {
  const sql = `UPDATE ${quoted(storage)} AS ${quoted(condition.alias)} SET ${UNTIL} = ${version} WHERE ${live(version - 1)} AND coalesce(${condition.sql}, false)`;
  return (await runBound(connection, sql, values)).changed;
}

/**
 * Puts changed rows in the place of those of the version before `version` that fulfil a condition.
 * @param change `values` stand for the columns, in their order
 * @returns the number of rows
 */
export async function replaceRows(
  connection: DuckDBConnection,
  written: TableVersion,
  change: { readonly alias: string; readonly sql: string; readonly values: readonly string[] },
  values: Record<string, string | null>,
): Promise<number> {
  const { storage, version, columns } = written;
  const names = [...columns.map((column) => quoted(column.name)), SINCE, UNTIL];
  const sql = `INSERT INTO ${quoted(storage)} (${names.join(', ')}) SELECT ${[...change.values, String(version), FOR_EVER].join(', ')}
    FROM ${quoted(storage)} AS ${quoted(change.alias)} WHERE ${live(version - 1)} AND coalesce(${change.sql}, false)`;
  const rows = (await runBound(connection, sql, values)).changed;
  // Every row with another value is in, and lives from this version on: the condition finds the former ones only.
  await endRows(connection, written, change, values);
  return rows;
}
