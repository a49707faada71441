import type { Service, Workspace } from '../api';
import { artifactCredentialOperations } from './artifact-credentials';
import { artifactOperations } from './artifacts';
import { experimentPermissionOperations } from './experiment-permissions';
import { experimentOperations } from './experiments';
import { loggedModelSearchOperations } from './logged-model-search';
import { loggedModelOperations } from './logged-models';
import { metricHistoryOperations } from './metric-history';
import { runDataOperations } from './run-data';
import { runDeletionOperations } from './run-deletion';
import { runSearchOperations } from './run-search';
import { runOperations } from './runs';

/** MLflow tracking: experiments, runs, logged models and the listing of their artifacts. */
export function createMlflow(workspace: Workspace): Service {
  return {
    operations: [
      ...experimentOperations,
      ...runOperations,
      ...runDeletionOperations,
      ...runDataOperations,
      ...runSearchOperations(),
      ...metricHistoryOperations,
      ...loggedModelOperations,
      ...loggedModelSearchOperations(),
      ...artifactOperations,
      ...artifactCredentialOperations,
      ...experimentPermissionOperations(workspace),
    ],
  };
}
