import { CLAUSES } from './allow-list';
import { renderExpression } from './expressions';
import { syntaxError } from './failure';
import { alike, boolean } from './functions';
import { queryScope, requireTable } from './lookup';
import { tableName } from './names';
import { renderQuery } from './query';
import { column, type StatementResult } from './result';
import { findColumn, noColumns, type Query, type Source, unresolved } from './scope';
import type { Session } from './session';
import { endRows, insertRows } from './storage';
import { newest, type TableRecord, type TableVersion } from './table-records';
import { identifier, list, type Node, permitted, plainTable } from './tree';
import type { Typed } from './type-rules';
import { withConnection } from './writing';

/** `INSERT INTO | OVERWRITE name [(columns)] VALUES … | SELECT …`. @throws SqlFailure */
export async function insert(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'insert', value);
  const name = tableName(plainTable(node.table), session.defaults);
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

function sourceOf(node: Node, session: Session): Query {
  const scope = { bindings: session.bindings, column: noColumns };
  const rows = list(node.values).map((row) => list(row).map((value) => renderExpression(value, scope)));
  if (rows.length === 0) {
    if (node.query === null || node.query === undefined) {
      throw syntaxError('INSERT wants VALUES or a query.');
    }
    return renderQuery(node.query, queryScope(session));
  }
  return valuesQuery(rows);
}

/** An inline table: the values of a column are cast to the type in which they meet. */
function valuesQuery(rows: readonly (readonly Typed[])[]): Query {
  const width = rows[0]?.length ?? 0;
  if (width === 0 || rows.some((row) => row.length !== width)) {
    throw syntaxError('The rows of VALUES do not all have the same number of values.');
  }
  const columns = Array.from({ length: width }, (_, index) =>
    alike(
      'VALUES',
      rows.flatMap((row) => row.slice(index, index + 1)),
    ),
  );
  return {
    sql: `VALUES ${rows.map((_, place) => `(${columns.map((cells) => cells[place]?.sql).join(', ')})`).join(', ')}`,
    columns: columns.map((cells, index) => ({ name: `col${index + 1}`, type: cells[0]?.type ?? { name: 'VOID' } })),
  };
}

/** `DELETE FROM name [WHERE condition]`; without a match there is no new version, as in Delta. @throws SqlFailure */
export async function deleteRows(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'delete', value);
  const name = tableName(plainTable(node.table), session.defaults);
  return withConnection(session, async (connection) => {
    const table = requireTable(session, name);
    const condition = conditionOf(node, table, session);
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

function conditionOf(node: Node, table: TableRecord, { bindings }: Session): { sql: string; name: string } {
  if (node.where_clause === null) {
    return { sql: 'true', name: 'true' };
  }
  const where = permitted(CLAUSES, 'where_clause', node.where_clause as Node);
  const source: Source = { name: table.name, columns: newest(table).columns };
  const condition = renderExpression(where.this, {
    bindings,
    column: (name, of) => {
      const found = findColumn([source], name, of);
      if (found === undefined) {
        throw unresolved(name);
      }
      return found;
    },
  });
  return { sql: boolean('WHERE', condition), name: condition.name };
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
