import { join } from 'node:path';
import { ApiError, type Metastore } from '../api';
import type { Collection } from '../store';
import { fullNameOf, threeLevels } from './names';
import { type Author, changedBy, type Described, type DescribedChange, getSchema } from './namespaces';

/** A managed volume; its key in the store is its full name. */
export interface Volume extends Described {
  readonly fullName: string;
}

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST, or the 404 of a missing catalog or schema */
export function getVolume(metastore: Metastore, fullName: string): Volume {
  const [catalog, schema] = threeLevels(fullName);
  getSchema(metastore, catalog, schema);
  const found = volumes(metastore).get(fullName.toLowerCase());
  if (found === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Volume '${fullName}' does not exist.`);
  }
  return found;
}

/** The volumes of a schema by name. @throws ApiError 404 for a missing catalog or schema */
export function listVolumes(metastore: Metastore, catalog: string, schema: string): readonly Volume[] {
  const parent = getSchema(metastore, catalog, schema);
  return [...volumes(metastore).entries(`${parent.catalog}.${parent.name}.`)].map(([, volume]) => volume);
}

/** @throws ApiError 404 for a missing catalog or schema, 409 RESOURCE_ALREADY_EXISTS */
export function createVolume(
  metastore: Metastore,
  levels: readonly [catalog: string, schema: string, name: string],
  comment: string,
  author: Author,
): Volume {
  return metastore.store.transaction(() => {
    getSchema(metastore, levels[0], levels[1]);
    const fullName = fullNameOf(...levels);
    if (volumes(metastore).get(fullName) !== undefined) {
      throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `Volume '${fullName}' already exists`);
    }
    const volume: Volume = { fullName, comment, owner: author.owner, createdAt: author.now };
    volumes(metastore).put(fullName, volume);
    return volume;
  });
}

/** @throws ApiError 404 as {@link getVolume} */
export function changeVolume(metastore: Metastore, fullName: string, change: DescribedChange, author: Author): Volume {
  return metastore.store.transaction(() => {
    const changed = changedBy(getVolume(metastore, fullName), change, author);
    volumes(metastore).put(changed.fullName, changed);
    return changed;
  });
}

/** Forgets a volume; its files go with {@link volumeFolder}. */
export function forgetVolume(metastore: Metastore, fullName: string): void {
  volumes(metastore).remove(fullName);
}

/** Folder of a volume's files on this machine. */
export function volumeFolder(metastore: Pick<Metastore, 'folder'>, fullName: string): string {
  return join(volumesFolder(metastore), ...fullName.split('.'));
}

/** Folder of the files of all volumes on this machine, with a folder for each level of their names. */
export function volumesFolder(metastore: Pick<Metastore, 'folder'>): string {
  return join(metastore.folder, 'volumes');
}

function volumes(metastore: Metastore): Collection<Volume> {
  return metastore.store.collection('volumes');
}
