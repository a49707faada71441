import type { Operation, Service, Workspace } from '../api';
import { objectPermissionOperations } from '../permissions/object-permissions';
import { artifactCredentialOperations } from './artifact-credentials';
import { artifactOperations } from './artifacts';
import { textUnder } from './entries';
import { experimentOperations } from './experiments';
import { loggedModelSearchOperations } from './logged-model-search';
import { loggedModelOperations } from './logged-models';
import { metricHistoryOperations } from './metric-history';
import { runDataOperations } from './run-data';
import { runDeletionOperations } from './run-deletion';
import { runSearchOperations } from './run-search';
import { runOperations } from './runs';
import { trackingOf } from './tracking';

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
      ...experimentPermissions(workspace),
    ],
  };
}

function experimentPermissions(workspace: Workspace): readonly Operation[] {
  return objectPermissionOperations(workspace, {
    path: 'experiments',
    type: 'mlflowExperiment',
    levels: {
      CAN_READ: 'Can view the experiment and its runs',
      CAN_EDIT: 'Can view the experiment, and log and change runs',
      CAN_MANAGE: 'Can do everything with the experiment',
    },
    creatorLevel: 'CAN_MANAGE',
    enforced: false,
    creator: (id) => {
      const experiment = trackingOf(workspace).experiments.get(id);
      return experiment && (textUnder(experiment.tags, 'mlflow.ownerEmail') ?? '');
    },
  });
}
