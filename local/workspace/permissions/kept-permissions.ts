import type { Workspace } from '../api';
import type { Collection } from '../store';
import type { Permission } from './access-list';

/** Kinds of objects whose lists are kept by themselves, `tree` those of folders, notebooks and files; a job keeps its own in itself. */
export type KeptKind = 'experiments' | 'pipelines' | 'queries' | 'serving-endpoints' | 'tree' | 'warehouses';

/** The lists that the making of objects or a request gave, by id. */
export function keptPermissions(
  { store }: Pick<Workspace, 'store'>,
  kind: KeptKind,
): Collection<readonly Permission[]> {
  return store.collection(`permissions/${kind}`);
}
