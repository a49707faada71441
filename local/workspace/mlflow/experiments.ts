import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, optionalText, queryFields, requiredText, textList } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { keyValue, keyValues, textUnder, withEntry } from './entries';
import { permitMaker } from './experiment-permissions';
import { parseFilter } from './filter';
import { filterOf, parseOrder, type Searchable, sorted } from './search';
import { trackingOf } from './tracking';
import type { Experiment, LifecycleStage } from './types';

const ROOT = '/api/2.0/mlflow/experiments';
const LONGEST_TAG = 5_000;
const MOST_FOUND = 3_000;
const MOST_LISTED = 50_000;

/** Experiments of MLflow tracking. */
export const experimentOperations: readonly Operation[] = [
  { method: 'POST', path: `${ROOT}/create`, lacks: 'the check that the parent folder exists', handle: create },
  { method: 'GET', path: `${ROOT}/get`, handle: get },
  { method: 'GET', path: `${ROOT}/get-by-name`, handle: getByName },
  { method: 'POST', path: `${ROOT}/search`, handle: search },
  { method: 'GET', path: `${ROOT}/list`, note: 'by page token, without filter', handle: list },
  { method: 'POST', path: `${ROOT}/update`, handle: rename },
  { method: 'POST', path: `${ROOT}/delete`, handle: (call) => setStage(call, 'deleted') },
  { method: 'POST', path: `${ROOT}/restore`, handle: (call) => setStage(call, 'active') },
  { method: 'POST', path: `${ROOT}/set-experiment-tag`, handle: setTag },
  { method: 'POST', path: `${ROOT}/delete-experiment-tag`, handle: deleteTag },
];

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const { workspace } = call;
  const tracking = trackingOf(workspace);
  const name = experimentName(requiredText(body, 'name'));
  const tags = keyValues(body, 'tags', LONGEST_TAG);
  const now = workspace.clock.now();
  return workspace.store.transaction(() => {
    if (byName(call, name) !== undefined) {
      throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Experiment '${name}' already exists.`);
    }
    const id = nextId(call);
    const experiment: Experiment = {
      experiment_id: id,
      name,
      artifact_location: optionalText(body, 'artifact_location') || `dbfs:/databricks/mlflow-tracking/${id}`,
      lifecycle_stage: 'active',
      creation_time: now,
      last_update_time: now,
      tags: [
        ...tags,
        { key: 'mlflow.ownerId', value: call.principal.id },
        { key: 'mlflow.ownerEmail', value: call.principal.userName },
        { key: 'mlflow.experiment.sourceName', value: name },
      ],
    };
    tracking.experiments.put(id, experiment);
    permitMaker(workspace, id, call.principal.userName);
    return { json: { experiment_id: id } };
  });
}

function get(call: Call): Reply {
  const id = requiredText(queryFields(call.query), 'experiment_id');
  return { json: { experiment: trackingOf(call.workspace).experiment(id) } };
}

function getByName(call: Call): Reply {
  const name = requiredText(queryFields(call.query), 'experiment_name');
  const experiment = byName(call, name);
  if (experiment === undefined) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`);
  }
  return { json: { experiment } };
}

async function search(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const isAskedFor = filterOf(parseFilter(optionalText(body, 'filter') ?? ''), searchable);
  const order = parseOrder(textList(body, 'order_by'));
  const stages = lifecycleStages(optionalText(body, 'view_type'));
  const found = allExperiments(call)
    .filter((experiment) => stages.includes(experiment.lifecycle_stage))
    .filter(isAskedFor)
    .sort((a, b) => b.last_update_time - a.last_update_time);
  return pageReply(sorted(found, order, searchable), body, MOST_FOUND);
}

function list(call: Call): Reply {
  const fields = queryFields(call.query);
  const stages = lifecycleStages(optionalText(fields, 'view_type'));
  return pageReply(
    allExperiments(call).filter((experiment) => stages.includes(experiment.lifecycle_stage)),
    fields,
    MOST_LISTED,
  );
}

function pageReply(found: readonly Experiment[], request: Fields, most: number): Reply {
  const page = pageOf(found, request, { standard: 1_000, most });
  return { json: { experiments: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
}

async function rename(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const name = experimentName(requiredText(body, 'new_name'));
  return change(call, requiredText(body, 'experiment_id'), (experiment) => {
    const other = byName(call, name);
    if (other !== undefined && other.experiment_id !== experiment.experiment_id) {
      throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Experiment '${name}' already exists.`);
    }
    return { ...experiment, name };
  });
}

async function setStage(call: Call, stage: LifecycleStage): Promise<Reply> {
  const body = await call.json<Fields>();
  return change(call, requiredText(body, 'experiment_id'), (experiment) => ({ ...experiment, lifecycle_stage: stage }));
}

async function setTag(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const tag = keyValue(body, LONGEST_TAG);
  return change(call, requiredText(body, 'experiment_id'), (experiment) => ({
    ...experiment,
    tags: withEntry(experiment.tags, tag),
  }));
}

async function deleteTag(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const key = requiredText(body, 'key');
  return change(call, requiredText(body, 'experiment_id'), (experiment) => ({
    ...experiment,
    tags: experiment.tags.filter((tag) => tag.key !== key),
  }));
}

function change(call: Call, id: string, body: (experiment: Experiment) => Experiment): Reply {
  const tracking = trackingOf(call.workspace);
  return call.workspace.store.transaction(() => {
    const changed = { ...body(tracking.experiment(id)), last_update_time: call.workspace.clock.now() };
    tracking.experiments.put(id, changed);
    return { json: {} };
  });
}

function allExperiments(call: Call): Experiment[] {
  return [...trackingOf(call.workspace).experiments.entries()].map(([, experiment]) => experiment);
}

function byName(call: Call, name: string): Experiment | undefined {
  return allExperiments(call).find((experiment) => experiment.name === name);
}

/** Experiment ids of Databricks are decimal numbers of up to 19 digits; these have 16. */
function nextId(call: Call): string {
  return String(1_000_000_000_000_000 + call.workspace.store.next('mlflow-experiment'));
}

/** @throws ApiError 400 unless it is an absolute workspace path */
function experimentName(name: string): string {
  if (!name.startsWith('/') || name.length < 2 || name.endsWith('/')) {
    throw invalid(
      `Got an invalid experiment name '${name}'. An experiment name must be an absolute path within the Databricks workspace, e.g. '/Users/<some-username>/my-experiment'.`,
    );
  }
  return name;
}

/** The stages that a `view_type` or `run_view_type` shows. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function lifecycleStages(viewType: string | undefined): readonly LifecycleStage[] {
  switch (viewType ?? 'ACTIVE_ONLY') {
    case 'ACTIVE_ONLY':
      return ['active'];
    case 'DELETED_ONLY':
      return ['deleted'];
    case 'ALL':
      return ['active', 'deleted'];
    default:
      throw invalid(`Invalid view type '${viewType}'. Valid ones: ACTIVE_ONLY, DELETED_ONLY, ALL.`);
  }
}

const TEXTS = new Set(['name', 'experiment_id']);
const NUMBERS = new Set(['creation_time', 'last_update_time']);

const searchable: Searchable<Experiment> = {
  kindOf: (entity, key) => {
    if (entity !== 'tag' && (entity !== 'attribute' || !(TEXTS.has(key) || NUMBERS.has(key)))) {
      throw invalid(`Invalid ${entity} key '${key}' for experiments.`);
    }
    return entity === 'attribute' && NUMBERS.has(key) ? 'number' : 'text';
  },
  fieldOf: (experiment, entity, key) =>
    entity === 'tag' ? textUnder(experiment.tags, key) : (experiment[key as keyof Experiment] as string | number),
};
