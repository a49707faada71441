import { SqlFailure } from './failure';
import { versionAt } from './history';
import { inBackticks, type TableName } from './names';
import type { QueryScope } from './query';
import type { Session } from './session';
import { rowsAt } from './storage';
import type { TableRecord } from './table-records';

/** @throws SqlFailure TABLE_OR_VIEW_NOT_FOUND */
export function requireTable(session: Session, name: TableName): TableRecord {
  const table = session.tables.find(name);
  if (table === undefined) {
    throw new SqlFailure(
      'TABLE_OR_VIEW_NOT_FOUND',
      '42P01',
      `The table or view ${inBackticks(name.catalog, name.schema, name.table)} cannot be found. Verify the spelling and correctness of the schema and catalog.`,
    );
  }
  return table;
}

/** The scope of a statement's queries: its parameters and the metastore's tables. */
export function queryScope(session: Session): QueryScope {
  return {
    bindings: session.bindings,
    defaults: session.defaults,
    rowsOf: (name, at) => rowsAt(versionAt(requireTable(session, name), at)),
  };
}
