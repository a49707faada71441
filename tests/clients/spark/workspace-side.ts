import type { StatementAnswer } from '../../../src/databricks/statement-result';
import type { TestWorkspace } from '../../support/local-workspace';
import type { AskedStatement, Given } from './comparison';

/** Runs statements on the local workspace, one after the other. */
export async function onWorkspace(workspace: TestWorkspace, asked: readonly AskedStatement[]): Promise<Given[]> {
  const { json } = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
  const warehouse = json.warehouses[0]?.id ?? '';
  const given: Given[] = [];
  for (const statement of asked) {
    given.push(await answerOf(workspace, warehouse, statement));
  }
  return given;
}

async function answerOf(workspace: TestWorkspace, warehouse: string, asked: AskedStatement): Promise<Given> {
  const [catalog, schema] = asked.schema.split('.');
  const { json } = await workspace.call<StatementAnswer>('POST', '/api/2.0/sql/statements', {
    statement: asked.statement,
    warehouse_id: warehouse,
    wait_timeout: '50s',
    parameters: Object.entries(asked.parameters).map(([name, [type, value]]) => ({ name, type, value })),
    ...(schema === undefined ? {} : { catalog, schema }),
  });
  if (json.status.state !== 'SUCCEEDED') {
    const message = json.status.error?.message ?? '';
    return { error: /^\[([A-Z0-9_.]+)\]/.exec(message)?.[1] ?? json.status.state, message };
  }
  const columns = json.manifest?.schema?.columns ?? [];
  const rows = json.result?.data_array ?? [];
  return {
    columns: columns.map(({ name, type_text }) => [name, type_text ?? '']),
    rows: rows.map((row) =>
      row.map((cell, place) => (columns[place]?.type_text === 'TIMESTAMP' ? microseconds(cell) : cell)),
    ),
  };
}

/** A time as Spark's side gives it: microseconds since 1970. */
function microseconds(text: string | null): string | null {
  if (text === null) {
    return null;
  }
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? '';
  return String(BigInt(Date.parse(text.replace(/\.\d+Z$/, 'Z'))) * 1000n + BigInt(fraction.padEnd(6, '0')));
}
