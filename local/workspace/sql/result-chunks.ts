import { counted } from '../../../src/counted';
import { ApiError } from '../api';
import type { StatementResult } from './result';
import type { ResultFormat } from './statement-request';

/** Rows of one chunk: small enough that clients meet results of several chunks at ordinary sizes. */
export const ROWS_A_CHUNK = 5_000;

function chunkCount(result: StatementResult): number {
  return Math.ceil(result.rows.length / ROWS_A_CHUNK);
}

/**
 * `manifest` of a statement's reply: columns and chunks. Lists are left out when empty, as Databricks leaves them out; so are the
 * numbers of bytes of an inline result.
 */
export function manifestOf(
  result: StatementResult,
  form: { readonly external: boolean; readonly format: ResultFormat },
): Record<string, unknown> {
  const chunks = Array.from({ length: chunkCount(result) }, (_, index) => ({
    chunk_index: index,
    row_offset: index * ROWS_A_CHUNK,
    row_count: Math.min(ROWS_A_CHUNK, result.rows.length - index * ROWS_A_CHUNK),
    ...(form.external ? { byte_count: chunkBytes(result, form.format, index).length } : {}),
  }));
  const columns = result.columns.map((column, position) => ({
    name: column.name,
    type_text: column.typeText,
    type_name: column.typeName,
    position,
    ...decimalPlaces(column.typeText),
  }));
  return {
    format: form.format,
    schema: { column_count: columns.length, ...(columns.length === 0 ? {} : { columns }) },
    total_chunk_count: chunks.length,
    ...(chunks.length === 0 ? {} : { chunks }),
    total_row_count: result.rows.length,
    ...(form.external ? { total_byte_count: chunks.reduce((sum, { byte_count }) => sum + (byte_count ?? 0), 0) } : {}),
    truncated: result.truncated,
  };
}

function decimalPlaces(typeText: string): Record<string, number> {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(typeText);
  return decimal === null ? {} : { type_precision: Number(decimal[1]), type_scale: Number(decimal[2]) };
}

/**
 * `ResultData` of one inline chunk; an empty result has none and gives an empty chunk 0.
 * @throws ApiError 404 when there is no such chunk
 */
export function chunkReply(statementId: string, result: StatementResult, index: number): Record<string, unknown> {
  if (result.rows.length === 0 && index === 0) {
    return {};
  }
  const { rows, ...place } = chunkRows(statementId, result, index);
  return { ...place, data_array: rows };
}

/** The rows of a chunk, where they stand, and which chunk comes next. @throws ApiError 404 when there is no such chunk */
export function chunkRows(statementId: string, result: StatementResult, index: number) {
  if (!Number.isInteger(index) || index < 0 || index >= chunkCount(result)) {
    throw new ApiError(
      404,
      'NOT_FOUND',
      `The result of statement ${statementId} has ${counted(chunkCount(result), 'chunk')}, from 0; there is no chunk ${index}.`,
    );
  }
  const rows = rowsOf(result, index);
  const next = index + 1;
  return {
    chunk_index: index,
    row_offset: index * ROWS_A_CHUNK,
    row_count: rows.length,
    rows,
    ...(next < chunkCount(result)
      ? {
          next_chunk_index: next,
          next_chunk_internal_link: `/api/2.0/sql/statements/${statementId}/result/chunks/${next}?row_offset=${next * ROWS_A_CHUNK}`,
        }
      : {}),
  };
}

function rowsOf(result: StatementResult, index: number): StatementResult['rows'] {
  return result.rows.slice(index * ROWS_A_CHUNK, (index + 1) * ROWS_A_CHUNK);
}

/** A chunk as it lies behind a link: JSON, or CSV by RFC 4180 whose first chunk has the names of the columns; NULL is `null`. */
export function chunkBytes(result: StatementResult, format: ResultFormat, index: number): Buffer {
  const rows = rowsOf(result, index);
  if (format === 'JSON_ARRAY') {
    return Buffer.from(JSON.stringify(rows));
  }
  const lines = [...(index === 0 ? [result.columns.map(({ name }) => name)] : []), ...rows];
  return Buffer.from(lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join(''));
}

function csvCell(text: string | null): string {
  if (text === null) {
    return 'null';
  }
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
