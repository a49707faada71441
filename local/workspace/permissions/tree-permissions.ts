import type { Workspace } from '../api';
import { type Permission, permissionOf } from './access-list';
import { keptPermissions } from './kept-permissions';

/** Levels of folders, notebooks and files, the weakest first. */
export const TREE_LEVELS = {
  CAN_READ: 'Can view and export it',
  CAN_RUN: 'Can view, export and run it',
  CAN_EDIT: 'Can view, run and change it',
  CAN_MANAGE: 'Can do everything with it, and make and delete what is in it',
} as const;

/** Permissions that an object has from a folder above it. */
export interface Inherited {
  readonly permission: Permission;
  /** Canonical path of the folder. */
  readonly from: string;
}

/**
 * Who may do what in the tree of folders, notebooks, files and experiments: what a folder permits holds for all below it. A home folder
 * belongs to whom it is named after, and everybody manages /Shared, until a request says otherwise.
 */
export class TreePermissions {
  readonly #kept;

  constructor(workspace: Pick<Workspace, 'store'>) {
    this.#kept = keptPermissions(workspace, 'tree');
  }

  /** What stands on the object itself. @param path canonical */
  own(path: string): readonly Permission[] {
    return this.#kept.get(path) ?? firstPermissions(path);
  }

  /** From the nearest folder to the farthest; administrators aside, who inherit from the root. */
  inherited(path: string): readonly Inherited[] {
    return foldersAbove(path).flatMap((from) => this.own(from).map((permission) => ({ permission, from })));
  }

  put(path: string, permissions: readonly Permission[]): void {
    this.#kept.put(path, permissions);
  }

  /** Forgets the permissions of what was removed, and of all below it. */
  forget(path: string): void {
    for (const key of [path, ...[...this.#kept.entries(`${path}/`)].map(([below]) => below)]) {
      this.#kept.remove(key);
    }
  }

  /** Whether one of these names has one of the levels on the object, of its own or from above. */
  grants(path: string, names: ReadonlySet<string>, levels: readonly string[]): boolean {
    return [...this.own(path), ...this.inherited(path).map(({ permission }) => permission)].some((one) =>
      permits(one, names, levels),
    );
  }

  /** Whether something below the folder is shown to one of these names, so that they must find the way to it. */
  leadsTo(path: string, names: ReadonlySet<string>): boolean {
    const below = path === '/' ? '/' : `${path}/`;
    return [...this.#kept.entries(below)].some(([, list]) =>
      list.some((one) => permits(one, names, Object.keys(TREE_LEVELS))),
    );
  }
}

function permits({ name, level }: Permission, names: ReadonlySet<string>, levels: readonly string[]): boolean {
  return levels.includes(level) && names.has(name.toLowerCase());
}

function firstPermissions(path: string): readonly Permission[] {
  if (path === '/Shared') {
    return [{ kind: 'group_name', name: 'users', level: 'CAN_MANAGE' }];
  }
  const home = /^\/Users\/([^/]+)$/.exec(path)?.[1];
  return home === undefined ? [] : [permissionOf(home, 'CAN_MANAGE')];
}

/** `/a/b/c` has `/a/b`, `/a` and `/` above it. */
function foldersAbove(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((_, index) => `/${names.slice(0, names.length - 1 - index).join('/')}`);
}
