import { ApiError, type Call, type Operation, type Reply, type Workspace } from '../api';
import { accessList, levelsOnWire, type Permission, permissionsOnWire, withChanges } from './access-list';
import { type KeptKind, keptPermissions } from './kept-permissions';

/** Objects of one kind that can be permitted; `path` is the kind's part of `/api/2.0/permissions/<path>/<id>`. */
export interface PermittedObjects {
  readonly path: KeptKind;
  /** As `object_type` says it. */
  readonly type: string;
  /** Every level with what it lets do. */
  readonly levels: Readonly<Record<string, string>>;
  /** What the service shows and this workspace does not. */
  readonly lacks?: string;
  /** What the object's list says, the same that `grants` enforces; `undefined` when there is none with this id. */
  permissions(id: string): readonly Permission[] | undefined;
}

/**
 * Permissions of objects of one kind: kept and shown here, enforced by the rules of `grants`. That PUT may leave the creator without any right,
 * and that pipelines may have no or several owners, is [U].
 */
export function objectPermissionOperations(workspace: Workspace, objects: PermittedObjects): readonly Operation[] {
  const kept = keptPermissions(workspace, objects.path);
  const path = `/api/2.0/permissions/${objects.path}/:id`;
  const levels = Object.keys(objects.levels);

  function known(call: Call): { readonly id: string; readonly permissions: readonly Permission[] } {
    const id = call.params.id ?? '';
    const permissions = objects.permissions(id);
    if (permissions === undefined) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `There is no ${objects.type} with id ${id}.`);
    }
    return { id, permissions };
  }

  function shown(id: string, permissions: readonly Permission[]): Reply {
    return { json: permissionsOnWire({ id, type: objects.type, root: `/${objects.path}/` }, permissions) };
  }

  async function change(
    call: Call,
    next: (former: readonly Permission[], given: readonly Permission[]) => readonly Permission[],
  ) {
    const given = accessList(await call.json(), levels);
    const { id, permissions } = known(call);
    const changed = next(permissions, given);
    kept.put(id, changed);
    return shown(id, changed);
  }

  return [
    {
      method: 'GET',
      path,
      note: 'kept and shown; they bind the principals that were described at the start',
      ...(objects.lacks === undefined ? {} : { lacks: objects.lacks }),
      handle: (call) => {
        const { id, permissions } = known(call);
        return shown(id, permissions);
      },
    },
    { method: 'PUT', path, note: 'replaces all', handle: (call) => change(call, (_former, given) => given) },
    { method: 'PATCH', path, note: 'adds or changes the named ones', handle: (call) => change(call, withChanges) },
    {
      method: 'GET',
      path: `${path}/permissionLevels`,
      handle: (call) => {
        known(call);
        return { json: levelsOnWire(objects.levels) };
      },
    },
  ];
}
