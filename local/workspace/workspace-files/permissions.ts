import { ApiError, type Call, type Operation, type Reply, type Workspace } from '../api';
import { accessList, levelsOnWire, type Permission, permissionsOnWire, withChanges } from '../permissions/access-list';
import { TREE_LEVELS, TreePermissions } from '../permissions/tree-permissions';
import { ObjectPaths } from './object-paths';
import type { ObjectType, WorkspaceObject, WorkspaceObjects } from './objects';

const KINDS: readonly { readonly path: string; readonly type: string; readonly of: ObjectType }[] = [
  { path: 'directories', type: 'directory', of: 'DIRECTORY' },
  { path: 'notebooks', type: 'notebook', of: 'NOTEBOOK' },
  { path: 'files', type: 'file', of: 'FILE' },
];

/** `/api/2.0/permissions/{directories,notebooks,files}`: an object's own permissions and those that it has from the folders above it. */
export function treePermissionOperations(workspace: Workspace, objects: WorkspaceObjects): readonly Operation[] {
  const permissions = new TreePermissions(workspace);
  const paths = new ObjectPaths(workspace);

  async function known(call: Call, kind: (typeof KINDS)[number]): Promise<WorkspaceObject> {
    const id = call.params.id ?? '';
    const path = paths.pathOf(id);
    const found = path === undefined ? undefined : await objects.find(path);
    if (found === undefined || found.type !== kind.of) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `There is no ${kind.type} with id ${id}.`);
    }
    return found;
  }

  function shown({ path, objectId: id }: WorkspaceObject, kind: (typeof KINDS)[number]): Reply {
    const inherited = permissions.inherited(path).map(({ permission, from }) => ({
      permission,
      from: `/directories/${objects.idOf(from)}`,
    }));
    const object = { id, type: kind.type, root: `/${kind.path}/`, top: `/directories/${objects.idOf('/')}` };
    return { json: permissionsOnWire(object, permissions.own(path), inherited) };
  }

  async function change(
    call: Call,
    kind: (typeof KINDS)[number],
    next: (former: readonly Permission[], given: readonly Permission[]) => readonly Permission[],
  ): Promise<Reply> {
    const given = accessList(await call.json(), Object.keys(TREE_LEVELS));
    const object = await known(call, kind);
    permissions.put(object.path, next(permissions.own(object.path), given));
    return shown(object, kind);
  }

  return KINDS.flatMap((kind): Operation[] => {
    const path = `/api/2.0/permissions/${kind.path}/:id`;
    return [
      {
        method: 'GET',
        path,
        note: 'with what folders above permit',
        handle: async (call) => shown(await known(call, kind), kind),
      },
      { method: 'PUT', path, note: 'replaces all', handle: (call) => change(call, kind, (_former, given) => given) },
      {
        method: 'PATCH',
        path,
        note: 'adds or changes the named ones',
        handle: (call) => change(call, kind, withChanges),
      },
      {
        method: 'GET',
        path: `${path}/permissionLevels`,
        handle: async (call) => {
          await known(call, kind);
          return { json: levelsOnWire(TREE_LEVELS) };
        },
      },
    ];
  });
}
