import type { Service, Workspace } from '../api';
import { metastoreId } from '../unity-catalog/namespaces';
import type { MetastoreTables } from './metastore-tables';
import { createStatements } from './statements';
import { tableOperations } from './tables-api';
import { warehouseOperations } from './warehouses';

export { SqlFailure } from './failure';
export { type MetastoreTables, openTables } from './metastore-tables';
export { Bindings } from './parameters';
export { splitStatements } from './prepare';
export type { StatementResult } from './result';
export { runStatement as executeStatement } from './run-statement';
export { isSymbol, isWord, type Token, tokenize, tokensToSql } from './tokens';
export { warehouseId } from './warehouses';

/** SQL of one workspace over the tables of the metastore. Whoever opened the tables closes them. */
export function createSql(workspace: Workspace, tables: MetastoreTables): Service {
  metastoreId(workspace.metastore, workspace.clock.now());
  const statements = createStatements(workspace, tables);
  return {
    operations: [...statements.operations, ...warehouseOperations(workspace), ...tableOperations(workspace, tables)],
    open: statements.open,
    stop: statements.stop,
  };
}
