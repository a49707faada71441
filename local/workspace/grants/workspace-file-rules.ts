import type { Call, Workspace } from '../api';
import { flag } from '../fields';
import { fieldsOf, textField } from '../request-fields';
import { multipartFields } from '../workspace-files/multipart';
import { ObjectPaths } from '../workspace-files/object-paths';
import { WorkspaceObjects } from '../workspace-files/objects';
import { canonicalPath } from '../workspace-files/paths';
import type { Access } from './access';
import type { Rule } from './catalog-rules';
import { shownOnly } from './object-access';
import { TreeAccess, type TreeNeed } from './tree-access';

const WORKSPACE = '/api/2.0/workspace';

/** Who may do what with folders, notebooks and files, by method and path of the operation. */
export function workspaceFileRules(workspace: Workspace): Readonly<Record<string, Rule>> {
  const tree = new TreeAccess(workspace);
  const objects = new WorkspaceObjects(workspace);
  const paths = new ObjectPaths(workspace);

  const onPath =
    (need: TreeNeed): Rule =>
    async (call, access) => {
      requirePath(access, await textField(call, 'path'), need);
      return undefined;
    };
  /** What is no path is refused, with its reason, by who carries out the request. */
  function requirePath(access: Access, given: string, need: TreeNeed): void {
    if (given.startsWith('/')) {
      tree.require(access, canonicalPath(given), need);
    }
  }
  /** To make something wants CAN MANAGE on the folder, to replace it CAN EDIT on it. */
  async function requireWriting(access: Access, given: string, replaces: boolean): Promise<void> {
    if (!given.startsWith('/')) {
      return;
    }
    const path = canonicalPath(given);
    // A notebook stands without the extension that its source came with.
    const found = (await objects.find(path)) ?? (await objects.find(path.replace(/\.(?:py|sql|ipynb)$/, '')));
    const [at, need]: [string, TreeNeed] = found !== undefined && replaces ? [found.path, 'edit'] : [path, 'manage'];
    tree.require(access, at, need);
  }
  const onKind =
    (need: TreeNeed): Rule =>
    async (call, access) => {
      const path = paths.pathOf(call.params.id ?? '');
      if (path !== undefined) {
        tree.require(access, path, need);
      }
      return undefined;
    };

  return {
    [`POST ${WORKSPACE}/mkdirs`]: async (call, access) => {
      const given = await textField(call, 'path');
      const there = given.startsWith('/') ? await objects.find(canonicalPath(given)) : undefined;
      requirePath(access, given, there === undefined ? 'manage' : 'view');
      return undefined;
    },
    [`POST ${WORKSPACE}/import`]: async (call, access) => {
      const fields = await importFields(call);
      await requireWriting(access, String(fields.path ?? ''), flag(fields, 'overwrite'));
      return undefined;
    },
    'POST /api/2.0/workspace-files/import-file/*path': async (call, access) => {
      await requireWriting(access, `/${call.params.path ?? ''}`, call.query.get('overwrite') === 'true');
      return undefined;
    },
    [`GET ${WORKSPACE}/export`]: onPath('view'),
    [`GET ${WORKSPACE}/get-status`]: onPath('view'),
    [`GET ${WORKSPACE}/list`]: async (call, access) => {
      await onPath('view')(call, access);
      return shownOnly('objects', ({ path }) => tree.may(access, canonicalPath(String(path)), 'view'));
    },
    [`POST ${WORKSPACE}/delete`]: onPath('manage'),
    ...Object.fromEntries(
      ['directories', 'notebooks', 'files'].flatMap((kind): [string, Rule][] => [
        [`GET /api/2.0/permissions/${kind}/:id`, onKind('view')],
        [`GET /api/2.0/permissions/${kind}/:id/permissionLevels`, onKind('view')],
        [`PUT /api/2.0/permissions/${kind}/:id`, onKind('manage')],
        [`PATCH /api/2.0/permissions/${kind}/:id`, onKind('manage')],
      ]),
    ),
  };
}

async function importFields(call: Call) {
  const type = call.headers['content-type'] ?? '';
  return type.startsWith('multipart/') ? multipartFields(type, await call.bytes()) : fieldsOf(call);
}
