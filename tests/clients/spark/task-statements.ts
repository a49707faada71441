import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logTo } from '../../../src/agent/log';
import { connectWorkspace } from '../../../src/connection/connect';
import { createWorkspaceClient, type WorkspaceClient } from '../../../src/databricks/workspace-client';
import { checkWarehouse } from '../../../tasks/DatabricksCheckConnection/checks/warehouse';
import { readTable } from '../../../tasks/DatabricksEvaluateModel/read-table';
import { AutoClock } from '../../support/auto-clock';
import { root } from '../../support/declared';
import { FakeHost, tokenConnection } from '../../support/fake-host';
import type { TestWorkspace } from '../../support/local-workspace';
import { surroundings } from '../../unit/connection/surroundings';
import type { AskedStatement } from './comparison';

/** Statements that a task sent, and the files of tasks and sources that sent them. */
export interface TaskStatements {
  readonly statements: readonly AskedStatement[];
  readonly senders: ReadonlySet<string>;
}

const NAMES_OF_COLUMNS = { required: ['id', 'y', 'p_`old`', 'p_champion'], optional: ['version', 'region', 'Größe'] };

/** Runs what of the tasks sends statements over the tables that `prepare` makes, and records each statement. */
export async function recordTaskStatements(workspace: TestWorkspace, schema: string): Promise<TaskStatements> {
  const statements: AskedStatement[] = [];
  const senders = new Set<string>();
  const client = clientOf(workspace);
  const send = client.statements.execute.bind(client.statements);
  client.statements.execute = (request) => {
    const sender = senderOf(new Error().stack ?? '');
    if (sender !== undefined) {
      senders.add(sender);
    }
    const parameters = (request.parameters ?? []).map(
      ({ name, type = 'STRING', value }) => [name, [type, value]] as const,
    );
    statements.push({ schema, statement: request.statement, parameters: Object.fromEntries(parameters) });
    return send(request);
  };
  const { value: warehouse } = await client.warehouses.list().next();
  const prepare = (statement: string) => client.statements.execute({ statement, warehouseId: warehouse?.id ?? '' });
  for (const statement of preparation(schema)) {
    await prepare(statement);
  }
  await checkWarehouse({
    workspace: client,
    subjects: { warehouse: '' },
    identity: () => client.identity.current(),
  } as unknown as Parameters<typeof checkWarehouse>[0]);
  const log = logTo(new FakeHost());
  for (const table of ['predictions', 'empty', 'Odd_name2']) {
    await readTable(client, `${schema}.${table}`, '', NAMES_OF_COLUMNS, log);
    await readTable(client, `${schema}.${table}`, '', { required: ['none of them'], optional: [] }, log);
    await prepare(`INSERT INTO ${schema}.\`${table}\` SELECT * FROM ${schema}.\`${table}\``);
    await readTable(client, `${schema}.${table}`, '', NAMES_OF_COLUMNS, log);
  }
  return { statements, senders };
}

/** The files of tasks and sources in which a statement is sent. */
export function sendingFiles(): string[] {
  return ['src', 'tasks'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .map((file) => join(room, file))
      .filter((file) => file.endsWith('.ts') && /statements\.execute\(/.test(readFileSync(join(root, file), 'utf8'))),
  );
}

/** A prediction table as jobs write it, one without rows, and one whose name needs care. */
function preparation(schema: string): string[] {
  const columns = '(id STRING, y DOUBLE, `p_``old``` DOUBLE, p_champion DOUBLE, version BIGINT, `Größe` DECIMAL(5,2))';
  return [
    `CREATE OR REPLACE TABLE ${schema}.predictions ${columns}`,
    `INSERT INTO ${schema}.predictions VALUES ('a', 1e0, 0.1e0, NULL, 3, 1.25), ('b\\'"', -0e0, 1e-300, 2e0, NULL, -0.5), (NULL, CAST('NaN' AS DOUBLE), 1e7, 0.30000000000000004e0, 9007199254740993, NULL)`,
    `DELETE FROM ${schema}.predictions WHERE id = 'a'`,
    `CREATE TABLE ${schema}.empty ${columns}`,
    `CREATE TABLE ${schema}.\`Odd_name2\` AS SELECT * FROM ${schema}.predictions VERSION AS OF 1`,
  ];
}

function senderOf(stack: string): string | undefined {
  return /[/\\]((?:src|tasks)[/\\](?!databricks[/\\]statements\.ts)[^:)]+\.ts)/.exec(stack)?.[1];
}

function clientOf({ url, token }: TestWorkspace): WorkspaceClient {
  const selection = { kind: 'databricks', connection: tokenConnection(url, token), workspaceUrl: url } as const;
  const client = createWorkspaceClient(connectWorkspace(selection, { ...surroundings(), clock: new AutoClock() }));
  assert.ok(Object.hasOwn(client, 'statements'));
  return client;
}
