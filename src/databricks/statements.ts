import { TaskError } from '../errors';
import type { HttpClient } from '../http/client';
import { path } from '../http/path';
import { objectIn, segmentIn } from './answer-shape';
import { closed, resultRows } from './result-rows';
import type { StatementAnswer, StatementColumn } from './statement-result';

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
  /**
   * Running it twice is the same as running it once: it reads, or merges by a key. Then it is sent again when the answer to it was
   * lost, and read by links when its result is too large to come inline. Anything else is sent once.
   */
  readonly repeatable?: boolean;
  /** Milliseconds after which a statement that has not ended is cancelled; without it, it may take as long as it likes. */
  readonly limitMs?: number;
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

const ROOT = '/api/2.0/sql/statements';
/** The agent gives a cancelled step 7.5 s before it insists. */
const CANCEL_DEADLINE_MS = 6_000;
const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 5_000;

/** How long a cancelled step waits for the id of a statement that it has just sent, so that it can cancel it. */
const ID_GRACE_MS = 2_000;
/** What the service says of a result of more than 25 MiB [U]; without these words the failure stands. */
const TOO_LARGE_INLINE = /inline byte limit exceeded|INLINE_BYTE_LIMIT_EXCEEDED/i;

/** `/api/2.0/sql/statements`, format JSON_ARRAY; disposition INLINE (at most 25 MiB), EXTERNAL_LINKS where that is too little. */
export class StatementsApi {
  constructor(private readonly http: HttpClient) {}

  /**
   * Runs a statement to its end. It is sent once and then polled; when the client's signal aborts, it is cancelled.
   * @throws TaskError STATEMENT_FAILED, STATEMENT_CANCELED, STATEMENT_CLOSED; ApiError when it was not accepted
   */
  async execute(request: StatementRequest): Promise<StatementResult> {
    const answer = await this.run(request, 'INLINE');
    const { state, error } = answer.status;
    const tooLarge = state === 'FAILED' && TOO_LARGE_INLINE.test(error?.message ?? '');
    return this.resultOf(tooLarge && request.repeatable === true ? await this.run(request, 'EXTERNAL_LINKS') : answer);
  }

  /** Sends a statement and waits for its end. */
  private async run(request: StatementRequest, disposition: 'INLINE' | 'EXTERNAL_LINKS'): Promise<StatementAnswer> {
    const started = await this.submit(request, disposition);
    try {
      this.http.signal?.throwIfAborted();
      return await this.finished(started, request.limitMs);
    } catch (error) {
      if (this.http.signal?.aborted === true) {
        await this.cancelAfterFault(started.statement_id);
      }
      throw error;
    }
  }

  /** What is thrown is why it is cancelled, also where that fails. */
  private async cancelAfterFault(statementId: string): Promise<void> {
    try {
      await new StatementsApi(this.http.withSignal(undefined)).cancel(statementId, CANCEL_DEADLINE_MS);
    } catch (error) {
      const why = error instanceof TaskError ? error.sentences : String(error);
      this.http.warn(`Statement ${statementId} could not be cancelled and may still run: ${why}`, 'CANCEL_INCOMPLETE');
    }
  }

  /** A cancel that comes while the statement is on its way waits a little for its id: without the id nobody could stop it. */
  private async submit(request: StatementRequest, disposition: 'INLINE' | 'EXTERNAL_LINKS'): Promise<StatementAnswer> {
    const { signal, time } = this.http;
    signal?.throwIfAborted();
    const patience = new AbortController();
    const onAbort = () => {
      time.sleep(ID_GRACE_MS).then(
        () => patience.abort(signal?.reason),
        (error: unknown) => patience.abort(error),
      );
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const answer = await this.http.withSignal(patience.signal).json<StatementAnswer>({
        method: 'POST',
        path: ROOT,
        idempotent: request.repeatable === true,
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
          disposition,
          format: 'JSON_ARRAY',
        },
      });
      segmentIn(objectIn(answer, `POST ${ROOT}`), 'statement_id', `POST ${ROOT}`);
      return answer;
    } finally {
      signal?.removeEventListener('abort', onAbort);
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

  private async finished(started: StatementAnswer, limitMs = Number.POSITIVE_INFINITY): Promise<StatementAnswer> {
    const end = this.http.time.now() + limitMs;
    let answer = started;
    let wait = FIRST_POLL_MS;
    while (answer.status.state === 'PENDING' || answer.status.state === 'RUNNING') {
      if (this.http.time.now() + wait > end) {
        await this.cancelAfterFault(started.statement_id);
        throw new TaskError('STATEMENT_TIMEOUT', `The SQL statement had not ended after ${limitMs / 1000} s.`, {
          where: `It was statement ${started.statement_id}, state ${answer.status.state}.`,
          todo: 'See in the workspace whether the warehouse starts, and what it is busy with.',
        });
      }
      await this.http.time.sleep(wait, this.http.signal);
      wait = Math.min(LONGEST_POLL_MS, wait * 1.5);
      answer = await this.http.json({ method: 'GET', path: path`/api/2.0/sql/statements/${started.statement_id}` });
    }
    return answer;
  }

  private resultOf(answer: StatementAnswer): StatementResult {
    const { state, error, sql_state } = answer.status;
    if (state === 'CLOSED') {
      throw closed(answer.statement_id);
    }
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
      rows: () => resultRows(http, answer),
    };
  }
}
