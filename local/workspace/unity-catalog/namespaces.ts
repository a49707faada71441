import { randomUUID } from 'node:crypto';
import { ApiError, type Metastore } from '../api';
import type { Collection } from '../store';
import { identifier } from './names';

/** A catalog of the metastore. Times are milliseconds since the epoch. */
export interface Catalog extends Described {
  readonly name: string;
}

/** What can be changed of catalogs, schemas and volumes, and who did last. */
export interface Described {
  readonly comment: string;
  readonly owner: string;
  readonly createdAt: number;
  readonly createdBy?: string;
  /** Absent: never changed. */
  readonly updatedAt?: number;
  readonly updatedBy?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

/** The parts of {@link Described} that a request changes. */
export type DescribedChange = Partial<Pick<Described, 'comment' | 'owner' | 'properties'>>;

/** A schema; its key in the store is `<catalog>.<name>`. */
export interface Schema extends Described {
  readonly catalog: string;
  readonly name: string;
}

/** Who creates something and when. */
export interface Author {
  readonly owner: string;
  readonly now: number;
}

export const FIRST_CATALOGS: readonly string[] = ['dev', 'staging', 'prod', 'main'];

/** The metastore's own id, a UUID; fills a fresh metastore with the catalogs dev, staging, prod, main and a schema `default` in each. */
export function metastoreId(metastore: Metastore, now: number): string {
  const info = metastore.store.collection<{ readonly id: string }>('metastore');
  return metastore.store.transaction(() => {
    const known = info.get('info');
    if (known !== undefined) {
      return known.id;
    }
    const id = randomUUID();
    info.put('info', { id });
    for (const name of FIRST_CATALOGS) {
      createCatalog(metastore, name, '', { owner: 'System user', now });
    }
    return id;
  });
}

/** All catalogs by name. */
export function listCatalogs(metastore: Metastore): readonly Catalog[] {
  return [...catalogs(metastore).entries()].map(([, catalog]) => catalog);
}

/** @throws ApiError 404 CATALOG_DOES_NOT_EXIST */
export function getCatalog(metastore: Metastore, name: string): Catalog {
  const found = catalogs(metastore).get(name.toLowerCase());
  if (found === undefined) {
    throw new ApiError(404, 'CATALOG_DOES_NOT_EXIST', `Catalog '${name}' does not exist.`);
  }
  return found;
}

/** Creates a catalog with its schema `default`. @throws ApiError 409 CATALOG_ALREADY_EXISTS, 400 for a bad name */
export function createCatalog(metastore: Metastore, name: string, comment: string, { owner, now }: Author): Catalog {
  return metastore.store.transaction(() => {
    const catalog: Catalog = { name: identifier(name, 'catalog'), comment, owner, createdAt: now };
    if (catalogs(metastore).get(catalog.name) !== undefined) {
      throw new ApiError(409, 'CATALOG_ALREADY_EXISTS', `Catalog '${catalog.name}' already exists`);
    }
    catalogs(metastore).put(catalog.name, catalog);
    createSchema(metastore, catalog.name, 'default', 'Default schema (auto-created)', { owner, now });
    return catalog;
  });
}

/** The schemas of a catalog by name. @throws ApiError 404 CATALOG_DOES_NOT_EXIST */
export function listSchemas(metastore: Metastore, catalog: string): readonly Schema[] {
  const { name } = getCatalog(metastore, catalog);
  return [...schemas(metastore).entries(`${name}.`)].map(([, schema]) => schema);
}

/** @throws ApiError 404 CATALOG_DOES_NOT_EXIST or SCHEMA_DOES_NOT_EXIST */
export function getSchema(metastore: Metastore, catalog: string, name: string): Schema {
  const parent = getCatalog(metastore, catalog).name;
  const found = schemas(metastore).get(`${parent}.${name.toLowerCase()}`);
  if (found === undefined) {
    throw new ApiError(404, 'SCHEMA_DOES_NOT_EXIST', `Schema '${parent}.${name}' does not exist.`);
  }
  return found;
}

/** @throws ApiError 404 CATALOG_DOES_NOT_EXIST, 409 SCHEMA_ALREADY_EXISTS, 400 for a bad name */
export function createSchema(
  metastore: Metastore,
  catalog: string,
  name: string,
  comment: string,
  { owner, now }: Author,
): Schema {
  return metastore.store.transaction(() => {
    const parent = getCatalog(metastore, catalog).name;
    const schema: Schema = { catalog: parent, name: identifier(name, 'schema'), comment, owner, createdAt: now };
    const key = `${parent}.${schema.name}`;
    if (schemas(metastore).get(key) !== undefined) {
      throw new ApiError(409, 'SCHEMA_ALREADY_EXISTS', `Schema '${key}' already exists`);
    }
    schemas(metastore).put(key, schema);
    return schema;
  });
}

/** The schema, created when missing (`CREATE SCHEMA IF NOT EXISTS`). @throws ApiError 404 CATALOG_DOES_NOT_EXIST */
export function ensureSchema(metastore: Metastore, catalog: string, name: string, author: Author): Schema {
  return metastore.store.transaction(() => {
    const parent = getCatalog(metastore, catalog).name;
    const known = schemas(metastore).get(`${parent}.${name.toLowerCase()}`);
    return known ?? createSchema(metastore, parent, name, '', author);
  });
}

/** @throws ApiError 404 CATALOG_DOES_NOT_EXIST */
export function changeCatalog(metastore: Metastore, name: string, change: DescribedChange, author: Author): Catalog {
  return metastore.store.transaction(() => {
    const changed = changedBy(getCatalog(metastore, name), change, author);
    catalogs(metastore).put(changed.name, changed);
    return changed;
  });
}

/** @throws ApiError 404 CATALOG_DOES_NOT_EXIST or SCHEMA_DOES_NOT_EXIST */
export function changeSchema(
  metastore: Metastore,
  catalog: string,
  name: string,
  change: DescribedChange,
  author: Author,
): Schema {
  return metastore.store.transaction(() => {
    const changed = changedBy(getSchema(metastore, catalog, name), change, author);
    schemas(metastore).put(`${changed.catalog}.${changed.name}`, changed);
    return changed;
  });
}

/** Forgets a catalog; whatever was in it must be gone. */
export function forgetCatalog(metastore: Metastore, name: string): void {
  catalogs(metastore).remove(name);
}

/** Forgets a schema; whatever was in it must be gone. */
export function forgetSchema(metastore: Metastore, { catalog, name }: Schema): void {
  schemas(metastore).remove(`${catalog}.${name}`);
}

/** The thing with the change, and who made it. */
export function changedBy<T extends Described>(former: T, change: DescribedChange, author: Author): T {
  const createdBy = former.createdBy ?? former.owner;
  return { ...former, createdBy, ...change, updatedAt: author.now, updatedBy: author.owner };
}

function catalogs(metastore: Metastore): Collection<Catalog> {
  return metastore.store.collection('catalogs');
}

function schemas(metastore: Metastore): Collection<Schema> {
  return metastore.store.collection('schemas');
}
