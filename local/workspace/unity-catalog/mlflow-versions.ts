import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, objectList, optionalText, requiredText } from '../fields';
import { parseFilter } from '../mlflow/filter';
import { type Page, pageOf, unlessEmpty } from '../paging';
import { fieldsOf } from '../request-fields';
import { findModel, getModel } from './models';
import { authorOf, newVersion } from './requests';
import { tagOf, withoutTags, withTags } from './tags';
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
  versionsOfRun,
} from './versions';
import { type Detail, mlflowVersion, storageLocation } from './wire';

const ROOT = '/api/2.0/mlflow/unity-catalog/model-versions';

/** Model versions in the MLflow client's own dialect. */
export const mlflowVersionOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: `${ROOT}/create`,
    note: 'PENDING_REGISTRATION until finalized',
    lacks: 'the start of a deployment job',
    handle: create,
  },
  { method: 'POST', path: `${ROOT}/finalize`, handle: finalize },
  { method: 'PATCH', path: `${ROOT}/update`, note: 'the description', handle: update },
  { method: 'DELETE', path: `${ROOT}/delete`, handle: remove },
  { method: 'GET', path: `${ROOT}/get`, lacks: 'deployment_job_state', handle: get },
  { method: 'GET', path: `${ROOT}/search`, note: "one condition, name = '…' or run_id = '…'", handle: search },
  { method: 'GET', path: `${ROOT}/get-download-uri`, note: 'a file: URI of this machine', handle: getDownloadUri },
  { method: 'POST', path: `${ROOT}/set-tag`, handle: setTag },
  { method: 'DELETE', path: `${ROOT}/delete-tag`, handle: deleteTag },
  {
    method: 'POST',
    path: `${ROOT}/emit-lineage`,
    note: 'checked',
    lacks: 'lineage, which is not kept',
    handle: emitLineage,
  },
];

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const comment = optionalText(body, 'description') ?? '';
  const given = newVersion(call, body, comment, objectList(body, 'model_version_dependencies'));
  const version = createVersion(call.workspace.metastore, requiredText(body, 'name'), given, authorOf(call));
  return reply(call, version);
}

async function finalize(call: Call): Promise<Reply> {
  const { name, number } = target(await call.json<Fields>());
  return reply(call, finalizeVersion(call.workspace.metastore, name, number, authorOf(call)));
}

async function update(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const comment = optionalText(body, 'description');
  return change(call, body, (version) => (comment === undefined ? version : { ...version, comment }));
}

async function remove(call: Call): Promise<Reply> {
  const { name, number } = target(await fieldsOf(call));
  const { metastore } = call.workspace;
  await removeFiles(metastore, [deleteVersion(metastore, name, number)]);
  return { json: {} };
}

async function get(call: Call): Promise<Reply> {
  const { name, number } = target(await fieldsOf(call));
  return reply(call, getVersion(call.workspace.metastore, name, number));
}

async function search(call: Call): Promise<Reply> {
  const fields = await fieldsOf(call);
  const page = pageFor(call, fields, optionalText(fields, 'filter') ?? '');
  const versions = page.items.map((version) => onWire(call, version, 'list'));
  return { json: { model_versions: unlessEmpty(versions), next_page_token: page.nextPageToken } };
}

/**
 * A model that is missing has no versions: MLflow's store for the other dialect gives the same answer on a 404 ([U] for this one).
 * @throws ApiError 400 for any other filter than the two that the service knows
 */
function pageFor(call: Call, fields: Fields, filter: string): Page<ModelVersion> {
  const { metastore } = call.workspace;
  const limits = { standard: 10_000, most: 10_000 };
  const [condition, ...more] = parseFilter(filter);
  const { entity, key, comparator, value } = condition ?? {};
  if (more.length === 0 && entity === 'attribute' && comparator === '=' && typeof value === 'string') {
    if (key === 'name') {
      return findModel(metastore, value) === undefined
        ? { items: [] }
        : pageOfVersions(metastore, value, fields, limits);
    }
    if (key === 'run_id') {
      return pageOf(versionsOfRun(metastore, value), fields, limits);
    }
  }
  throw invalid(`Unsupported filter query: '${filter}'. Use name = '<catalog>.<schema>.<model>' or run_id = '<run>'.`);
}

async function getDownloadUri(call: Call): Promise<Reply> {
  const { name, number } = target(await fieldsOf(call));
  const version = getVersion(call.workspace.metastore, name, number);
  return { json: { artifact_uri: storageLocation(call.workspace, version) } };
}

async function setTag(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const tag = tagOf(body);
  change(call, body, (version) => ({ ...version, tags: withTags(version.tags, [tag]) }));
  return { json: {} };
}

async function deleteTag(call: Call): Promise<Reply> {
  const body = await fieldsOf(call);
  const key = requiredText(body, 'key');
  change(call, body, (version) => ({ ...version, tags: withoutTags(version.tags, [key]) }));
  return { json: {} };
}

async function emitLineage(call: Call): Promise<Reply> {
  const { name, number } = target(await call.json<Fields>());
  getVersion(call.workspace.metastore, name, number);
  return { json: {} };
}

function change(call: Call, fields: Fields, body: (version: ModelVersion) => ModelVersion): Reply {
  const { name, number } = target(fields);
  return reply(call, changeVersion(call.workspace.metastore, name, number, authorOf(call), body));
}

function target(fields: Fields): { readonly name: string; readonly number: number } {
  return { name: requiredText(fields, 'name'), number: parseVersion(requiredText(fields, 'version')) };
}

function reply(call: Call, version: ModelVersion): Reply {
  return { json: { model_version: onWire(call, version, 'get') } };
}

function onWire(call: Call, version: ModelVersion, detail: Detail) {
  return mlflowVersion(call.workspace, version, getModel(call.workspace.metastore, version.fullName), detail);
}
