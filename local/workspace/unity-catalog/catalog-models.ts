import type { Call, Operation, Reply } from '../api';
import { type Fields, flag, invalid, optionalText, queryFields, requiredText } from '../fields';
import { unlessEmpty } from '../paging';
import { deleteAlias, setAlias, versionByAlias } from './aliases';
import { changeModel, createModel, getModel, pageOfModels } from './models';
import { fullNameOf } from './names';
import { authorOf } from './requests';
import { tagsOf } from './tags';
import { removeFiles } from './version-folder';
import { deleteModel, parseVersion, renameModel } from './versions';
import { catalogAlias, catalogModel, catalogVersion } from './wire';

const ROOT = '/api/2.1/unity-catalog/models';

/** Registered models and aliases in Unity Catalog's own dialect. */
export const catalogModelOperations: readonly Operation[] = [
  { method: 'POST', path: ROOT, handle: create },
  { method: 'GET', path: ROOT, note: 'of one schema or of all; never with aliases or tags', handle: list },
  { method: 'GET', path: `${ROOT}/:full_name`, lacks: 'storage_location (files belong to versions)', handle: get },
  { method: 'PATCH', path: `${ROOT}/:full_name`, note: 'new_name, owner, comment, deployment_job_id', handle: update },
  { method: 'DELETE', path: `${ROOT}/:full_name`, note: 'with all its versions', handle: remove },
  { method: 'GET', path: `${ROOT}/:full_name/aliases/:alias`, handle: getByAlias },
  { method: 'PUT', path: `${ROOT}/:full_name/aliases/:alias`, handle: assignAlias },
  { method: 'DELETE', path: `${ROOT}/:full_name/aliases/:alias`, handle: removeAlias },
];

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const jobId = optionalText(body, 'deployment_job_id');
  const [catalog, schema, name] = [
    requiredText(body, 'catalog_name'),
    requiredText(body, 'schema_name'),
    requiredText(body, 'name'),
  ];
  const given = {
    comment: optionalText(body, 'comment') ?? '',
    tags: tagsOf(body, 'tags'),
    ...(jobId && { deploymentJobId: jobId }),
  };
  const model = createModel(call.workspace.metastore, fullNameOf(catalog, schema, name), given, authorOf(call));
  return { json: catalogModel(call.workspace, model, 'get', false) };
}

function list(call: Call): Reply {
  const fields = queryFields(call.query);
  const catalog = optionalText(fields, 'catalog_name') || undefined;
  const schema = optionalText(fields, 'schema_name') || undefined;
  if ((catalog === undefined) !== (schema === undefined)) {
    throw invalid("Parameters 'catalog_name' and 'schema_name' must be given together.");
  }
  const parent = catalog === undefined || schema === undefined ? undefined : { catalog, name: schema };
  const page = pageOfModels(call.workspace.metastore, fields, { standard: 100, most: 1_000 }, parent);
  const models = page.items.map((model) => catalogModel(call.workspace, model, 'list', false));
  return { json: { registered_models: unlessEmpty(models), next_page_token: page.nextPageToken } };
}

function get(call: Call): Reply {
  const model = getModel(call.workspace.metastore, fullName(call));
  return { json: catalogModel(call.workspace, model, 'get', flag(queryFields(call.query), 'include_aliases')) };
}

async function update(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const { metastore } = call.workspace;
  const [comment, owner] = [optionalText(body, 'comment'), optionalText(body, 'owner')];
  const jobId = optionalText(body, 'deployment_job_id');
  const newName = optionalText(body, 'new_name');
  const model = metastore.store.transaction(() => {
    const current = newName
      ? renameModel(metastore, fullName(call), besides(call, newName), authorOf(call)).fullName
      : fullName(call);
    return changeModel(metastore, current, authorOf(call), ({ deploymentJobId, ...former }) => {
      const job = jobId ?? deploymentJobId ?? '';
      return {
        ...former,
        ...(comment !== undefined && { comment }),
        ...(owner && { owner }),
        ...(job !== '' && { deploymentJobId: job }),
      };
    });
  });
  return { json: catalogModel(call.workspace, model, 'get', false) };
}

/** The new name as it is when it has three levels, else in the schema of the old one. */
function besides(call: Call, newName: string): string {
  const [catalog = '', schema = ''] = fullName(call).split('.');
  return newName.includes('.') ? newName : fullNameOf(catalog, schema, newName);
}

async function remove(call: Call): Promise<Reply> {
  const { metastore } = call.workspace;
  await removeFiles(metastore, deleteModel(metastore, fullName(call)));
  return { json: {} };
}

function getByAlias(call: Call): Reply {
  const { metastore } = call.workspace;
  const version = versionByAlias(metastore, fullName(call), call.params.alias ?? '');
  const aliases = flag(queryFields(call.query), 'include_aliases');
  return { json: catalogVersion(call.workspace, version, getModel(metastore, version.fullName), 'get', aliases) };
}

async function assignAlias(call: Call): Promise<Reply> {
  const version = parseVersion(requiredText(await call.json<Fields>(), 'version_num'));
  const alias = call.params.alias ?? '';
  setAlias(call.workspace.metastore, fullName(call), alias, version, authorOf(call));
  return { json: catalogAlias(getModel(call.workspace.metastore, fullName(call)), alias.toLowerCase(), version) };
}

function removeAlias(call: Call): Reply {
  deleteAlias(call.workspace.metastore, fullName(call), call.params.alias ?? '', authorOf(call));
  return { json: {} };
}

function fullName(call: Call): string {
  return call.params.full_name ?? '';
}
