import type { Workspace } from '../api';
import { type Permission, permissionOf } from '../permissions/access-list';
import { keptPermissions } from '../permissions/kept-permissions';
import type { Endpoint } from './endpoint';

/** What an endpoint's list says: that its maker may everything, until a request changes it. */
export function endpointPermissions(
  workspace: Workspace,
  { id, creator }: Pick<Endpoint, 'id' | 'creator'>,
): readonly Permission[] {
  return keptPermissions(workspace, 'serving-endpoints').get(id) ?? [permissionOf(creator, 'CAN_MANAGE')];
}
