import type { Service, Workspace } from '../api';
import { catalogModelOperations } from './catalog-models';
import { catalogTagOperations } from './catalog-tags';
import { catalogVersionOperations } from './catalog-versions';
import { mlflowModelOperations } from './mlflow-models';
import { mlflowVersionOperations } from './mlflow-versions';
import { namespaceOperations } from './namespace-operations';
import { metastoreId } from './namespaces';
import { temporaryCredentialOperations } from './temporary-credentials';
import { volumeOperations } from './volume-operations';

/** Unity Catalog: catalogs, schemas, volumes, and models in both dialects over one state. A fresh metastore gets its first catalogs. */
export function createUnityCatalog(workspace: Workspace): Service {
  metastoreId(workspace.metastore, workspace.clock.now());
  return {
    operations: [
      ...namespaceOperations,
      ...volumeOperations,
      ...mlflowModelOperations,
      ...mlflowVersionOperations,
      ...catalogModelOperations,
      ...catalogVersionOperations,
      ...catalogTagOperations,
      ...temporaryCredentialOperations,
    ],
  };
}
