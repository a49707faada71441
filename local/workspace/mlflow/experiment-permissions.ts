import type { Operation, Workspace } from '../api';
import { type Permission, permissionOf } from '../permissions/access-list';
import { objectPermissionOperations } from '../permissions/object-permissions';
import { textUnder } from './entries';
import { trackingOf } from './tracking';

const KIND = 'experiments';

/** What an experiment's own list says; what the folders above it permit comes to that. */
export function experimentPermissions(workspace: Workspace, id: string): readonly Permission[] {
  return lists(workspace).get(id) ?? [];
}

/** Lets its maker do everything with a new experiment. */
export function permitMaker(workspace: Workspace, id: string, maker: string): void {
  lists(workspace).put(id, [permissionOf(maker, 'CAN_MANAGE')]);
}

/** `/api/2.0/permissions/experiments`. */
export function experimentPermissionOperations(workspace: Workspace): readonly Operation[] {
  return objectPermissionOperations(workspace, {
    path: KIND,
    type: 'mlflowExperiment',
    levels: {
      CAN_READ: 'Can view the experiment and its runs',
      CAN_EDIT: 'Can view the experiment, and log and change runs',
      CAN_MANAGE: 'Can do everything with the experiment',
    },
    creatorLevel: 'CAN_MANAGE',
    lacks: 'the entries of the folders above it',
    creator: (id) => {
      const experiment = trackingOf(workspace).experiments.get(id);
      return experiment && (textUnder(experiment.tags, 'mlflow.ownerEmail') ?? '');
    },
  });
}

function lists({ store }: Workspace) {
  return store.collection<readonly Permission[]>(`permissions/${KIND}`);
}
