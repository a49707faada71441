import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { chunks } from '../http/paging';
import { path } from '../http/path';
import type { ResultChunk, StatementAnswer, StatementColumn } from './statement-result';

/** A bound parameter (`:name`); null is SQL NULL, `type` a SQL type name (default STRING). */
export interface StatementParameter {
  readonly name: string;
  readonly value: string | null;
  readonly type?: string;
}

/** A statement to run on a warehouse. */
export interface StatementRequest {
  readonly statement: string;
  readonly warehouseId: string;
  readonly parameters?: readonly StatementParameter[];
  readonly catalog?: string;
  readonly schema?: string;
  /** Rows at most; more are cut off and the result is `truncated`. */
  readonly rowLimit?: number;
}

/** Result of a statement that succeeded. */
export interface StatementResult {
  readonly statementId: string;
  readonly columns: readonly StatementColumn[];
  readonly totalRowCount: number;
  readonly truncated: boolean;
  /** The rows, chunk by chunk. Can be read once within an hour. */
  rows(): AsyncGenerator<readonly (string | null)[]>;
}

/** The agent gives a cancelled step 7.5 s before it insists. */
const CANCEL_DEADLINE_MS = 6_000;
const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 5_000;

/** `/api/2.0/sql/statements`, disposition INLINE (at most 25 MiB), format JSON_ARRAY. */
export class StatementsApi {
  constructor(private readonly http: HttpClient) {}

  /**
   * Runs a statement to its end. It is sent once and then polled; when the client's signal aborts, it is cancelled.
   * @throws TaskError STATEMENT_FAILED, STATEMENT_CANCELED; ApiError when it was not accepted
   */
  async execute(request: StatementRequest): Promise<StatementResult> {
    const started = await this.http.json<StatementAnswer>({
      method: 'POST',
      path: '/api/2.0/sql/statements',
      body: {
        statement: request.statement,
        warehouse_id: request.warehouseId,
        parameters: request.parameters,
        catalog: request.catalog,
        schema: request.schema,
        row_limit: request.rowLimit,
        // The call has no idempotency token: an answer at once cannot be lost to a time-out.
        wait_timeout: '0s',
        on_wait_timeout: 'CONTINUE',
        disposition: 'INLINE',
        format: 'JSON_ARRAY',
      },
    });
    try {
      return this.resultOf(await this.finished(started));
    } catch (error) {
      if (this.http.signal?.aborted === true) {
        await new StatementsApi(this.http.withSignal(undefined)).cancel(started.statement_id, CANCEL_DEADLINE_MS);
      }
      throw error;
    }
  }

  /**
   * Asks for the end of a statement; it ends some time later.
   * @param deadlineMs milliseconds for all attempts together; default of the client
   */
  async cancel(statementId: string, deadlineMs?: number): Promise<void> {
    await this.http.json({
      method: 'POST',
      path: path`/api/2.0/sql/statements/${statementId}/cancel`,
      acceptEmpty: true,
      idempotent: true,
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    });
  }

  private async finished(started: StatementAnswer): Promise<StatementAnswer> {
    let answer = started;
    let wait = FIRST_POLL_MS;
    while (answer.status.state === 'PENDING' || answer.status.state === 'RUNNING') {
      await this.http.time.sleep(wait, this.http.signal);
      wait = Math.min(LONGEST_POLL_MS, wait * 1.5);
      answer = await this.http.json({ method: 'GET', path: path`/api/2.0/sql/statements/${started.statement_id}` });
    }
    return answer;
  }

  private resultOf(answer: StatementAnswer): StatementResult {
    const { state, error, sql_state } = answer.status;
    if (state !== 'SUCCEEDED') {
      const code = state === 'CANCELED' ? 'STATEMENT_CANCELED' : 'STATEMENT_FAILED';
      throw new TaskError(code, `The SQL statement ended in state ${state}: ${error?.message ?? 'no message'}`, {
        where: `It was statement ${answer.statement_id} (${[error?.error_code, sql_state].filter(Boolean).join(', ') || 'no code'}).`,
        todo: 'Check that the identity may use the warehouse and read the table, and that the names exist.',
      });
    }
    const { http } = this;
    return {
      statementId: answer.statement_id,
      columns: answer.manifest?.schema?.columns ?? [],
      totalRowCount: answer.manifest?.total_row_count ?? 0,
      truncated: answer.manifest?.truncated ?? false,
      async *rows() {
        const fetchChunk = (index: number) =>
          http.json<ResultChunk>({
            method: 'GET',
            path: path`/api/2.0/sql/statements/${answer.statement_id}/result/chunks/${index}`,
          });
        let count = 0;
        for await (const chunk of chunks(answer.result ?? {}, fetchChunk)) {
          const rows = chunk.data_array ?? [];
          count += rows.length;
          yield* rows;
        }
        const expected = answer.manifest?.total_row_count;
        if (expected !== undefined && count !== expected) {
          throw new TaskError(
            'STATEMENT_INCOMPLETE',
            `The SQL result has ${count} rows, but ${expected} were announced.`,
            {
              where: `It was statement ${answer.statement_id}.`,
              todo: 'Run the step again.',
            },
          );
        }
      },
    };
  }
}
