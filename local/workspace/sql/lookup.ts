import { SqlFailure } from './failure';
import { inBackticks, type TableName } from './names';
import type { QueryScope } from './query';
import type { Session } from './session';
import { rowsAt } from './storage';
import { newest, type TableRecord, type TableVersion } from './table-records';

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

/** A version of a table; the newest when none is named. @throws SqlFailure DELTA_VERSION_NOT_FOUND */
export function requireVersion(table: TableRecord, version: number | undefined): TableVersion {
  const last = newest(table);
  const found = version === undefined ? last : table.versions.find((candidate) => candidate.version === version);
  if (found === undefined) {
    throw new SqlFailure(
      'DELTA_VERSION_NOT_FOUND',
      '22003',
      `Cannot time travel Delta table to version ${version}. Available versions: [0, ${last.version}].`,
    );
  }
  return found;
}

/** The scope of a statement's queries: its parameters and the metastore's tables. */
export function queryScope(session: Session): QueryScope {
  return {
    bindings: session.bindings,
    defaults: session.defaults,
    rowsOf: (name, version) => rowsAt(requireVersion(requireTable(session, name), version)),
  };
}
