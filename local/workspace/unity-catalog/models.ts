import { randomUUID } from 'node:crypto';
import { ApiError, type Metastore } from '../api';
import type { Fields } from '../fields';
import { type Page, pageOfEntries } from '../paging';
import type { Collection } from '../store';
import { fullNameOf, threeLevels } from './names';
import { type Author, getSchema } from './namespaces';
import type { Tag } from './tags';

/** A registered model; its key in the store is its full name. Times are milliseconds since the epoch. */
export interface RegisteredModel {
  readonly id: string;
  /** `catalog.schema.model`, lower case. */
  readonly fullName: string;
  readonly comment: string;
  readonly owner: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  /** The number of the latest version ever made; numbers of deleted versions are not used again. */
  readonly lastVersion: number;
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
  readonly tags: readonly Tag[];
  readonly deploymentJobId?: string;
}

/** One page of the models by full name; of one schema when given. @throws ApiError 404 for a missing catalog or schema, 400 */
export function pageOfModels(
  metastore: Metastore,
  request: Fields,
  limits: { standard: number; most: number },
  schema?: { readonly catalog: string; readonly name: string },
): Page<RegisteredModel> {
  const parent = schema && getSchema(metastore, schema.catalog, schema.name);
  return pageOfEntries(
    models(metastore),
    parent === undefined ? '' : `${parent.catalog}.${parent.name}.`,
    request,
    limits,
  );
}

/** `undefined` when there is no such model. @throws ApiError 400 for a name that is none */
export function findModel(metastore: Metastore, fullName: string): RegisteredModel | undefined {
  return models(metastore).get(fullNameOf(...threeLevels(fullName)));
}

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export function getModel(metastore: Metastore, fullName: string): RegisteredModel {
  const found = findModel(metastore, fullName);
  if (found === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Routine or Model '${fullName}' does not exist.`);
  }
  return found;
}

/** @throws ApiError 404 for a missing catalog or schema, 409 RESOURCE_ALREADY_EXISTS */
export function createModel(
  metastore: Metastore,
  fullName: string,
  given: { readonly comment: string; readonly tags: readonly Tag[]; readonly deploymentJobId?: string },
  author: Author,
): RegisteredModel {
  return metastore.store.transaction(() => {
    const [catalog, schema, name] = threeLevels(fullName);
    getSchema(metastore, catalog, schema);
    const key = fullNameOf(catalog, schema, name);
    if (models(metastore).get(key) !== undefined) {
      throw alreadyExists(key);
    }
    const model: RegisteredModel = {
      id: randomUUID(),
      fullName: key,
      ...given,
      owner: author.owner,
      createdAt: author.now,
      updatedAt: author.now,
      updatedBy: author.owner,
      lastVersion: 0,
      aliases: [],
    };
    models(metastore).put(key, model);
    return model;
  });
}

/** Reads, changes and writes a model in one transaction. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export function changeModel(
  metastore: Metastore,
  fullName: string,
  author: Author,
  change: (model: RegisteredModel) => RegisteredModel,
): RegisteredModel {
  return metastore.store.transaction(() => {
    const model = getModel(metastore, fullName);
    const changed = { ...change(model), updatedAt: author.now, updatedBy: author.owner };
    models(metastore).put(model.fullName, changed);
    return changed;
  });
}

/** 409 by the text of the service. */
export function alreadyExists(fullName: string): ApiError {
  return new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `Routine or Model '${fullName}' already exists`);
}

/** The store's own collection of models, by full name. */
export function models(metastore: Metastore): Collection<RegisteredModel> {
  return metastore.store.collection('registered-models');
}
