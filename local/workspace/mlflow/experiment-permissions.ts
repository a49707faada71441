import type { Operation, Workspace } from '../api';
import { type Permission, permissionOf } from '../permissions/access-list';
import { keptPermissions } from '../permissions/kept-permissions';
import { objectPermissionOperations } from '../permissions/object-permissions';
import { trackingOf } from './tracking';

const KIND = 'experiments';

/**
 * What an experiment's own list says; what the folders above it permit comes to that. One that has none, such as one of an older data
 * folder, permits nobody by itself: its maker is known from a tag only, which whoever edits it can change.
 */
export function experimentPermissions(workspace: Workspace, id: string): readonly Permission[] {
  return keptPermissions(workspace, KIND).get(id) ?? [];
}

/** Lets its maker do everything with a new experiment. */
export function permitMaker(workspace: Workspace, id: string, maker: string): void {
  keptPermissions(workspace, KIND).put(id, [permissionOf(maker, 'CAN_MANAGE')]);
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
    lacks: 'the entries of the folders above it',
    permissions: (id) =>
      trackingOf(workspace).experiments.get(id) === undefined ? undefined : experimentPermissions(workspace, id),
  });
}
