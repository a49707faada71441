import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlFailure } from './failure';
import type { Query } from './scope';
import type { SqlType } from './sql-type';
import { checkTypes } from './storage';
import { apiTypeName, typeText } from './types';
import { apiValue, doubleText } from './values';

/** A result column: name, `type_name` and `type_text` of the manifest. */
export interface ResultColumn {
  readonly name: string;
  readonly typeName: string;
  readonly typeText: string;
}

/** What a statement gives: rows as the API sends them. */
export interface StatementResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Whether `row_limit` or `byte_limit` cut rows off. */
  readonly truncated: boolean;
}

/** `disposition=INLINE` carries at most 25 MiB. */
export const MOST_INLINE_BYTES = 25 * 1024 * 1024;
/** Databricks carries 100 GiB by links; here results are in memory. */
const MOST_EXTERNAL_BYTES = 512 * 1024 * 1024;

/** How much of a result is read. */
export interface ResultLimits {
  readonly rowLimit: number | undefined;
  readonly byteLimit?: number;
  readonly external?: boolean;
}

/** A result without columns, of statements that define something. */
export const NOTHING: StatementResult = { columns: [], rows: [], truncated: false };

/** A column of one of our own answers (DESCRIBE, SHOW, numbers of rows). */
export function column(
  name: string,
  type: 'STRING' | 'INT' | 'BIGINT' | 'BOOLEAN' | 'TIMESTAMP' = 'STRING',
): ResultColumn {
  return resultColumn({ name, type: { name: type } });
}

/** A column of lists of texts, JSON in the result. */
export function arrayColumn(name: string): ResultColumn {
  return { name, typeName: 'ARRAY', typeText: 'ARRAY<STRING>' };
}

/** A column of records, JSON in the result; `fields` as SQL spells them. */
export function structColumn(name: string, fields: string): ResultColumn {
  return { name, typeName: 'STRUCT', typeText: `STRUCT<${fields}>` };
}

/** A column of texts by text, JSON in the result. */
export function mapColumn(name: string): ResultColumn {
  return { name, typeName: 'MAP', typeText: 'MAP<STRING,STRING>' };
}

/**
 * Runs a query and reads its rows up to a limit.
 * @throws SqlFailure when the rows do not fit an inline result; DuckDB's error when the query fails
 */
export async function readResult(
  connection: DuckDBConnection,
  query: Query,
  values: Record<string, string | null>,
  { rowLimit, byteLimit, external }: ResultLimits,
): Promise<StatementResult> {
  const types = query.columns;
  await checkTypes(connection, query);
  const rows: (string | null)[][] = [];
  let bytes = 0;
  const stream = await connection.stream(query.sql, values);
  for (let chunk = await stream.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await stream.fetchChunk()) {
    for (const row of chunk.getRows()) {
      if (rows.length === rowLimit) {
        return { columns: types.map(resultColumn), rows, truncated: true };
      }
      const texts = row.map((value, index) =>
        isDouble(types[index]?.type) && typeof value === 'number' ? doubleText(value) : apiValue(value),
      );
      bytes += texts.reduce((sum, text) => sum + (text?.length ?? 4) + 3, 0);
      if (byteLimit !== undefined && bytes > byteLimit) {
        return { columns: types.map(resultColumn), rows, truncated: true };
      }
      if (bytes > (external === true ? MOST_EXTERNAL_BYTES : MOST_INLINE_BYTES)) {
        throw tooLarge(external === true);
      }
      rows.push(texts);
    }
  }
  return { columns: types.map(resultColumn), rows, truncated: false };
}

function tooLarge(external: boolean): SqlFailure {
  return external
    ? new SqlFailure(
        'RESULT_TOO_LARGE_FOR_LOCAL_WORKSPACE',
        '54000',
        `The result is larger than ${MOST_EXTERNAL_BYTES} bytes, which is the most that the local workspace keeps in memory; read it in parts.`,
        'RESOURCE_EXHAUSTED',
      )
    : new SqlFailure(
        'INLINE_BYTE_LIMIT_EXCEEDED',
        '54000',
        `Inline byte limit exceeded: a result of the disposition INLINE has at most ${MOST_INLINE_BYTES} bytes; use EXTERNAL_LINKS.`,
        'RESOURCE_EXHAUSTED',
      );
}

function isDouble(type: SqlType | undefined): boolean {
  return type?.name === 'DOUBLE';
}

function resultColumn({ name, type }: { name: string; type: SqlType }): ResultColumn {
  return { name, typeName: apiTypeName(type), typeText: typeText(type) };
}
