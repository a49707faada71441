import type { Call, Operation, Reply } from '../api';
import { type Fields, optionalText, requiredText } from '../fields';
import { unlessEmpty } from '../paging';
import { fieldsOf } from '../request-fields';
import { deleteAlias, setAlias, versionByAlias } from './aliases';
import { changeModel, createModel, getModel, pageOfModels } from './models';
import { authorOf } from './requests';
import { tagOf, tagsOf, withoutTags, withTags } from './tags';
import { removeFiles } from './version-folder';
import { deleteModel, parseVersion, renameModel } from './versions';
import { mlflowModel, mlflowVersion } from './wire';

const ROOT = '/api/2.0/mlflow/unity-catalog/registered-models';

/** Registered models in the MLflow client's own dialect. */
export const mlflowModelOperations: readonly Operation[] = [
  { method: 'POST', path: `${ROOT}/create`, handle: create },
  { method: 'PATCH', path: `${ROOT}/update`, handle: update },
  { method: 'DELETE', path: `${ROOT}/delete`, handle: remove },
  { method: 'GET', path: `${ROOT}/get`, handle: get },
  { method: 'GET', path: `${ROOT}/search`, note: 'no filter, as in the service', handle: search },
  { method: 'POST', path: `${ROOT}/alias`, handle: assignAlias },
  { method: 'DELETE', path: `${ROOT}/alias`, handle: removeAlias },
  { method: 'GET', path: `${ROOT}/alias`, handle: getByAlias },
  { method: 'POST', path: `${ROOT}/set-tag`, handle: setTag },
  { method: 'DELETE', path: `${ROOT}/delete-tag`, handle: deleteTag },
  {
    method: 'GET',
    path: `${ROOT}:is-databricks-sdk-models-artifact-repository-enabled`,
    note: 'always true: files of model versions go through the Files API',
    handle: () => ({ json: { is_databricks_sdk_models_artifact_repository_enabled: true } }),
  },
];

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const jobId = optionalText(body, 'deployment_job_id');
  const given = {
    comment: optionalText(body, 'description') ?? '',
    tags: tagsOf(body, 'tags'),
    ...(jobId && { deploymentJobId: jobId }),
  };
  const model = createModel(call.workspace.metastore, requiredText(body, 'name'), given, authorOf(call));
  return { json: { registered_model: mlflowModel(call.workspace, model, 'get') } };
}

async function update(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const { metastore } = call.workspace;
  const name = requiredText(body, 'name');
  const newName = optionalText(body, 'new_name');
  const comment = optionalText(body, 'description');
  const jobId = optionalText(body, 'deployment_job_id');
  const model = metastore.store.transaction(() => {
    const current = newName ? renameModel(metastore, name, newName, authorOf(call)).fullName : name;
    return changeModel(metastore, current, authorOf(call), ({ deploymentJobId, ...former }) => {
      const job = jobId ?? deploymentJobId ?? '';
      return { ...former, ...(comment !== undefined && { comment }), ...(job !== '' && { deploymentJobId: job }) };
    });
  });
  return { json: { registered_model: mlflowModel(call.workspace, model, 'get') } };
}

async function remove(call: Call): Promise<Reply> {
  const { metastore } = call.workspace;
  await removeFiles(metastore, deleteModel(metastore, requiredText(await fieldsOf(call), 'name')));
  return { json: {} };
}

async function get(call: Call): Promise<Reply> {
  const model = getModel(call.workspace.metastore, requiredText(await fieldsOf(call), 'name'));
  return { json: { registered_model: mlflowModel(call.workspace, model, 'get') } };
}

async function search(call: Call): Promise<Reply> {
  const page = pageOfModels(call.workspace.metastore, await fieldsOf(call), { standard: 100, most: 1_000 });
  const models = page.items.map((model) => mlflowModel(call.workspace, model, 'list'));
  return { json: { registered_models: unlessEmpty(models), next_page_token: page.nextPageToken } };
}

async function assignAlias(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const version = parseVersion(requiredText(body, 'version'));
  const alias = requiredText(body, 'alias');
  setAlias(call.workspace.metastore, requiredText(body, 'name'), alias, version, authorOf(call));
  return { json: {} };
}

async function removeAlias(call: Call): Promise<Reply> {
  const body = await fieldsOf(call);
  deleteAlias(call.workspace.metastore, requiredText(body, 'name'), requiredText(body, 'alias'), authorOf(call));
  return { json: {} };
}

async function getByAlias(call: Call): Promise<Reply> {
  const fields = await fieldsOf(call);
  const { metastore } = call.workspace;
  const version = versionByAlias(metastore, requiredText(fields, 'name'), requiredText(fields, 'alias'));
  const model = getModel(metastore, version.fullName);
  return { json: { model_version: mlflowVersion(call.workspace, version, model, 'get') } };
}

async function setTag(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const tag = tagOf(body);
  changeModel(call.workspace.metastore, requiredText(body, 'name'), authorOf(call), (model) => ({
    ...model,
    tags: withTags(model.tags, [tag]),
  }));
  return { json: {} };
}

async function deleteTag(call: Call): Promise<Reply> {
  const body = await fieldsOf(call);
  const key = requiredText(body, 'key');
  changeModel(call.workspace.metastore, requiredText(body, 'name'), authorOf(call), (model) => ({
    ...model,
    tags: withoutTags(model.tags, [key]),
  }));
  return { json: {} };
}
