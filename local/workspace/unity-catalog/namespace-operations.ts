import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, optionalObject, optionalText, queryFields, requiredText } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import {
  type Catalog,
  changeCatalog,
  changeSchema,
  createCatalog,
  createSchema,
  type Described,
  type DescribedChange,
  getCatalog,
  getSchema,
  listCatalogs,
  listSchemas,
  metastoreId,
  type Schema,
} from './namespaces';
import { authorOf } from './requests';

const ROOT = '/api/2.1/unity-catalog';
const PAGES = { standard: 1_000, most: 1_000 };

/** Catalogs and schemas: what pickers list and what models and tables are put into. */
export const namespaceOperations: readonly Operation[] = [
  { method: 'GET', path: `${ROOT}/catalogs`, handle: catalogs },
  { method: 'POST', path: `${ROOT}/catalogs`, handle: addCatalog },
  { method: 'GET', path: `${ROOT}/catalogs/:name`, handle: catalog },
  {
    method: 'PATCH',
    path: `${ROOT}/catalogs/:name`,
    note: 'comment, owner, properties',
    lacks: 'new_name',
    handle: updateCatalog,
  },
  { method: 'GET', path: `${ROOT}/schemas`, handle: schemas },
  { method: 'POST', path: `${ROOT}/schemas`, handle: addSchema },
  { method: 'GET', path: `${ROOT}/schemas/:full_name`, handle: schema },
  {
    method: 'PATCH',
    path: `${ROOT}/schemas/:full_name`,
    note: 'comment, owner, properties',
    lacks: 'new_name',
    handle: updateSchema,
  },
  { method: 'GET', path: `${ROOT}/metastore_summary`, handle: metastore },
];

function catalogs(call: Call): Reply {
  const page = pageOf(listCatalogs(call.workspace.metastore), queryFields(call.query), PAGES);
  const items = page.items.map((item) => catalogInfo(call, item));
  return { json: { catalogs: unlessEmpty(items), next_page_token: page.nextPageToken } };
}

async function addCatalog(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const comment = optionalText(body, 'comment') ?? '';
  const { metastore } = call.workspace;
  const created = metastore.store.transaction(() => {
    const { name } = createCatalog(metastore, requiredText(body, 'name'), comment, authorOf(call));
    return changeCatalog(metastore, name, describedChange(body), authorOf(call));
  });
  return { json: catalogInfo(call, created) };
}

function catalog(call: Call): Reply {
  return { json: catalogInfo(call, getCatalog(call.workspace.metastore, call.params.name ?? '')) };
}

function schemas(call: Call): Reply {
  const fields = queryFields(call.query);
  const page = pageOf(listSchemas(call.workspace.metastore, requiredText(fields, 'catalog_name')), fields, PAGES);
  const items = page.items.map((item) => schemaInfo(call, item));
  return { json: { schemas: unlessEmpty(items), next_page_token: page.nextPageToken } };
}

async function addSchema(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const [parent, name] = [requiredText(body, 'catalog_name'), requiredText(body, 'name')];
  const comment = optionalText(body, 'comment') ?? '';
  const { metastore } = call.workspace;
  const created = metastore.store.transaction(() => {
    createSchema(metastore, parent, name, comment, authorOf(call));
    return changeSchema(metastore, parent, name, describedChange(body), authorOf(call));
  });
  return { json: schemaInfo(call, created) };
}

function schema(call: Call): Reply {
  const [parent, name] = twoLevels(call.params.full_name ?? '');
  return { json: schemaInfo(call, getSchema(call.workspace.metastore, parent, name)) };
}

function metastore(call: Call): Reply {
  const id = metastoreId(call.workspace.metastore, call.workspace.clock.now());
  return { json: { metastore_id: id, name: 'local', cloud: 'azure', region: 'local', owner: 'System user' } };
}

function catalogInfo(call: Call, catalog: Catalog) {
  return {
    name: catalog.name,
    full_name: catalog.name,
    catalog_type: 'MANAGED_CATALOG',
    securable_type: 'CATALOG',
    ...describedInfo(call, catalog),
  };
}

function schemaInfo(call: Call, item: Schema) {
  return {
    name: item.name,
    catalog_name: item.catalog,
    full_name: `${item.catalog}.${item.name}`,
    catalog_type: 'MANAGED_CATALOG',
    ...describedInfo(call, item),
  };
}

/** Fields that catalogs, schemas and volumes show alike. */
export function describedInfo(call: Call, item: Described) {
  return {
    owner: item.owner,
    comment: item.comment || undefined,
    properties: item.properties,
    metastore_id: metastoreId(call.workspace.metastore, item.createdAt),
    created_at: item.createdAt,
    created_by: item.createdBy ?? item.owner,
    updated_at: item.updatedAt ?? item.createdAt,
    updated_by: item.updatedBy ?? item.createdBy ?? item.owner,
  };
}

/**
 * What a PATCH of a catalog, schema or volume changes.
 * @throws ApiError 501 for `new_name` of a catalog or schema, 400 for properties that are no texts
 */
export function describedChange(body: Fields): DescribedChange {
  const [comment, owner] = [optionalText(body, 'comment'), optionalText(body, 'owner')];
  const properties = optionalObject(body, 'properties');
  return {
    ...(comment === undefined ? {} : { comment }),
    ...(owner ? { owner } : {}),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.keys(properties).map((key) => [key, requiredText(properties, key)])) }),
  };
}

function refuseRename(body: Fields): void {
  if (optionalText(body, 'new_name')) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', 'The local workspace does not rename catalogs and schemas.');
  }
}

async function updateCatalog(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  refuseRename(body);
  const { metastore } = call.workspace;
  return {
    json: catalogInfo(call, changeCatalog(metastore, call.params.name ?? '', describedChange(body), authorOf(call))),
  };
}

async function updateSchema(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  refuseRename(body);
  const [parent, name] = twoLevels(call.params.full_name ?? '');
  const { metastore } = call.workspace;
  return { json: schemaInfo(call, changeSchema(metastore, parent, name, describedChange(body), authorOf(call))) };
}

/** @throws ApiError 400 unless the name has two levels */
export function twoLevels(fullName: string): readonly [catalog: string, schema: string] {
  const [parent, name, ...more] = fullName.split('.');
  if (parent === undefined || name === undefined || more.length > 0) {
    throw invalid(`'${fullName}' is not a schema: it has two levels, <catalog>.<schema>.`);
  }
  return [parent, name];
}
