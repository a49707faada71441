import { counted } from '../counted';
import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { ApiError } from '../http/errors';
import { chunks } from '../http/paging';
import { path } from '../http/path';
import { unexpected } from './answer-shape';
import type { ExternalLink, ResultChunk, StatementAnswer } from './statement-result';

type Row = readonly (string | null)[];

/**
 * The rows of a statement that has succeeded, chunk by chunk, inline or by links.
 * @throws TaskError STATEMENT_CLOSED when the result is gone, STATEMENT_INCOMPLETE when rows are missing; ApiError, ConnectionError
 */
export async function* resultRows(http: HttpClient, answer: StatementAnswer): AsyncGenerator<Row> {
  const id = answer.statement_id;
  const fetchChunk = async (index: number): Promise<ResultChunk> => {
    try {
      const chunk = await http.json<ResultChunk>({
        method: 'GET',
        path: path`/api/2.0/sql/statements/${id}/result/chunks/${index}`,
      });
      return withNext(chunk);
    } catch (error) {
      throw error instanceof ApiError && error.status === 404 ? closed(id, error) : error;
    }
  };
  let count = 0;
  let place = 0;
  for await (const chunk of chunks(withNext(answer.result ?? {}), fetchChunk)) {
    const index = chunk.chunk_index ?? place;
    const rows =
      chunk.external_links === undefined
        ? (chunk.data_array ?? [])
        : await linkedRows(http, chunk, () => fetchChunk(index));
    count += rows.length;
    place = index + 1;
    yield* rows;
  }
  const expected = answer.manifest?.total_row_count;
  if (expected !== undefined && count !== expected) {
    throw new TaskError(
      'STATEMENT_INCOMPLETE',
      `The SQL result has ${counted(count, 'row')}, but ${expected} were announced.`,
      {
        where: `It was statement ${id}.`,
        todo: 'Run the step again.',
      },
    );
  }
}

/** A statement whose result the service no longer has. */
export function closed(statementId: string, cause?: unknown): TaskError {
  return new TaskError(
    'STATEMENT_CLOSED',
    'The result of the SQL statement is gone: the service keeps it for an hour.',
    {
      where: `It was statement ${statementId}.`,
      todo: 'Run the step again.',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** Links name the next chunk in themselves. */
function withNext(chunk: ResultChunk): ResultChunk {
  const next = chunk.next_chunk_index ?? chunk.external_links?.at(-1)?.next_chunk_index;
  return next === undefined ? chunk : { ...chunk, next_chunk_index: next };
}

/** Reads the rows behind the links; one that has run out, or was refused, is asked for anew, once. */
async function linkedRows(http: HttpClient, chunk: ResultChunk, again: () => Promise<ResultChunk>): Promise<Row[]> {
  try {
    return await followLinks(http, chunk.external_links ?? []);
  } catch (error) {
    if (!(error instanceof ApiError && error.status >= 400 && error.status < 500)) {
      throw error;
    }
    return followLinks(http, (await again()).external_links ?? []);
  }
}

async function followLinks(http: HttpClient, links: readonly ExternalLink[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { external_link, http_headers } of links) {
    if (!URL.canParse(external_link)) {
      throw unexpected("rows of a SQL statement, field 'external_link'");
    }
    const url = new URL(external_link);
    // Another host, and without our token: the URL is the credential.
    const found = await http.at(url.origin).json<readonly Row[]>({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      ...(http_headers === undefined ? {} : { headers: http_headers }),
    });
    for (const row of found) {
      rows.push(row);
    }
  }
  return rows;
}
