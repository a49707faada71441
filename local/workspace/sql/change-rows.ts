import { CLAUSES } from './allow-list';
import { renderExpression } from './expressions';
import { syntaxError } from './failure';
import { queryScope, requireTable } from './lookup';
import { tableName } from './names';
import { renderQuery } from './query';
import { column, type StatementResult } from './result';
import type { Session } from './session';
import { endRows, insertRows } from './storage';
import { newest, type TableRecord, type TableVersion } from './table-records';
import { identifier, list, type Node, permitted, tableParts } from './tree';
import { withConnection } from './writing';

/** `INSERT INTO | OVERWRITE name [(columns)] VALUES … | SELECT …`. @throws SqlFailure */
export async function insert(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'insert', value);
  const name = tableName(tableParts(permitted(CLAUSES, 'table', node.table as Node)), session.defaults);
  const named = list(node.columns).map((name) => identifier(name) ?? '');
  const overwrite = node.overwrite === true;
  return withConnection(session, async (connection) => {
    const table = requireTable(session, name);
    const written = nextVersion(table, session, 'WRITE', { mode: overwrite ? 'Overwrite' : 'Append' });
    const query = sourceOf(node, session);
    if (overwrite) {
      await endRows(connection, written, { alias: name.table, sql: 'true' }, {});
    }
    const rows = await insertRows(connection, written, {
      query,
      bindings: session.bindings,
      targets: named.length > 0 ? named : written.columns.map((target) => target.name),
    });
    return {
      save: withVersion(table, { ...written, operationMetrics: { numOutputRows: String(rows) } }),
      result: {
        columns: [column('num_affected_rows', 'BIGINT'), column('num_inserted_rows', 'BIGINT')],
        rows: [[String(rows), String(rows)]],
        truncated: false,
      },
    };
  });
}

function sourceOf(node: Node, session: Session): string {
  const scope = queryScope(session);
  const rows = list(node.values).map((row) => list(row).map((value) => renderExpression(value, scope).sql));
  if (rows.length === 0) {
    if (node.query === null || node.query === undefined) {
      throw syntaxError('INSERT wants VALUES or a query.');
    }
    return renderQuery(node.query, scope);
  }
  if (rows.some((row) => row.length !== rows[0]?.length || row.length === 0)) {
    throw syntaxError('The rows of VALUES do not all have the same number of values.');
  }
  return `VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`;
}

/** `DELETE FROM name [WHERE condition]`; without a match there is no new version, as in Delta. @throws SqlFailure */
export async function deleteRows(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'delete', value);
  const name = tableName(tableParts(permitted(CLAUSES, 'table', node.table as Node)), session.defaults);
  return withConnection(session, async (connection) => {
    const table = requireTable(session, name);
    const columns = new Set(newest(table).columns.map((known) => known.name.toLowerCase()));
    const where = node.where_clause as Node | null;
    const condition =
      where === null
        ? { sql: 'true', name: 'true' }
        : renderExpression(permitted(CLAUSES, 'where_clause', where).this, { bindings: session.bindings, columns });
    const written = nextVersion(table, session, 'DELETE', { predicate: JSON.stringify([condition.name]) });
    const rows = await endRows(connection, written, { alias: name.table, sql: condition.sql }, session.bindings.values);
    return {
      ...(rows === 0
        ? {}
        : { save: withVersion(table, { ...written, operationMetrics: { numDeletedRows: String(rows) } }) }),
      result: { columns: [column('num_affected_rows', 'BIGINT')], rows: [[String(rows)]], truncated: false },
    };
  });
}

function nextVersion(
  table: TableRecord,
  session: Session,
  operation: string,
  operationParameters: Record<string, string>,
): TableVersion {
  const last = newest(table);
  return {
    version: last.version + 1,
    timestamp: session.now,
    userId: session.principal.id,
    userName: session.principal.userName,
    operation,
    operationParameters,
    operationMetrics: {},
    storage: last.storage,
    columns: last.columns,
  };
}

function withVersion(table: TableRecord, version: TableVersion): TableRecord {
  return { ...table, versions: [...table.versions, version] };
}
