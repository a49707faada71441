import type { Call, Operation, Reply } from '../api';
import { type Fields, flag, objectList, optionalObject, optionalText, queryFields, requiredText } from '../fields';
import { unlessEmpty } from '../paging';
import { getModel } from './models';
import { fullNameOf } from './names';
import { authorOf, newVersion } from './requests';
import { removeFiles } from './version-folder';
import {
  changeVersion,
  createVersion,
  deleteVersion,
  finalizeVersion,
  getVersion,
  type ModelVersion,
  pageOfVersions,
  parseVersion,
} from './versions';
import { catalogVersion, type Detail } from './wire';

const ROOT = '/api/2.1/unity-catalog/models';

/** Model versions in Unity Catalog's own dialect. */
export const catalogVersionOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: `${ROOT}/versions`,
    note: 'the MLflow client with MLFLOW_ENABLE_UC_NATIVE_MODEL_REGISTRY; PENDING_REGISTRATION until finalized',
    handle: create,
  },
  { method: 'GET', path: `${ROOT}/:full_name/versions`, note: 'never with aliases or tags', handle: list },
  { method: 'GET', path: `${ROOT}/:full_name/versions/:version`, handle: get },
  { method: 'PATCH', path: `${ROOT}/:full_name/versions/:version`, note: 'the comment', handle: update },
  { method: 'DELETE', path: `${ROOT}/:full_name/versions/:version`, handle: remove },
  { method: 'PATCH', path: `${ROOT}/:full_name/versions/:version/finalize`, handle: finalize },
];

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const name = fullNameOf(
    requiredText(body, 'catalog_name'),
    requiredText(body, 'schema_name'),
    requiredText(body, 'model_name'),
  );
  const dependencies = objectList(optionalObject(body, 'model_version_dependencies') ?? {}, 'dependencies');
  const given = newVersion(call, body, optionalText(body, 'comment') ?? '', dependencies);
  return reply(call, createVersion(call.workspace.metastore, name, given, authorOf(call)));
}

function list(call: Call): Reply {
  const limits = { standard: 100, most: 10_000 };
  const page = pageOfVersions(call.workspace.metastore, target(call).name, queryFields(call.query), limits);
  const versions = page.items.map((version) => onWire(call, version, 'list'));
  return { json: { model_versions: unlessEmpty(versions), next_page_token: page.nextPageToken } };
}

function get(call: Call): Reply {
  const { name, number } = target(call);
  return reply(call, getVersion(call.workspace.metastore, name, number));
}

async function update(call: Call): Promise<Reply> {
  const comment = optionalText(await call.json<Fields>(), 'comment');
  const { name, number } = target(call);
  const version = changeVersion(call.workspace.metastore, name, number, authorOf(call), (former) =>
    comment === undefined ? former : { ...former, comment },
  );
  return reply(call, version);
}

async function remove(call: Call): Promise<Reply> {
  const { name, number } = target(call);
  const { metastore } = call.workspace;
  await removeFiles(metastore, [deleteVersion(metastore, name, number)]);
  return { json: {} };
}

function finalize(call: Call): Reply {
  const { name, number } = target(call);
  return reply(call, finalizeVersion(call.workspace.metastore, name, number, authorOf(call)));
}

function target(call: Call): { readonly name: string; readonly number: number } {
  const { full_name: name = '', version } = call.params;
  return { name, number: version === undefined ? 0 : parseVersion(version) };
}

function reply(call: Call, version: ModelVersion): Reply {
  return { json: onWire(call, version, 'get') };
}

function onWire(call: Call, version: ModelVersion, detail: Detail) {
  const aliases = detail === 'get' && flag(queryFields(call.query), 'include_aliases');
  const model = getModel(call.workspace.metastore, version.fullName);
  return catalogVersion(call.workspace, version, model, detail, aliases);
}
