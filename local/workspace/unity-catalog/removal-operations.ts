import { rm } from 'node:fs/promises';
import { ApiError, type Call, type Operation, type Reply, type Workspace } from '../api';
import { flag, invalid, queryFields } from '../fields';
import { forgetGrants } from '../grants/privileges';
import type { Securable } from '../grants/securables';
import type { MetastoreTables } from '../sql/metastore-tables';
import { forgetEntityTags } from './entity-tags';
import { models } from './models';
import { threeLevels } from './names';
import { twoLevels } from './namespace-operations';
import { forgetCatalog, forgetSchema, getCatalog, getSchema, listSchemas, type Schema } from './namespaces';
import { removeFiles } from './version-folder';
import { deleteModel } from './versions';
import { forgetVolume, getVolume, listVolumes, volumeFolder } from './volumes';

const ROOT = '/api/2.1/unity-catalog';

/** Catalogs, schemas, volumes and tables go with their files, grants and tags; what is not empty goes by `force` only. */
export function removalOperations(workspace: Workspace, tables: MetastoreTables): readonly Operation[] {
  const { metastore } = workspace;

  function forget(securable: Securable): void {
    forgetGrants(metastore, securable);
    forgetEntityTags(metastore, securable.fullName);
  }

  function modelsIn({ catalog, name }: Schema): readonly string[] {
    return [...models(metastore).entries(`${catalog}.${name}.`)].map(([fullName]) => fullName);
  }

  function sizeOf(schema: Schema): number {
    const { catalog, name } = schema;
    return tables.list(catalog, name).length + modelsIn(schema).length + listVolumes(metastore, catalog, name).length;
  }

  async function empty(schema: Schema): Promise<void> {
    const { catalog, name } = schema;
    for (const fullName of modelsIn(schema)) {
      await removeFiles(metastore, deleteModel(metastore, fullName));
    }
    for (const { fullName } of listVolumes(metastore, catalog, name)) {
      await dropVolume(fullName);
    }
    await tables.dropSchema(catalog, name);
    forgetSchema(metastore, schema);
    forget({ kind: 'SCHEMA', fullName: `${catalog}.${name}` });
  }

  async function dropVolume(fullName: string): Promise<void> {
    forgetVolume(metastore, fullName);
    forget({ kind: 'VOLUME', fullName });
    await rm(volumeFolder(metastore, fullName), { recursive: true, force: true });
  }

  async function removeCatalog(call: Call): Promise<Reply> {
    const { name } = getCatalog(metastore, call.params.name ?? '');
    const schemas = listSchemas(metastore, name);
    const full = schemas.filter((schema) => schema.name !== 'default' || sizeOf(schema) > 0);
    refuseFull(call, 'Catalog', name, full.length, 'schema(s)');
    for (const schema of schemas) {
      await empty(schema);
    }
    forgetCatalog(metastore, name);
    forget({ kind: 'CATALOG', fullName: name });
    return { json: {} };
  }

  async function removeSchema(call: Call): Promise<Reply> {
    const schema = getSchema(metastore, ...twoLevels(call.params.full_name ?? ''));
    refuseFull(call, 'Schema', `${schema.catalog}.${schema.name}`, sizeOf(schema), 'table(s), volume(s) or model(s)');
    await empty(schema);
    return { json: {} };
  }

  async function removeVolume(call: Call): Promise<Reply> {
    await dropVolume(getVolume(metastore, call.params.full_name ?? '').fullName);
    return { json: {} };
  }

  async function removeTable(call: Call): Promise<Reply> {
    const [catalog, schema, table] = threeLevels(call.params.full_name ?? '');
    const fullName = `${catalog}.${schema}.${table}`;
    await tables.write(async () => {
      const found = tables.find({ catalog, schema, table });
      if (found === undefined) {
        throw new ApiError(404, 'TABLE_DOES_NOT_EXIST', `Table '${fullName}' does not exist.`);
      }
      return { remove: [found], result: undefined };
    });
    forget({ kind: 'TABLE', fullName });
    return { json: {} };
  }

  function tableExists(call: Call): Reply {
    const [catalog, schema, table] = threeLevels(call.params.full_name ?? '');
    return { json: { table_exists: tables.find({ catalog, schema, table }) !== undefined } };
  }

  return [
    {
      method: 'DELETE',
      path: `${ROOT}/catalogs/:name`,
      note: 'with force, all that is in it too',
      handle: removeCatalog,
    },
    {
      method: 'DELETE',
      path: `${ROOT}/schemas/:full_name`,
      note: 'with force, all that is in it too',
      handle: removeSchema,
    },
    { method: 'DELETE', path: `${ROOT}/volumes/:full_name`, note: 'with its files', handle: removeVolume },
    { method: 'DELETE', path: `${ROOT}/tables/:full_name`, note: 'with its history', handle: removeTable },
    { method: 'GET', path: `${ROOT}/tables/:full_name/exists`, handle: tableExists },
  ];
}

/** @throws ApiError 400 unless `force`; the words are [U] */
function refuseFull(call: Call, kind: string, name: string, count: number, what: string): void {
  if (count > 0 && !flag(queryFields(call.query), 'force')) {
    throw invalid(`${kind} '${name}' is not empty. The ${kind.toLowerCase()} has ${count} ${what}`);
  }
}
