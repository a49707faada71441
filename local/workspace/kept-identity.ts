import { randomUUID } from 'node:crypto';
import { numericId } from './identity/principals';
import type { Collection, Store } from './store';

/** What a workspace of a data folder keeps over its starts, so that ids and links stay true. */
interface Kept {
  /** Numeric id as text; another one in each data folder. */
  readonly id: string;
  /** The port of its last start. */
  readonly port?: number;
}

/** Id and last port of each workspace of a data folder, by name. */
export class KeptIdentities {
  readonly #kept: Collection<Kept>;

  constructor(metastore: Store) {
    this.#kept = metastore.collection<Kept>('workspace-identities');
  }

  /** The id of a workspace, made at its first start. */
  idOf(name: string): string {
    const known = this.#kept.get(name);
    if (known !== undefined) {
      return known.id;
    }
    const id = numericId(`workspace:${name}:${randomUUID()}`);
    this.#kept.put(name, { id });
    return id;
  }

  /** The port of the last start; 0, which takes a free one, before there was any. */
  portOf(name: string): number {
    return this.#kept.get(name)?.port ?? 0;
  }

  keepPort(name: string, port: number): void {
    this.#kept.put(name, { id: this.idOf(name), port });
  }
}
