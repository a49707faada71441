import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Runs SQL with those of a statement's values that it names: DuckDB refuses values that it has no place for, and one statement of
 * ours can be several of its.
 * @returns the rows that it gives and the number of rows that it changed
 */
export async function runBound(
  connection: DuckDBConnection,
  sql: string,
  values: Readonly<Record<string, string | null>>,
): Promise<{ readonly rows: readonly (readonly unknown[])[]; readonly changed: number }> {
  const prepared = await connection.prepare(sql);
  try {
    const names = Array.from({ length: prepared.parameterCount }, (_, index) => prepared.parameterName(index + 1));
    prepared.bind(Object.fromEntries(names.map((name) => [name, values[name] ?? null])));
    const result = await prepared.runAndReadAll();
    return { rows: result.getRows(), changed: result.rowsChanged };
  } finally {
    prepared.destroySync();
  }
}
