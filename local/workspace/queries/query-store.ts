import type { Workspace } from '../api';
import { type Permission, permissionOf } from '../permissions/access-list';
import { keptPermissions } from '../permissions/kept-permissions';

/** A saved query, as `/api/2.0/sql/queries` shows it. */
export interface SavedQuery {
  readonly id: string;
  readonly display_name: string;
  readonly query_text: string;
  readonly owner_user_name: string;
  /** ISO 8601. */
  readonly create_time: string;
  readonly update_time: string;
  readonly lifecycle_state: 'ACTIVE' | 'TRASHED';
  readonly [field: string]: unknown;
}

export function savedQueries(workspace: Workspace) {
  return workspace.store.collection<SavedQuery>('sql-queries');
}

/** What a query's list says: that its owner may everything, until a request changes it. */
export function queryPermissions(
  workspace: Workspace,
  { id, owner_user_name: owner }: SavedQuery,
): readonly Permission[] {
  return keptPermissions(workspace, 'queries').get(id) ?? [permissionOf(owner, 'CAN_MANAGE')];
}

/** Text of a saved query that is not in the trash. */
export function queryText(workspace: Workspace, id: string): string | undefined {
  const query = savedQueries(workspace).get(id);
  return query?.lifecycle_state === 'ACTIVE' ? query.query_text : undefined;
}
