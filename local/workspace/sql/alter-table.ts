import { CLAUSES } from './allow-list';
import { readColumn } from './define-table';
import { SqlFailure, unsupported } from './failure';
import { requireTable } from './lookup';
import type { Change } from './metastore-tables';
import { fullName, inBackticks, tableName } from './names';
import { NOTHING, type StatementResult } from './result';
import { sameName } from './scope';
import type { Session } from './session';
import { addColumn } from './storage';
import { newest, type TableRecord } from './table-records';
import { nextVersion, withVersion } from './table-versions';
import { list, type Node, permitted, plainTable, tagged } from './tree';
import { withConnection } from './writing';

/** `ALTER TABLE name ADD COLUMN | COLUMNS (…)`; former rows have NULL in them. @throws SqlFailure */
export async function alterTable(value: Node, session: Session): Promise<StatementResult> {
  const node = permitted(CLAUSES, 'alter_table', value);
  const [action, ...more] = list(node.actions);
  if (more.length > 0) {
    throw unsupported('several changes in one ALTER TABLE');
  }
  const added = addedColumns(action).map((column) => readColumn(column as Node));
  const name = tableName(plainTable(node.name), session.defaults);
  return withConnection(session, async (connection): Promise<Change<StatementResult>> => {
    const table = requireTable(session, name);
    const { columns, storage } = newest(table);
    for (const [index, column] of added.entries()) {
      if (added.slice(0, index).some((known) => sameName(known.name, column.name))) {
        throw new SqlFailure(
          'COLUMN_ALREADY_EXISTS',
          '42711',
          `The column ${inBackticks(column.name)} already exists; choose another name.`,
        );
      }
      if (columns.some((known) => sameName(known.name, column.name))) {
        throw new SqlFailure(
          'FIELD_ALREADY_EXISTS',
          '42710',
          `Cannot add column, because ${inBackticks(column.name)} already exists in ${inBackticks(fullName(name))}.`,
        );
      }
      if (!column.nullable) {
        throw unsupported('ADD COLUMN with NOT NULL');
      }
      await addColumn(connection, storage, column);
    }
    const described = added.map((column) => ({ column: { name: column.name, type: column.type.name.toLowerCase() } }));
    const version = nextVersion(table, session, 'ADD COLUMNS', { columns: JSON.stringify(described) });
    return { save: withVersion(table, { ...version, columns: [...columns, ...added] }), result: NOTHING };
  });
}

function addedColumns(action: unknown): readonly unknown[] {
  const [kind, content] = tagged(action);
  if (kind === 'AddColumns') {
    return list(permitted(CLAUSES, kind, content).columns);
  }
  if (kind === 'AddColumn') {
    return [permitted(CLAUSES, kind, content).column];
  }
  const spelling = kind === 'Raw' ? String(content.sql) : kind.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toUpperCase();
  throw unsupported(`${spelling} in ALTER TABLE`);
}

/** `ALTER TABLE name SET TBLPROPERTIES (…)`. @throws SqlFailure */
export function setProperties(
  name: readonly string[],
  properties: readonly (readonly [key: string, value: string])[],
  session: Session,
): Promise<StatementResult> {
  const given = Object.fromEntries(properties);
  return changed(name, session, 'SET TBLPROPERTIES', { properties: JSON.stringify(given) }, (table) => ({
    ...table,
    properties: { ...table.properties, ...given },
  }));
}

/** `ALTER TABLE name UNSET TBLPROPERTIES [IF EXISTS] (…)`; what is not there is no error, for Delta takes each removal as IF EXISTS. @throws SqlFailure */
export function unsetProperties(
  name: readonly string[],
  keys: readonly string[],
  session: Session,
): Promise<StatementResult> {
  return changed(name, session, 'UNSET TBLPROPERTIES', { properties: JSON.stringify(keys) }, (table) => ({
    ...table,
    properties: Object.fromEntries(Object.entries(table.properties).filter(([key]) => !keys.includes(key))),
  }));
}

/** `COMMENT ON TABLE name IS …`, which Delta records as a property that is set. @throws SqlFailure */
export function commentOnTable(
  name: readonly string[],
  comment: string | null,
  session: Session,
): Promise<StatementResult> {
  const parameters = { properties: JSON.stringify({ comment }) };
  return changed(name, session, 'SET TBLPROPERTIES', parameters, ({ comment: _former, ...table }) => ({
    ...table,
    ...(comment === null ? {} : { comment }),
  }));
}

/** Makes a version whose rows are those of the one before. */
function changed(
  parts: readonly string[],
  session: Session,
  operation: string,
  parameters: Record<string, string>,
  change: (table: TableRecord) => TableRecord,
): Promise<StatementResult> {
  const name = tableName(parts, session.defaults);
  return withConnection(session, async (): Promise<Change<StatementResult>> => {
    const table = change(requireTable(session, name));
    return { save: withVersion(table, nextVersion(table, session, operation, parameters)), result: NOTHING };
  });
}
