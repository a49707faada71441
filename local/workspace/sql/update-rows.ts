import { CLAUSES } from './allow-list';
import { cast } from './casts';
import { columnIn, conditionOf, rowsOf } from './change-rows';
import { renderExpression } from './expressions';
import { SqlFailure, unsupported } from './failure';
import { requireTable } from './lookup';
import { inBackticks, quoted, tableName } from './names';
import { column, type StatementResult } from './result';
import { type Scope, sameName } from './scope';
import type { Session } from './session';
import { replaceRows } from './storage';
import { type Column, newest } from './table-records';
import { nextVersion, requireRemovable, withVersion } from './table-versions';
import { identifier, list, type Node, permitted, tableParts, tagged } from './tree';
import type { Typed } from './type-rules';
import { withConnection } from './writing';

/** `UPDATE name [alias] SET column = value, … [WHERE condition]`; without a match there is no new version, as in Delta. @throws SqlFailure */
export async function updateRows(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'update', value);
  const target = permitted(
    { table: ['name', 'schema', 'catalog', 'alias', 'alias_explicit_as'] },
    'table',
    node.table as Node,
  );
  const name = tableName(tableParts(target), session.defaults);
  const alias = identifier(target.alias) ?? name.table;
  return withConnection(session, async (connection) => {
    const table = requireTable(session, name);
    requireRemovable(table);
    const source = rowsOf(table, alias);
    const scope = { bindings: session.bindings, column: columnIn([source]) };
    const { columns } = newest(table);
    const assigned = new Map<Column, string>();
    for (const [left, right] of list(node.set).map(list)) {
      const target = assignedColumn(columns, alias, identifier(left) ?? '');
      if (assigned.has(target)) {
        throw assignedTwice(target.name);
      }
      assigned.set(target, assignedValue(right, target, scope).sql);
    }
    const condition = conditionOf(node.where_clause, source, session);
    const written = nextVersion(table, session, 'UPDATE', { predicate: JSON.stringify([condition.name]) });
    const values = columns.map((kept) => assigned.get(kept) ?? `${quoted(alias)}.${quoted(kept.name)}`);
    const rows = await replaceRows(connection, written, { alias, sql: condition.sql, values }, session.bindings.values);
    const operationMetrics = { numUpdatedRows: String(rows), numCopiedRows: '0' };
    return {
      ...(rows === 0 ? {} : { save: withVersion(table, { ...written, operationMetrics }) }),
      result: { columns: [column('num_affected_rows', 'BIGINT')], rows: [[String(rows)]], truncated: false },
    };
  });
}

/**
 * The column that the left side of an assignment names, with or without the table's name before it.
 * @throws SqlFailure when there is none
 */
export function assignedColumn(columns: readonly Column[], alias: string, name: string): Column {
  const prefix = `${alias}.`;
  const bare = sameName(name.slice(0, prefix.length), prefix) ? name.slice(prefix.length) : name;
  const found =
    columns.find((candidate) => sameName(candidate.name, name)) ??
    columns.find((candidate) => sameName(candidate.name, bare));
  if (found === undefined) {
    throw new SqlFailure(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      '42703',
      `A column with name ${inBackticks(name)} cannot be resolved; the table has ${columns.map((known) => inBackticks(known.name)).join(', ')}.`,
    );
  }
  return found;
}

/** One column has two values. */
export function assignedTwice(name: string): SqlFailure {
  return new SqlFailure(
    'DELTA_CONFLICT_SET_COLUMN',
    '42701',
    `There is a conflict from these SET columns: ${inBackticks(name)} is assigned more than once.`,
  );
}

/** What is written into a column: the value in the column's type. `DEFAULT` is refused, for no table here has default values. @throws SqlFailure */
export function assignedValue(value: unknown, target: Column, scope: Scope): Typed {
  const [kind, node] = tagged(value);
  if (kind === 'column' && identifier(node.table) === undefined && identifier(node.name)?.toUpperCase() === 'DEFAULT') {
    throw unsupported('DEFAULT as a value');
  }
  return cast(renderExpression(value, scope), target.type);
}
