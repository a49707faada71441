import { ApiError } from '../api';
import { listCatalogs, listSchemas } from '../unity-catalog/namespaces';
import type { Command } from './commands';
import { SqlFailure } from './failure';
import { requireTable } from './lookup';
import { fullName, schemaName, tableName } from './names';
import { createSchema, requireSchema } from './namespaces';
import { column, mapColumn, NOTHING, type ResultColumn, type StatementResult } from './result';
import type { Session } from './session';
import { newest, type TableVersion } from './table-records';
import { typeText } from './types';
import { timestampText } from './values';

/** Runs a command. @throws SqlFailure when what it names does not exist */
export function runCommand(command: Command, session: Session): StatementResult {
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
        listCatalogs(session.metastore).map((catalog) => [catalog.name]),
      );
    case 'showSchemas':
      return showSchemas(command.catalog ?? session.defaults.catalog ?? '', session);
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
      column('createdAt', 'TIMESTAMP'),
      column('lastModified', 'TIMESTAMP'),
      mapColumn('properties'),
    ],
    [
      [
        'delta',
        table.id,
        fullName({ catalog: table.catalog, schema: table.schema, table: table.name }),
        table.comment ?? null,
        timeText(table.createdAt),
        timeText(newest(table).timestamp),
        JSON.stringify(table.properties),
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
  column('readVersion', 'BIGINT'),
  column('isBlindAppend', 'BOOLEAN'),
  mapColumn('operationMetrics'),
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
    version.version === 0 ? null : String(version.version - 1),
    String(version.operationParameters.mode === 'Append'),
    JSON.stringify(version.operationMetrics),
  ];
}

function timeText(milliseconds: number): string {
  return timestampText(BigInt(Math.trunc(milliseconds)) * 1000n);
}

function showSchemas(catalog: string, session: Session): StatementResult {
  try {
    return answer(
      [column('databaseName')],
      listSchemas(session.metastore, catalog).map((schema) => [schema.name]),
    );
  } catch (error) {
    if (error instanceof ApiError) {
      throw new SqlFailure('NO_SUCH_CATALOG_EXCEPTION', '42704', `Catalog '${catalog}' was not found.`);
    }
    throw error;
  }
}

function showTables(name: readonly string[], session: Session): StatementResult {
  const { catalog, schema } = schemaName(name, session.defaults);
  requireSchema(session, catalog, schema);
  return answer(
    [column('database'), column('tableName'), column('isTemporary', 'BOOLEAN')],
    session.tables.list(catalog, schema).map((table) => [schema, table.name, 'false']),
  );
}
