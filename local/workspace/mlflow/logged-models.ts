import { randomBytes } from 'node:crypto';
import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, optionalText, requiredText } from '../fields';
import { keyValues, textMember, textUnder, withEntry } from './entries';
import { trackingOf } from './tracking';
import type { KeyValue, LoggedModel, LoggedModelStatus } from './types';

const ROOT = '/api/2.0/mlflow/logged-models';
const LONGEST = 65_536;

/** Logged models of MLflow 3: their life, tags and parameters; search is in logged-model-search.ts. */
export const loggedModelOperations: readonly Operation[] = [
  { method: 'POST', path: ROOT, handle: create },
  { method: 'GET', path: `${ROOT}:batchGet`, handle: batchGet },
  { method: 'GET', path: `${ROOT}/:model_id`, handle: get },
  { method: 'PATCH', path: `${ROOT}/:model_id`, handle: finalize },
  { method: 'DELETE', path: `${ROOT}/:model_id`, handle: remove },
  { method: 'PATCH', path: `${ROOT}/:model_id/tags`, handle: setTags },
  { method: 'DELETE', path: `${ROOT}/:model_id/tags/:key`, handle: deleteTag },
  { method: 'POST', path: `${ROOT}/:model_id/params`, handle: logParams },
];

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const tracking = trackingOf(call.workspace);
  const experiment = tracking.experiment(requiredText(body, 'experiment_id'));
  const id = `m-${randomBytes(16).toString('hex')}`;
  const now = call.workspace.clock.now();
  const model: LoggedModel = {
    info: {
      model_id: id,
      experiment_id: experiment.experiment_id,
      name: optionalText(body, 'name') || `model-${id.slice(2, 10)}`,
      artifact_uri: `${experiment.artifact_location}/logged_models/${id}/artifacts`,
      creation_timestamp_ms: now,
      last_updated_timestamp_ms: now,
      status: 'LOGGED_MODEL_PENDING',
      ...textMember(body, 'model_type'),
      ...textMember(body, 'source_run_id'),
      creator_id: call.principal.id,
      tags: keyValues(body, 'tags', LONGEST),
    },
    data: { params: keyValues(body, 'params', LONGEST), metrics: [] },
  };
  tracking.loggedModels.put(id, model);
  return { json: { model } };
}

function get(call: Call): Reply {
  return { json: { model: trackingOf(call.workspace).loggedModel(modelId(call)) } };
}

function batchGet(call: Call): Reply {
  const ids = call.query.getAll('model_ids');
  if (ids.length > 100) {
    throw invalid(`At most 100 model_ids can be asked for at once. Got ${ids.length}.`);
  }
  return { json: { models: ids.map((id) => trackingOf(call.workspace).loggedModel(id)) } };
}

async function finalize(call: Call): Promise<Reply> {
  const status = requiredText(await call.json<Fields>(), 'status');
  if (status !== 'LOGGED_MODEL_READY' && status !== 'LOGGED_MODEL_UPLOAD_FAILED') {
    throw invalid(`A logged model is finalized as LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED, not '${status}'.`);
  }
  const final: LoggedModelStatus = status;
  return changed(call, (model) => ({ ...model, info: { ...model.info, status: final } }));
}

function remove(call: Call): Reply {
  const tracking = trackingOf(call.workspace);
  tracking.loggedModels.remove(tracking.loggedModel(modelId(call)).info.model_id);
  return { json: {} };
}

async function setTags(call: Call): Promise<Reply> {
  const tags = keyValues(await call.json<Fields>(), 'tags', LONGEST);
  return changed(call, (model) => ({
    ...model,
    info: { ...model.info, tags: tags.reduce<readonly KeyValue[]>(withEntry, model.info.tags) },
  }));
}

function deleteTag(call: Call): Reply {
  const key = requiredText(call.params, 'key');
  changed(call, (model) => {
    if (textUnder(model.info.tags, key) === undefined) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `No tag with key '${key}' on model '${model.info.model_id}'`);
    }
    return { ...model, info: { ...model.info, tags: model.info.tags.filter((tag) => tag.key !== key) } };
  });
  return { json: {} };
}

async function logParams(call: Call): Promise<Reply> {
  const params = keyValues(await call.json<Fields>(), 'params', LONGEST);
  changed(call, (model) => ({
    ...model,
    data: { ...model.data, params: params.reduce<readonly KeyValue[]>(withEntry, model.data.params) },
  }));
  return { json: {} };
}

function changed(call: Call, change: (model: LoggedModel) => LoggedModel): Reply {
  const model = trackingOf(call.workspace).changeLoggedModel(modelId(call), call.workspace.clock.now(), change);
  return { json: { model } };
}

function modelId(call: Call): string {
  return requiredText(call.params, 'model_id');
}
