import type { Workspace } from '../api';
import type { WorkspaceObject } from './objects';

/** Where objects are whose ids clients were told: permissions are asked for by id. */
export class ObjectPaths {
  readonly #paths;

  constructor({ store }: Pick<Workspace, 'store'>) {
    this.#paths = store.collection<string>('workspace-object-paths');
  }

  /** Notes an object that is shown. */
  note({ objectId, path }: Pick<WorkspaceObject, 'objectId' | 'path'>): void {
    if (this.#paths.get(objectId) === undefined) {
      this.#paths.put(objectId, path);
    }
  }

  /** Canonical path of the object; undefined for an id that nobody was told. It may be gone since. */
  pathOf(objectId: string): string | undefined {
    return this.#paths.get(objectId);
  }
}
