import { readFile } from 'node:fs/promises';
import type { Workspace } from '../api';
import { queryText } from '../queries/query-store';
import {
  Bindings,
  executeStatement,
  type MetastoreTables,
  SqlFailure,
  type StatementResult,
  splitStatements,
} from '../sql/service';
import { writeResolved, writeSqlOutput } from './attempt-folder';
import { fileInCheckout } from './checkout-files';
import type { Attendance, ExecutionEnd, ExecutionOrder } from './execution-order';
import { actingPrincipal } from './run-identity';
import { existingFile, TaskStartError } from './task-files';
import { jobParameters } from './task-launch';
import type { TaskSpec } from './types';

type SqlTask = NonNullable<TaskSpec['sql_task']>;

/**
 * A `sql_task` with a saved query or a file (of the checkout, when there is one): its statements one after the other, parameters bound by name as text. The rows of the last
 * statement are the task's output.
 * @throws TaskStartError when query, file or warehouse is missing
 */
export async function runSqlTask(
  parts: { readonly workspace: Workspace; readonly tables: MetastoreTables; readonly warehouseId: string },
  order: ExecutionOrder,
  declared: SqlTask,
  { resolve, checkout }: { readonly resolve: (text: string) => string; readonly checkout: string | undefined },
  attendance: Attendance,
): Promise<ExecutionEnd> {
  const { workspace, tables } = parts;
  if (resolve(declared.warehouse_id) !== parts.warehouseId) {
    throw new TaskStartError(
      `SQL warehouse with ID ${declared.warehouse_id} does not exist; this workspace has ${parts.warehouseId}.`,
    );
  }
  const text = await declaredText(workspace, declared, resolve, checkout);
  const given = { ...declared.parameters, ...jobParameters(order.run), ...order.run.overriding.sql_params };
  const parameters = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, resolve(value)]));
  writeResolved(workspace, order.attempt.runId, { sql_task: { parameters } });
  attendance.begun();
  const now = workspace.clock.now();
  let result: StatementResult | undefined;
  try {
    for (const statement of splitStatements(text)) {
      order.signal.throwIfAborted();
      result = await executeStatement(statement, {
        metastore: workspace.metastore,
        tables,
        defaults: {},
        bindings: new Bindings(
          Object.entries(parameters).map(([name, value]) => ({ name, type: { name: 'STRING' }, value })),
          { now: new Date(now).toISOString(), user: actingPrincipal(order.run).userName },
        ),
        principal: actingPrincipal(order.run),
        now,
        signal: order.signal,
        rowLimit: MOST_ROWS,
      });
    }
  } catch (error) {
    if (error instanceof SqlFailure) {
      return { outcome: 'FAILED', message: error.message };
    }
    throw error;
  }
  writeSqlOutput(workspace, order.attempt.runId, { queryText: text, rows: rowsOf(result) });
  return { outcome: 'SUCCESS' };
}

/** References to the output of a SQL task reach its first thousand rows. */
const MOST_ROWS = 1000;

async function declaredText(
  workspace: Workspace,
  task: SqlTask,
  resolve: (text: string) => string,
  checkout: string | undefined,
): Promise<string> {
  if (task.file !== undefined) {
    const [name, what] = [resolve(task.file.path), 'file of the SQL task'];
    const file = checkout === undefined ? existingFile(workspace, name, what) : fileInCheckout(checkout, name, what);
    return readFile(await file, 'utf8');
  }
  const id = resolve(task.query?.query_id ?? '');
  const text = queryText(workspace, id);
  if (text === undefined) {
    throw new TaskStartError(`Query ${id} does not exist.`);
  }
  return text;
}

function rowsOf(result: StatementResult | undefined): readonly Record<string, unknown>[] {
  const { columns = [], rows = [] } = result ?? {};
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name, typeName }, index) => [name, jsonValue(typeName, row[index] ?? null)])),
  );
}

/** Numbers and truth values as JSON has them, everything else as the statement API writes it. */
function jsonValue(type: string, text: string | null): unknown {
  if (text === null) {
    return null;
  }
  if (type === 'BOOLEAN') {
    return text === 'true';
  }
  const number = Number(text);
  const isNumber = ['INT', 'LONG', 'SHORT', 'BYTE', 'FLOAT', 'DOUBLE'].includes(type);
  return isNumber && Number.isFinite(number) && (!/^-?\d+$/.test(text) || Number.isSafeInteger(number)) ? number : text;
}
