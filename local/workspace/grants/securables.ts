import { ApiError, type Metastore } from '../api';
import { invalid } from '../fields';
import type { MetastoreTables } from '../sql/metastore-tables';
import { models } from '../unity-catalog/models';
import { getCatalog, getSchema } from '../unity-catalog/namespaces';
import { getVolume } from '../unity-catalog/volumes';

/** What rights are granted on; a registered model is a function. */
export type SecurableKind = 'METASTORE' | 'CATALOG' | 'SCHEMA' | 'TABLE' | 'VOLUME' | 'FUNCTION';

/** Something with grants; `fullName` has as many levels as the kind, in lower case. */
export interface Securable {
  readonly kind: SecurableKind;
  readonly fullName: string;
}

export const METASTORE: Securable = { kind: 'METASTORE', fullName: 'local' };

/** What stands in refusals for each kind. */
export const KIND_NAMES: Readonly<Record<SecurableKind, string>> = {
  METASTORE: 'Metastore',
  CATALOG: 'Catalog',
  SCHEMA: 'Schema',
  TABLE: 'Table',
  VOLUME: 'Volume',
  FUNCTION: 'Routine or Model',
};

const LEVELS: Readonly<Record<SecurableKind, number>> = {
  METASTORE: 1,
  CATALOG: 1,
  SCHEMA: 2,
  TABLE: 3,
  VOLUME: 3,
  FUNCTION: 3,
};

/** @throws ApiError 400 for a name with another number of levels, 501 for a kind that the local workspace does not have */
export function securableOf(type: string, fullName: string): Securable {
  const kind = type.toUpperCase();
  if (!Object.hasOwn(LEVELS, kind)) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace has no grants on securables of type ${type}.`);
  }
  const securable = { kind: kind as SecurableKind, fullName: fullName.toLowerCase() };
  if (securable.kind === 'METASTORE') {
    return METASTORE;
  }
  if (securable.fullName.split('.').length !== LEVELS[securable.kind]) {
    throw invalid(`'${fullName}' is not a valid name of a ${type.toLowerCase()}.`);
  }
  return securable;
}

/** The securable and all above it, the nearest first. */
export function withParents(securable: Securable): readonly Securable[] {
  const [catalog = '', schema = ''] = securable.fullName.split('.');
  const above: Record<SecurableKind, readonly Securable[]> = {
    METASTORE: [],
    CATALOG: [METASTORE],
    SCHEMA: [{ kind: 'CATALOG', fullName: catalog }, METASTORE],
    TABLE: [{ kind: 'SCHEMA', fullName: `${catalog}.${schema}` }, { kind: 'CATALOG', fullName: catalog }, METASTORE],
    VOLUME: [{ kind: 'SCHEMA', fullName: `${catalog}.${schema}` }, { kind: 'CATALOG', fullName: catalog }, METASTORE],
    FUNCTION: [{ kind: 'SCHEMA', fullName: `${catalog}.${schema}` }, { kind: 'CATALOG', fullName: catalog }, METASTORE],
  };
  return [securable, ...above[securable.kind]];
}

/** Owner of a securable; undefined when it does not exist. */
export function ownerOf(
  metastore: Metastore,
  tables: MetastoreTables,
  { kind, fullName }: Securable,
): string | undefined {
  const [catalog = '', schema = '', name = ''] = fullName.split('.');
  switch (kind) {
    case 'METASTORE':
      return 'System user';
    case 'CATALOG':
      return unlessMissing(() => getCatalog(metastore, catalog).owner);
    case 'SCHEMA':
      return unlessMissing(() => getSchema(metastore, catalog, schema).owner);
    case 'TABLE':
      return tables.find({ catalog, schema, table: name })?.owner;
    case 'VOLUME':
      return unlessMissing(() => getVolume(metastore, fullName).owner);
    case 'FUNCTION':
      return models(metastore).get(fullName)?.owner;
  }
}

function unlessMissing(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}
