import { ApiError } from '../api';
import { listCatalogs, listSchemas } from '../unity-catalog/namespaces';
import { commentOnTable, setProperties, unsetProperties } from './alter-table';
import type { Command } from './commands';
import { SqlFailure } from './failure';
import { requireTable } from './lookup';
import { fullName, schemaName, tableName } from './names';
import { createSchema, requireSchema } from './namespaces';
import {
  arrayColumn,
  column,
  mapColumn,
  NOTHING,
  type ResultColumn,
  type StatementResult,
  structColumn,
} from './result';
import { runGrants } from './run-grants';
import type { Session } from './session';
import { newest, type TableRecord, type TableVersion } from './table-records';
import { typeText } from './types';
import { timestampText } from './values';

/** Runs a command. @throws SqlFailure when what it names does not exist */
export async function runCommand(command: Command, session: Session): Promise<StatementResult> {
  switch (command.kind) {
    case 'createSchema': {
      const { catalog, schema } = schemaName(command.name, session.defaults);
      createSchema(session, catalog, schema, command.ifNotExists, command.comment);
      return NOTHING;
    }
    case 'describeTable':
      return describeTable(command.name, session);
    case 'describeDetail':
      return describeDetail(command.name, session);
    case 'describeHistory':
      return describeHistory(command.name, command.limit, session);
    case 'showCatalogs':
      return answer(
        [column('catalog')],
        listCatalogs(session.metastore)
          .filter(({ name }) => session.sees?.(name) ?? true)
          .map(({ name }) => [name]),
      );
    case 'showSchemas':
      return showSchemas(command.catalog ?? session.defaults.catalog ?? '', session);
    case 'showProperties':
      return showProperties(command.name, command.key, session);
    case 'setProperties':
      return setProperties(command.name, command.properties, session);
    case 'unsetProperties':
      return unsetProperties(command.name, command.keys, session);
    case 'commentOnTable':
      return commentOnTable(command.name, command.comment, session);
    case 'grant':
    case 'revoke':
    case 'showGrants':
      return runGrants(command, session);
    case 'showTables':
      return showTables(command.schema ?? [session.defaults.schema ?? ''], session);
  }
}

function answer(columns: readonly ResultColumn[], rows: readonly (readonly (string | null)[])[]): StatementResult {
  return { columns, rows, truncated: false };
}

function describeTable(name: readonly string[], session: Session): StatementResult {
  const table = requireTable(session, tableName(name, session.defaults));
  return answer(
    [column('col_name'), column('data_type'), column('comment')],
    newest(table).columns.map((described) => [
      described.name,
      typeText(described.type).toLowerCase(),
      described.comment ?? null,
    ]),
  );
}

function describeDetail(name: readonly string[], session: Session): StatementResult {
  const table = requireTable(session, tableName(name, session.defaults));
  return answer(
    [
      column('format'),
      column('id'),
      column('name'),
      column('description'),
      column('location'),
      column('createdAt', 'TIMESTAMP'),
      column('lastModified', 'TIMESTAMP'),
      arrayColumn('partitionColumns'),
      arrayColumn('clusteringColumns'),
      column('numFiles', 'BIGINT'),
      column('sizeInBytes', 'BIGINT'),
      mapColumn('properties'),
      column('minReaderVersion', 'INT'),
      column('minWriterVersion', 'INT'),
      arrayColumn('tableFeatures'),
    ],
    [
      [
        'delta',
        table.id,
        fullName({ catalog: table.catalog, schema: table.schema, table: table.name }),
        table.comment ?? null,
        // Rows are in the workspace's own database: there is no folder of files to name or to measure.
        '',
        timeText(table.createdAt),
        timeText(newest(table).timestamp),
        '[]',
        '[]',
        null,
        null,
        JSON.stringify(table.properties),
        '1',
        '2',
        '["appendOnly","invariants"]',
      ],
    ],
  );
}

const HISTORY = [
  column('version', 'BIGINT'),
  column('timestamp', 'TIMESTAMP'),
  column('userId'),
  column('userName'),
  column('operation'),
  mapColumn('operationParameters'),
  structColumn(
    'job',
    'jobId: STRING, jobName: STRING, jobRunId: STRING, runId: STRING, jobOwnerId: STRING, triggerType: STRING',
  ),
  structColumn('notebook', 'notebookId: STRING'),
  column('clusterId'),
  column('readVersion', 'BIGINT'),
  column('isolationLevel'),
  column('isBlindAppend', 'BOOLEAN'),
  mapColumn('operationMetrics'),
  column('userMetadata'),
  column('engineInfo'),
];

/** Newest first, as Delta shows it. */
function describeHistory(name: readonly string[], limit: number | undefined, session: Session): StatementResult {
  const table = requireTable(session, tableName(name, session.defaults));
  return answer(HISTORY, [...table.versions].reverse().slice(0, limit).map(historyRow));
}

function historyRow(version: TableVersion): (string | null)[] {
  return [
    String(version.version),
    timeText(version.timestamp),
    version.userId,
    version.userName,
    version.operation,
    JSON.stringify(version.operationParameters),
    null,
    null,
    null,
    version.version === 0 ? null : String(version.version - 1),
    isolationLevel(version),
    String(isBlindAppend(version)),
    JSON.stringify(version.operationMetrics),
    null,
    'Databricks-MLOps-Local-Workspace',
  ];
}

/** Databricks commits what changes no row at a level of its own (its documented default for tables is WriteSerializable). */
function isolationLevel({ operation }: TableVersion): string {
  return ROW_CHANGES.has(operation) ? 'WriteSerializable' : 'SnapshotIsolation';
}

const ROW_CHANGES = new Set([
  'WRITE',
  'DELETE',
  'UPDATE',
  'MERGE',
  'CREATE TABLE AS SELECT',
  'CREATE OR REPLACE TABLE AS SELECT',
]);

/** Added rows without reading any: appends, and what defines a table. */
function isBlindAppend({ operation, operationParameters }: TableVersion): boolean {
  return operation === 'WRITE'
    ? operationParameters.mode === 'Append'
    : !['DELETE', 'UPDATE', 'MERGE'].includes(operation);
}

function timeText(milliseconds: number): string {
  return timestampText(BigInt(Math.trunc(milliseconds)) * 1000n);
}

function showSchemas(catalog: string, session: Session): StatementResult {
  try {
    return answer(
      [column('databaseName')],
      listSchemas(session.metastore, catalog)
        .filter(({ name }) => session.sees?.(`${catalog}.${name}`) ?? true)
        .map(({ name }) => [name]),
    );
  } catch (error) {
    if (error instanceof ApiError) {
      throw new SqlFailure('NO_SUCH_CATALOG_EXCEPTION', '42704', `Catalog '${catalog}' was not found.`);
    }
    throw error;
  }
}

/** All properties by key, or one; a key that is not there is said in the value, as Spark says it. */
function showProperties(name: readonly string[], key: string | undefined, session: Session): StatementResult {
  const table = requireTable(session, tableName(name, session.defaults));
  const columns = [column('key'), column('value')];
  if (key === undefined) {
    return answer(
      columns,
      Object.entries(propertiesOf(table)).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  }
  const missing = `Table ${fullName({ catalog: table.catalog, schema: table.schema, table: table.name })} does not have property: ${key}`;
  return answer(columns, [[key, propertiesOf(table)[key] ?? missing]]);
}

/** A table's own properties, with the two that Delta adds. */
function propertiesOf(table: TableRecord): Readonly<Record<string, string>> {
  return { ...table.properties, 'delta.minReaderVersion': '1', 'delta.minWriterVersion': '2' };
}

function showTables(name: readonly string[], session: Session): StatementResult {
  const { catalog, schema } = schemaName(name, session.defaults);
  requireSchema(session, catalog, schema);
  return answer(
    [column('database'), column('tableName'), column('isTemporary', 'BOOLEAN')],
    session.tables.list(catalog, schema).map((table) => [schema, table.name, 'false']),
  );
}
