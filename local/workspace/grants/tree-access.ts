import { ApiError, type Workspace } from '../api';
import { TREE_LEVELS, TreePermissions } from '../permissions/tree-permissions';
import type { Access } from './access';

/** What a request wants of an object of the tree, with the word of the refusal and the levels that allow it. */
const NEEDS = {
  view: { word: 'View', levels: Object.keys(TREE_LEVELS) },
  edit: { word: 'Edit', levels: ['CAN_EDIT', 'CAN_MANAGE'] },
  manage: { word: 'Manage', levels: ['CAN_MANAGE'] },
} as const;
export type TreeNeed = keyof typeof NEEDS;

/** Folders that everybody finds their way through; what they hold is shown to whom it is permitted. */
const OPEN = ['/', '/Users'];

/** Whom the permissions of the tree let do what. */
export class TreeAccess {
  readonly #permissions;

  constructor(workspace: Workspace) {
    this.#permissions = new TreePermissions(workspace);
  }

  /** @param path canonical */
  may({ identity }: Access, path: string, need: TreeNeed): boolean {
    return (
      identity.administrator ||
      this.#permissions.grants(path, identity.names, NEEDS[need].levels) ||
      (need === 'view' && (OPEN.includes(path) || this.#permissions.leadsTo(path, identity.names)))
    );
  }

  /**
   * Refuses also for what does not exist: who may not see a folder is not told what is in it. The words follow those that the service was
   * seen to use for clusters; that they are the same here is [U].
   * @throws ApiError 403 PERMISSION_DENIED
   */
  require(access: Access, path: string, need: TreeNeed): void {
    if (!this.may(access, path, need)) {
      const { userName } = access.identity.principal;
      throw new ApiError(
        403,
        'PERMISSION_DENIED',
        `${userName} does not have ${NEEDS[need].word} permissions on ${path}. Please contact your administrator for access.`,
      );
    }
  }
}
