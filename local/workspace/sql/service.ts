import type { Service, Workspace } from '../api';
import { metastoreId } from '../unity-catalog/namespaces';
import type { MetastoreTables } from './metastore-tables';
import { statementOperations } from './statements';
import { tableOperations } from './tables-api';
import { warehouseOperations } from './warehouses';

export { type MetastoreTables, openTables } from './metastore-tables';
export { warehouseId } from './warehouses';

/** SQL of one workspace over the tables of the metastore. Whoever opened the tables closes them. */
export function createSql(workspace: Workspace, tables: MetastoreTables): Service {
  metastoreId(workspace.metastore, workspace.clock.now());
  return {
    operations: [
      ...statementOperations(workspace, tables),
      ...warehouseOperations(workspace),
      ...tableOperations(workspace, tables),
    ],
  };
}
