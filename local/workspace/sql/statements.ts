import { randomUUID } from 'node:crypto';
import { ApiError, type Call, type Operation, type Principal, type Reply, type Service, type Workspace } from '../api';
import { identityOf } from '../identity/directory';
import { SqlFailure } from './failure';
import type { MetastoreTables } from './metastore-tables';
import { Bindings } from './parameters';
import type { StatementResult } from './result';
import { chunkReply, manifestOf } from './result-chunks';
import { answerLink, linkReply } from './result-links';
import { runStatement } from './run-statement';
import { readParameter, readRequest, type StatementRequest } from './statement-request';
import { startWarehouse } from './warehouses';

/** A result is kept for an hour after the end; then the statement is CLOSED. */
const KEPT_MILLISECONDS = 3_600_000;
/** A poll answers at the end of the statement, or after this time. */
const LONGEST_POLL_MILLISECONDS = 5_000;
/** The record of a statement outlives its result. */
const RECORD_MILLISECONDS = 12 * KEPT_MILLISECONDS;

interface Statement {
  readonly id: string;
  readonly cancel: AbortController;
  /** Resolves when the statement has ended, in whatever state. */
  readonly ended: Promise<void>;
  readonly request: StatementRequest;
  readonly startedBy: Principal;
  state: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'CLOSED';
  result?: StatementResult;
  failure?: SqlFailure;
  endedAt?: number;
}

/** `/api/2.0/sql/statements`: the SQL statement execution API. Statements and their results are in memory: a restart forgets them (404). */
export function createStatements(
  workspace: Workspace,
  tables: MetastoreTables,
): Required<Pick<Service, 'operations' | 'stop' | 'open'>> {
  const statements = new Map<string, Statement>();
  return {
    operations: statementOperations(statements, workspace, tables),
    open: (request, url) =>
      answerLink(workspace, request, url, (id) => {
        closeOld(statements, workspace.clock.now());
        const { result, request: made } = statements.get(id) ?? {};
        return result === undefined || made === undefined ? undefined : { result, format: made.format };
      }),
    stop: async () => {
      const running = [...statements.values()].filter(isGoing);
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
      note: 'statements by the allow-list of the SQL engine; named parameters; results inline and by links',
      lacks: 'the format ARROW_STREAM; byte counts of inline results',
      handle: async (call) => {
        closeOld(statements, workspace.clock.now());
        const request = readRequest(await call.json(), workspace);
        const statement = submit(request, call, tables, startWarehouse(workspace));
        statements.set(statement.id, statement);
        await waitFor(statement, request, workspace);
        return reply(statement, workspace);
      },
    },
    {
      method: 'GET',
      path: '/api/2.0/sql/statements/:statement_id',
      handle: async (call) => {
        closeOld(statements, workspace.clock.now());
        const statement = find(statements, call);
        await waitForEnd(statement, LONGEST_POLL_MILLISECONDS, workspace);
        return reply(statement, workspace);
      },
    },
    {
      method: 'GET',
      path: '/api/2.0/sql/statements/:statement_id/result/chunks/:chunk_index',
      handle: (call) => {
        closeOld(statements, workspace.clock.now());
        const statement = find(statements, call);
        if (statement.result === undefined) {
          throw new ApiError(
            404,
            'NOT_FOUND',
            `Statement ${statement.id} has no result; its state is ${statement.state}.`,
          );
        }
        return { json: resultData(statement, statement.result, Number(call.params.chunk_index), workspace) };
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

/**
 * Starts the statement; failures are in its state, never thrown.
 * @param pending milliseconds until the warehouse runs
 */
function submit(request: StatementRequest, call: Call, tables: MetastoreTables, pending: number): Statement {
  const { workspace, principal } = call;
  const cancel = new AbortController();
  const run = async (): Promise<StatementResult> => {
    if (pending > 0) {
      await workspace.clock.sleep(pending, cancel.signal);
      statement.state = 'RUNNING';
    }
    const now = workspace.clock.now();
    const parameters = request.parameters.map(readParameter);
    return runStatement(request.statement, {
      metastore: workspace.metastore,
      tables,
      defaults: request.defaults,
      bindings: new Bindings(parameters, { now: new Date(now).toISOString(), user: principal.userName }),
      principal,
      now,
      signal: cancel.signal,
      rowLimit: request.rowLimit,
      external: request.external,
      ...(request.byteLimit === undefined ? {} : { byteLimit: request.byteLimit }),
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
  const state = pending > 0 ? 'PENDING' : 'RUNNING';
  const statement: Statement = { id: randomUUID(), request, startedBy: principal, cancel, ended, state };
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

async function waitFor(
  statement: Statement,
  { wait, cancelAfterWait }: StatementRequest,
  workspace: Workspace,
): Promise<void> {
  if (wait === 0) {
    return;
  }
  await waitForEnd(statement, wait, workspace);
  if (isGoing(statement) && cancelAfterWait) {
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

/** A statement is for who started it, and for administrators; that others get the same 404 as for none is [U]. */
function find(statements: ReadonlyMap<string, Statement>, call: Call): Statement {
  const statement = statements.get(call.params.statement_id ?? '');
  const { administrator, principal } = identityOf(call.workspace.metastore, call.principal);
  if (statement === undefined || !(administrator || statement.startedBy.userName === principal.userName)) {
    throw new ApiError(404, 'NOT_FOUND', `The statement ${call.params.statement_id} was not found.`);
  }
  return statement;
}

function isGoing({ state }: Statement): boolean {
  return state === 'PENDING' || state === 'RUNNING';
}

/** Takes results away an hour after the end, and what is left of a statement half a day after it. */
function closeOld(statements: Map<string, Statement>, now: number): void {
  for (const [id, statement] of statements) {
    const age = now - (statement.endedAt ?? now);
    if (age > RECORD_MILLISECONDS) {
      statements.delete(id);
    } else if (age > KEPT_MILLISECONDS && statement.state === 'SUCCEEDED') {
      delete statement.result;
      statement.state = 'CLOSED';
    }
  }
}

function reply(statement: Statement, workspace: Workspace): Reply {
  const { id, state, failure, result, request } = statement;
  if (failure !== undefined) {
    const error = { error_code: failure.code, message: failure.message };
    return { json: { statement_id: id, status: { state, error, sql_state: failure.sqlState } } };
  }
  if (result === undefined) {
    return { json: { statement_id: id, status: { state } } };
  }
  const manifest = manifestOf(result, request);
  return {
    json: { statement_id: id, status: { state }, manifest, result: resultData(statement, result, 0, workspace) },
  };
}

function resultData(
  { id, request }: Statement,
  result: StatementResult,
  index: number,
  workspace: Workspace,
): Record<string, unknown> {
  return request.external ? linkReply(workspace, id, result, request.format, index) : chunkReply(id, result, index);
}
