import { randomUUID } from 'node:crypto';
import { ApiError, type Metastore } from '../api';
import { type Fields, invalid } from '../fields';
import type { KeyValue, Metric } from '../mlflow/types';
import { type Page, pageOfEntries } from '../paging';
import type { Collection } from '../store';
import { alreadyExists, getModel, models, type RegisteredModel } from './models';
import { fullNameOf, threeLevels } from './names';
import { type Author, getSchema } from './namespaces';
import { type Tag, withTags } from './tags';

export type ModelVersionStatus = 'PENDING_REGISTRATION' | 'READY' | 'FAILED_REGISTRATION';

/** A version of a registered model; its key in the store is `<full name>/<number, 12 digits>`. */
export interface ModelVersion {
  readonly id: string;
  readonly fullName: string;
  readonly version: number;
  readonly source: string;
  readonly runId: string;
  readonly runExperimentId: string;
  /** Id of the workspace that the run belongs to; empty when there is no run. */
  readonly runWorkspaceId: string;
  /** Id of the MLflow 3 logged model, or empty. */
  readonly modelId: string;
  readonly modelParams: readonly KeyValue[];
  readonly modelMetrics: readonly Metric[];
  /** In the wire form of the dialect that it came in. */
  readonly dependencies: readonly unknown[];
  readonly comment: string;
  readonly status: ModelVersionStatus;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** What the creator of a version says about it. */
export type NewVersion = Pick<
  ModelVersion,
  | 'source'
  | 'runId'
  | 'runExperimentId'
  | 'runWorkspaceId'
  | 'modelId'
  | 'modelParams'
  | 'modelMetrics'
  | 'dependencies'
  | 'comment'
  | 'tags'
>;

/** Deletes a model with all its versions; the caller removes their files. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export function deleteModel(metastore: Metastore, fullName: string): readonly ModelVersion[] {
  return metastore.store.transaction(() => {
    const model = getModel(metastore, fullName);
    const all = listVersions(metastore, model.fullName);
    for (const { version } of all) {
      versions(metastore).remove(versionKey(model.fullName, version));
    }
    models(metastore).remove(model.fullName);
    return all;
  });
}

/** Gives a model and its versions another name. @throws ApiError 404 for a missing model or schema, 409 when the new name is taken */
export function renameModel(metastore: Metastore, fullName: string, newName: string, author: Author): RegisteredModel {
  return metastore.store.transaction(() => {
    const [catalog, schema, name] = threeLevels(newName);
    getSchema(metastore, catalog, schema);
    const target = fullNameOf(catalog, schema, name);
    if (models(metastore).get(target) !== undefined) {
      throw alreadyExists(target);
    }
    const renamed = {
      ...getModel(metastore, fullName),
      fullName: target,
      updatedAt: author.now,
      updatedBy: author.owner,
    };
    models(metastore).put(target, renamed);
    for (const version of deleteModel(metastore, fullName)) {
      versions(metastore).put(versionKey(target, version.version), { ...version, fullName: target });
    }
    return renamed;
  });
}

/** The versions of a model by number. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export function listVersions(metastore: Metastore, fullName: string): readonly ModelVersion[] {
  const model = getModel(metastore, fullName);
  return [...versions(metastore).entries(`${model.fullName}/`)].map(([, version]) => version);
}

/** One page of them. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST, 400 for a wrong token or size */
export function pageOfVersions(
  metastore: Metastore,
  fullName: string,
  request: Fields,
  limits: { standard: number; most: number },
): Page<ModelVersion> {
  const model = getModel(metastore, fullName);
  return pageOfEntries(versions(metastore), `${model.fullName}/`, request, limits);
}

/** All versions of all models that a run made. */
export function versionsOfRun(metastore: Metastore, runId: string): readonly ModelVersion[] {
  return [...versions(metastore).entries()].map(([, version]) => version).filter((version) => version.runId === runId);
}

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST (the text for a missing version is [U]) */
export function getVersion(metastore: Metastore, fullName: string, version: number): ModelVersion {
  const model = getModel(metastore, fullName);
  const found = versions(metastore).get(versionKey(model.fullName, version));
  if (found === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Model version '${model.fullName}/${version}' does not exist.`);
  }
  return found;
}

/** Makes the next version, PENDING_REGISTRATION until finalized. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export function createVersion(metastore: Metastore, fullName: string, given: NewVersion, author: Author): ModelVersion {
  return metastore.store.transaction(() => {
    const model = getModel(metastore, fullName);
    const number = model.lastVersion + 1;
    const version: ModelVersion = {
      id: randomUUID(),
      fullName: model.fullName,
      version: number,
      ...given,
      tags: withTags([], given.tags),
      status: 'PENDING_REGISTRATION',
      createdAt: author.now,
      createdBy: author.owner,
      updatedAt: author.now,
      updatedBy: author.owner,
    };
    models(metastore).put(model.fullName, { ...model, lastVersion: number });
    versions(metastore).put(versionKey(model.fullName, number), version);
    return version;
  });
}

/** Reads, changes and writes a version in one transaction. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export function changeVersion(
  metastore: Metastore,
  fullName: string,
  version: number,
  author: Author,
  change: (version: ModelVersion) => ModelVersion,
): ModelVersion {
  return metastore.store.transaction(() => {
    const former = getVersion(metastore, fullName, version);
    const changed = { ...change(former), updatedAt: author.now, updatedBy: author.owner };
    versions(metastore).put(versionKey(former.fullName, version), changed);
    return changed;
  });
}

/** PENDING_REGISTRATION becomes READY; a READY version stays so. @throws ApiError 404, 400 when its registration failed */
export function finalizeVersion(metastore: Metastore, fullName: string, version: number, author: Author): ModelVersion {
  return changeVersion(metastore, fullName, version, author, (former) => {
    if (former.status === 'FAILED_REGISTRATION') {
      throw invalid(`Version ${version} of model '${former.fullName}' is FAILED_REGISTRATION and cannot be finalized.`);
    }
    return { ...former, status: 'READY' };
  });
}

/** Deletes a version and the aliases that name it; the caller removes its files. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
export function deleteVersion(metastore: Metastore, fullName: string, version: number): ModelVersion {
  return metastore.store.transaction(() => {
    const former = getVersion(metastore, fullName, version);
    const model = getModel(metastore, fullName);
    versions(metastore).remove(versionKey(former.fullName, version));
    models(metastore).put(model.fullName, {
      ...model,
      aliases: model.aliases.filter((one) => one.version !== version),
    });
    return former;
  });
}

/** A version number as it arrives in paths, queries and bodies. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function parseVersion(version: number | string): number {
  const text = String(version);
  if (!/^[1-9]\d{0,11}$/.test(text)) {
    throw invalid(`Invalid model version ${JSON.stringify(text)}: it must be a positive integer.`);
  }
  return Number(text);
}

function versionKey(fullName: string, version: number): string {
  return `${fullName}/${String(version).padStart(12, '0')}`;
}

function versions(metastore: Metastore): Collection<ModelVersion> {
  return metastore.store.collection('model-versions');
}
