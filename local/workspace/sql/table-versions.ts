import { SqlFailure } from './failure';
import type { Session } from './session';
import { newest, type TableRecord, type TableVersion } from './table-records';

/** The version that a change of the rows makes; `operation` is Delta's name for it. */
export function nextVersion(
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

/** The table with one more version. */
export function withVersion(table: TableRecord, version: TableVersion): TableRecord {
  return { ...table, versions: [...table.versions, version] };
}

/**
 * What Delta asks before rows are taken away, which `delta.appendOnly` forbids: of DELETE, UPDATE and INSERT OVERWRITE whether they touch
 * a row or not, of MERGE when it touched one.
 * @throws SqlFailure DELTA_CANNOT_MODIFY_APPEND_ONLY
 */
export function requireRemovable(table: TableRecord): void {
  if (table.properties['delta.appendOnly']?.toLowerCase() === 'true') {
    throw new SqlFailure(
      'DELTA_CANNOT_MODIFY_APPEND_ONLY',
      '42809',
      `The table ${table.catalog}.${table.schema}.${table.name} allows appends only. To permit updates and deletes, use 'ALTER TABLE ${table.catalog}.${table.schema}.${table.name} SET TBLPROPERTIES (delta.appendOnly=false)'.`,
    );
  }
}
