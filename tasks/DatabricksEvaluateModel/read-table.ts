import type { Log } from '../../src/agent/log';
import { chooseWarehouse } from '../../src/databricks/choose-warehouse';
import { quoteIdentifier, quoteName } from '../../src/databricks/names';
import type { StatementResult } from '../../src/databricks/statements';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import type { PredictionData } from '../../src/evaluation/evaluate';
import type { ColumnsToRead } from '../../src/evaluation/predictions';

/**
 * Reads the needed columns of a prediction table at one Delta version: the latest when the step began. Every later read names that
 * version, so a job that writes the table meanwhile changes nothing.
 * @throws TaskError WAREHOUSE_NOT_FOUND, WAREHOUSE_AMBIGUOUS, TABLE_WITHOUT_HISTORY, STATEMENT_FAILED
 */
export async function readTable(
  workspace: WorkspaceClient,
  table: string,
  wantedWarehouse: string,
  columns: ColumnsToRead,
  log: Log,
): Promise<PredictionData> {
  const warehouse = await chooseWarehouse(workspace.warehouses, wantedWarehouse);
  log.info(`Reading ${table} on warehouse ${warehouse.name ?? ''} (${warehouse.id}).`);
  const execute = (statement: string) =>
    workspace.statements.execute({ statement, warehouseId: warehouse.id, repeatable: true });
  const name = quoteName(table);
  const deltaVersion = await latestVersion(await execute(`DESCRIBE HISTORY ${name} LIMIT 1`), table);
  const at = `${name} VERSION AS OF ${deltaVersion}`;
  const present = (await execute(`SELECT * FROM ${at} LIMIT 0`)).columns.map((column) => column.name);
  const wanted = [...columns.required, ...columns.optional].filter((column) => present.includes(column));
  // A column that is missing is a finding of the evaluation, which names it; the rows are counted all the same.
  const list = wanted.length === 0 ? '1' : wanted.map(quoteIdentifier).join(', ');
  const raw = await columnsOf(await execute(`SELECT ${list} FROM ${at}`), wanted);
  return { raw, source: { kind: 'table', table, deltaVersion } };
}

async function latestVersion(history: StatementResult, table: string): Promise<string> {
  const position = history.columns.findIndex((column) => column.name === 'version');
  for await (const row of history.rows()) {
    const version = row[position];
    if (typeof version === 'string' && /^\d+$/.test(version)) {
      return version;
    }
  }
  throw new TaskError('TABLE_WITHOUT_HISTORY', `${table} has no Delta history, so it cannot be read at one version.`, {
    todo: 'Write the predictions into a managed Delta table.',
  });
}

async function columnsOf(result: StatementResult, names: readonly string[]): Promise<PredictionData['raw']> {
  if (result.truncated) {
    throw new TaskError('RESULT_TRUNCATED', 'The warehouse cut the prediction table off.', {
      todo: 'Write fewer rows or shorter columns.',
    });
  }
  const columns = names.map((): (string | null)[] => []);
  let rows = 0;
  for await (const row of result.rows()) {
    columns.forEach((column, index) => {
      column.push(row[index] ?? null);
    });
    rows += 1;
  }
  return { rows, columns: new Map(names.map((name, index) => [name, columns[index] ?? []])) };
}
