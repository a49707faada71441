import { CLAUSES } from './allow-list';
import { renderExpression } from './expressions';
import { syntaxError } from './failure';
import { inlineTable } from './inline-table';
import { queryScope, requireTable } from './lookup';
import { tableName } from './names';
import { filterCondition } from './operators';
import { renderQuery } from './query';
import { column, type StatementResult } from './result';
import { findColumn, noColumns, type Query, type Scope, type Source, unresolved } from './scope';
import type { Session } from './session';
import { endRows, insertRows } from './storage';
import { newest, type TableRecord } from './table-records';
import { nextVersion, requireRemovable, withVersion } from './table-versions';
import { identifier, list, type Node, permitted, plainTable } from './tree';
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
      requireRemovable(table);
      await endRows(connection, written, { alias: name.table, sql: 'true' }, {});
    }
    const rows = await insertRows(connection, written, {
      query,
      bindings: session.bindings,
      targets: named.length > 0 ? named : written.columns.map((target) => target.name),
    });
    const changed = overwrite || rows > 0;
    return {
      // Delta keeps no version for an append of nothing.
      ...(changed
        ? { save: withVersion(table, { ...written, operationMetrics: { numOutputRows: String(rows) } }) }
        : {}),
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
  return inlineTable(rows);
}

/** `DELETE FROM name [WHERE condition]`; without a match there is no new version, as in Delta. @throws SqlFailure */
export async function deleteRows(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'delete', value);
  const name = tableName(plainTable(node.table), session.defaults);
  return withConnection(session, async (connection) => {
    const table = requireTable(session, name);
    requireRemovable(table);
    const alias = identifier(node.alias) ?? name.table;
    const condition = conditionOf(node.where_clause, rowsOf(table, alias), session);
    const written = nextVersion(table, session, 'DELETE', { predicate: JSON.stringify([condition.name]) });
    const rows = await endRows(connection, written, { alias, sql: condition.sql }, session.bindings.values);
    return {
      ...(rows === 0
        ? {}
        : { save: withVersion(table, { ...written, operationMetrics: { numDeletedRows: String(rows) } }) }),
      result: { columns: [column('num_affected_rows', 'BIGINT')], rows: [[String(rows)]], truncated: false },
    };
  });
}

/** The columns of a table by the name that the statement gives it. */
export function rowsOf(table: TableRecord, name: string): Source {
  return { name, columns: newest(table).columns };
}

/** The condition of a WHERE over one table, and how Spark spells it; all rows without one. @throws SqlFailure */
export function conditionOf(
  clause: unknown,
  source: Source,
  { bindings }: Session,
): { readonly sql: string; readonly name: string } {
  if (clause === null || clause === undefined) {
    return { sql: 'true', name: 'true' };
  }
  const where = permitted(CLAUSES, 'where_clause', clause as Node);
  const condition = renderExpression(where.this, { bindings, column: columnIn([source]) });
  return { sql: filterCondition(condition), name: condition.name };
}

/** Finds columns in these sources. The function throws SqlFailure when there is none or more than one. */
export function columnIn(sources: readonly Source[]): Scope['column'] {
  return (name, table) => {
    const found = findColumn(sources, name, table);
    if (found === undefined) {
      throw unresolved(table === undefined ? name : `${table}.${name}`);
    }
    return found;
  };
}
