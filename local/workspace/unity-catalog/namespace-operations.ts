import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalText, queryFields, requiredText } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import {
  type Catalog,
  createCatalog,
  createSchema,
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
  { method: 'GET', path: `${ROOT}/schemas`, handle: schemas },
  { method: 'POST', path: `${ROOT}/schemas`, handle: addSchema },
  { method: 'GET', path: `${ROOT}/schemas/:full_name`, handle: schema },
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
  const created = createCatalog(call.workspace.metastore, requiredText(body, 'name'), comment, authorOf(call));
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
  return { json: schemaInfo(call, createSchema(call.workspace.metastore, parent, name, comment, authorOf(call))) };
}

function schema(call: Call): Reply {
  const [parent, name, ...more] = (call.params.full_name ?? '').split('.');
  if (parent === undefined || name === undefined || more.length > 0) {
    throw invalid(`'${call.params.full_name}' is not a schema: it has two levels, <catalog>.<schema>.`);
  }
  return { json: schemaInfo(call, getSchema(call.workspace.metastore, parent, name)) };
}

function metastore(call: Call): Reply {
  const id = metastoreId(call.workspace.metastore, call.workspace.clock.now());
  return { json: { metastore_id: id, name: 'local', cloud: 'azure', region: 'local', owner: 'System user' } };
}

function catalogInfo(call: Call, { name, comment, owner, createdAt }: Catalog) {
  return {
    name,
    full_name: name,
    owner,
    comment: comment || undefined,
    catalog_type: 'MANAGED_CATALOG',
    securable_type: 'CATALOG',
    metastore_id: metastoreId(call.workspace.metastore, createdAt),
    created_at: createdAt,
    created_by: owner,
    updated_at: createdAt,
    updated_by: owner,
  };
}

function schemaInfo(call: Call, item: Schema) {
  return {
    name: item.name,
    catalog_name: item.catalog,
    full_name: `${item.catalog}.${item.name}`,
    owner: item.owner,
    comment: item.comment || undefined,
    catalog_type: 'MANAGED_CATALOG',
    metastore_id: metastoreId(call.workspace.metastore, item.createdAt),
    created_at: item.createdAt,
    created_by: item.owner,
    updated_at: item.createdAt,
    updated_by: item.owner,
  };
}
