import { randomUUID } from 'node:crypto';
import { ApiError, type Call, type Operation, type Reply, type Service, type Workspace } from '../api';
import { type Fields, invalid, objectList, optionalInteger, optionalText, requiredText } from '../fields';
import { executeStatement } from './execute';
import { SqlFailure } from './failure';
import type { MetastoreTables } from './metastore-tables';
import { Bindings, parameterType, type StatementParameter } from './parameters';
import type { StatementResult } from './result';
import { chunkReply, manifestOf } from './result-chunks';
import { startWarehouse, warehouseId } from './warehouses';

/** Result and record are kept for an hour after the end, as on Databricks. */
const KEPT_MILLISECONDS = 3_600_000;
/** A poll answers at the end of the statement, or after this time. */
const LONGEST_POLL_MILLISECONDS = 5_000;
const LONGEST_STATEMENT_BYTES = 16 * 1024 * 1024;

interface Statement {
  readonly id: string;
  readonly cancel: AbortController;
  /** Resolves when the statement has ended, in whatever state. */
  readonly ended: Promise<void>;
  state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
  result?: StatementResult;
  failure?: SqlFailure;
  endedAt?: number;
}

/** `/api/2.0/sql/statements`: the SQL statement execution API. Statements and their results are in memory: a restart forgets them (404). */
export function createStatements(
  workspace: Workspace,
  tables: MetastoreTables,
): Required<Pick<Service, 'operations' | 'stop'>> {
  const statements = new Map<string, Statement>();
  return {
    operations: statementOperations(statements, workspace, tables),
    stop: async () => {
      const running = [...statements.values()].filter(({ state }) => state === 'RUNNING');
      for (const { cancel } of running) {
        cancel.abort();
      }
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}

function statementOperations(
  statements: Map<string, Statement>,
  workspace: Workspace,
  tables: MetastoreTables,
): Operation[] {
  return [
    {
      method: 'POST',
      path: '/api/2.0/sql/statements',
      note: 'INLINE JSON_ARRAY only; named parameters; statements by the allow-list of the SQL engine',
      handle: async (call) => {
        forgetOld(statements, workspace.clock.now());
        const request = readRequest(await call.json(), workspace);
        startWarehouse(workspace);
        const statement = submit(request, call, tables);
        statements.set(statement.id, statement);
        await waitFor(statement, request, workspace);
        return reply(statement);
      },
    },
    {
      method: 'GET',
      path: '/api/2.0/sql/statements/:statement_id',
      handle: async (call) => {
        const statement = find(statements, call);
        await waitForEnd(statement, LONGEST_POLL_MILLISECONDS, workspace);
        return reply(statement);
      },
    },
    {
      method: 'GET',
      path: '/api/2.0/sql/statements/:statement_id/result/chunks/:chunk_index',
      handle: (call) => {
        const statement = find(statements, call);
        if (statement.result === undefined) {
          throw new ApiError(
            404,
            'NOT_FOUND',
            `Statement ${statement.id} has no result; its state is ${statement.state}.`,
          );
        }
        return { json: chunkReply(statement.id, statement.result, Number(call.params.chunk_index)) };
      },
    },
    {
      method: 'POST',
      path: '/api/2.0/sql/statements/:statement_id/cancel',
      handle: (call) => {
        find(statements, call).cancel.abort();
        return {};
      },
    },
  ];
}

interface Request {
  readonly statement: string;
  readonly defaults: { readonly catalog?: string; readonly schema?: string };
  readonly parameters: readonly Fields[];
  readonly rowLimit: number | undefined;
  /** Milliseconds. */
  readonly wait: number;
  readonly cancelAfterWait: boolean;
}

function readRequest(fields: Fields, workspace: Workspace): Request {
  const statement = requiredText(fields, 'statement');
  if (Buffer.byteLength(statement) > LONGEST_STATEMENT_BYTES) {
    throw invalid('The statement is larger than 16 MiB.');
  }
  const warehouse = requiredText(fields, 'warehouse_id');
  if (warehouse !== warehouseId(workspace)) {
    throw invalid(`Warehouse ${warehouse} does not exist in this workspace; it has ${warehouseId(workspace)}.`);
  }
  const disposition = optionalText(fields, 'disposition') ?? 'INLINE';
  const format = optionalText(fields, 'format') ?? 'JSON_ARRAY';
  if (disposition !== 'INLINE' || format !== 'JSON_ARRAY') {
    throw invalid(
      `The local workspace sends results by disposition INLINE and format JSON_ARRAY only, not ${disposition} and ${format}.`,
    );
  }
  const catalog = optionalText(fields, 'catalog');
  const schema = optionalText(fields, 'schema');
  const rowLimit = optionalInteger(fields, 'row_limit');
  if (rowLimit !== undefined && rowLimit < 1) {
    throw invalid("Parameter 'row_limit' must be at least 1.");
  }
  if (optionalText(fields, 'byte_limit') !== undefined) {
    throw invalid("The local workspace does not support 'byte_limit'.");
  }
  return {
    statement,
    defaults: { ...(catalog ? { catalog } : {}), ...(schema ? { schema } : {}) },
    parameters: objectList(fields, 'parameters'),
    rowLimit,
    wait: waitMilliseconds(optionalText(fields, 'wait_timeout') ?? '10s'),
    cancelAfterWait: onWaitTimeout(optionalText(fields, 'on_wait_timeout') ?? 'CONTINUE') === 'CANCEL',
  };
}

function waitMilliseconds(text: string): number {
  const seconds = Number(/^(\d{1,2})s$/.exec(text)?.[1] ?? Number.NaN);
  if (!(seconds === 0 || (seconds >= 5 && seconds <= 50))) {
    throw invalid(`wait_timeout must be 0s, or from 5s to 50s, not ${JSON.stringify(text)}.`);
  }
  return seconds * 1000;
}

function onWaitTimeout(text: string): string {
  if (text !== 'CONTINUE' && text !== 'CANCEL') {
    throw invalid(`on_wait_timeout must be CONTINUE or CANCEL, not ${JSON.stringify(text)}.`);
  }
  return text;
}

function readParameter(fields: Fields): StatementParameter {
  return {
    name: requiredText(fields, 'name'),
    type: parameterType(optionalText(fields, 'type') ?? 'STRING'),
    value: optionalText(fields, 'value') ?? null,
  };
}

/** Starts the statement; failures are in its state, never thrown. */
function submit(request: Request, call: Call, tables: MetastoreTables): Statement {
  const { workspace, principal } = call;
  const cancel = new AbortController();
  const run = async (): Promise<StatementResult> => {
    const now = workspace.clock.now();
    const parameters = request.parameters.map(readParameter);
    return executeStatement(request.statement, {
      metastore: workspace.metastore,
      tables,
      defaults: request.defaults,
      bindings: new Bindings(parameters, { now: new Date(now).toISOString(), user: principal.userName }),
      principal,
      now,
      signal: cancel.signal,
      rowLimit: request.rowLimit,
    });
  };
  // A result after a cancel means that the cancel came too late: a write is durable by then.
  const ended = run().then(
    (result) => end(statement, { state: 'SUCCEEDED', result }, workspace.clock.now()),
    (error: unknown) =>
      end(
        statement,
        cancel.signal.aborted ? { state: 'CANCELED' } : { state: 'FAILED', failure: asFailure(error) },
        workspace.clock.now(),
      ),
  );
  const statement: Statement = { id: randomUUID(), cancel, ended, state: 'RUNNING' };
  return statement;
}

function end(statement: Statement, outcome: Pick<Statement, 'state' | 'result' | 'failure'>, now: number): void {
  Object.assign(statement, outcome, { endedAt: now });
}

function asFailure(error: unknown): SqlFailure {
  if (error instanceof SqlFailure) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ApiError
    ? new SqlFailure('INVALID_PARAMETER_VALUE', '22023', message)
    : new SqlFailure('INTERNAL_ERROR', 'XX000', message, 'INTERNAL_ERROR');
}

async function waitFor(statement: Statement, { wait, cancelAfterWait }: Request, workspace: Workspace): Promise<void> {
  if (wait === 0) {
    return;
  }
  await waitForEnd(statement, wait, workspace);
  if (statement.state === 'RUNNING' && cancelAfterWait) {
    statement.cancel.abort();
    await statement.ended;
  }
}

async function waitForEnd(statement: Statement, milliseconds: number, workspace: Workspace): Promise<void> {
  const waiting = new AbortController();
  const timeUp = workspace.clock.sleep(milliseconds, waiting.signal).catch((reason: unknown) => {
    // The sleep is broken off when the statement ends first; nothing else may end it early.
    if (!waiting.signal.aborted) {
      throw reason;
    }
  });
  await Promise.race([statement.ended, timeUp]);
  waiting.abort();
}

function find(statements: ReadonlyMap<string, Statement>, call: Call): Statement {
  const statement = statements.get(call.params.statement_id ?? '');
  if (statement === undefined) {
    throw new ApiError(404, 'NOT_FOUND', `The statement ${call.params.statement_id} was not found.`);
  }
  return statement;
}

function forgetOld(statements: Map<string, Statement>, now: number): void {
  for (const [id, { endedAt }] of statements) {
    if (endedAt !== undefined && now - endedAt > KEPT_MILLISECONDS) {
      statements.delete(id);
    }
  }
}

function reply(statement: Statement): Reply {
  const { id, state, failure, result } = statement;
  if (failure !== undefined) {
    const error = { error_code: failure.code, message: failure.message };
    return { json: { statement_id: id, status: { state, error, sql_state: failure.sqlState } } };
  }
  if (result === undefined) {
    return { json: { statement_id: id, status: { state } } };
  }
  return {
    json: { statement_id: id, status: { state }, manifest: manifestOf(result), result: chunkReply(id, result, 0) },
  };
}
