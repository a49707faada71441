import { ApiError, type Metastore } from '../api';
import { invalid } from '../fields';
import { changeModel, getModel, type RegisteredModel } from './models';
import type { Author } from './namespaces';
import { getVersion, type ModelVersion } from './versions';

/** The aliases that name a version. */
export function aliasesOf(model: RegisteredModel, version: number): RegisteredModel['aliases'] {
  return model.aliases.filter((alias) => alias.version === version);
}

/**
 * Lets an alias name a version; it leaves the version that it named before.
 * @throws ApiError 404 for a missing model or version, 400 for a reserved or malformed alias
 */
export function setAlias(metastore: Metastore, fullName: string, alias: string, version: number, author: Author): void {
  const name = aliasName(alias);
  changeModel(metastore, fullName, author, (model) => {
    getVersion(metastore, fullName, version);
    return { ...model, aliases: [...model.aliases.filter((one) => one.alias !== name), { alias: name, version }] };
  });
}

/** Removes an alias. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST when the model or the alias is missing */
export function deleteAlias(metastore: Metastore, fullName: string, alias: string, author: Author): void {
  changeModel(metastore, fullName, author, (model) => {
    versionOfAlias(model, alias);
    return { ...model, aliases: model.aliases.filter((one) => one.alias !== alias.toLowerCase()) };
  });
}

/** The version that an alias names. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST when the model or the alias is missing */
export function versionByAlias(metastore: Metastore, fullName: string, alias: string): ModelVersion {
  const model = getModel(metastore, fullName);
  return getVersion(metastore, fullName, versionOfAlias(model, alias));
}

/** The text for a missing alias is [U]. */
function versionOfAlias(model: RegisteredModel, alias: string): number {
  const found = model.aliases.find((one) => one.alias === alias.toLowerCase());
  if (found === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Alias '${alias}' of model '${model.fullName}' does not exist.`);
  }
  return found.version;
}

/** MLflow reserves `latest` and what looks like a version (`v1`). */
function aliasName(alias: string): string {
  if (!/^[\w-]{1,255}$/.test(alias) || /^\d+$|^v\d+$/i.test(alias) || alias.toLowerCase() === 'latest') {
    throw invalid(
      `Invalid alias '${alias}': letters, digits, '_' and '-' only; not 'latest', a number, or v with a number.`,
    );
  }
  return alias.toLowerCase();
}
