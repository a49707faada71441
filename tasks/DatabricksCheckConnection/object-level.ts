import { sameName } from '../../src/databricks/grants';
import type { PermissionObject } from '../../src/databricks/object-permissions';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { ApiError } from '../../src/http/errors';

/**
 * Whether one of the holders has one of the levels on an object of the workspace; `hidden` when the service does not show the
 * identity who has which.
 */
export async function hasLevel(
  { objectPermissions }: WorkspaceClient,
  object: { readonly type: PermissionObject; readonly id: string },
  levels: readonly string[],
  holders: readonly string[],
): Promise<'yes' | 'no' | 'hidden'> {
  try {
    const entries = await objectPermissions.get(object.type, object.id);
    const enough = entries.some(
      (entry) =>
        holders.some((holder) => sameName(holder, entry.principal)) &&
        entry.levels.some((level) => levels.includes(level)),
    );
    return enough ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'PERMISSION_DENIED') {
      return 'hidden';
    }
    throw error;
  }
}
