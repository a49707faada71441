import { ApiError, type Call, type Operation, type Reply } from '../api';
import {
  type Fields,
  invalid,
  objectList,
  optionalInteger,
  optionalObject,
  optionalText,
  requiredText,
} from '../fields';
import { keyValue, keyValues, metricOf, textMember, textUnder, withEntry } from './entries';
import { LONGEST_RUN_TAG, runIdOf, withRunTags } from './runs';
import { trackingOf } from './tracking';
import type { DatasetInput, KeyValue, Run } from './types';

const ROOT = '/api/2.0/mlflow/runs';
const LONGEST_PARAM = 6_000;
/** As the MLflow client counts a megabyte. */
const MOST_BATCH_BYTES = 1_000_000;
const MODEL_HISTORY = 'mlflow.log-model.history';

/** What is logged to a run: metrics, parameters, tags, data sets, models. */
export const runDataOperations: readonly Operation[] = [
  { method: 'POST', path: `${ROOT}/log-batch`, note: 'all of it or nothing is written', handle: logBatch },
  { method: 'POST', path: `${ROOT}/log-metric`, handle: logMetric },
  { method: 'POST', path: `${ROOT}/log-parameter`, handle: logParameter },
  { method: 'POST', path: `${ROOT}/set-tag`, handle: setTag },
  { method: 'POST', path: `${ROOT}/delete-tag`, handle: deleteTag },
  { method: 'POST', path: `${ROOT}/log-inputs`, handle: logInputs },
  { method: 'POST', path: `${ROOT}/outputs`, handle: logOutputs },
  { method: 'POST', path: `${ROOT}/log-model`, note: 'the tag mlflow.log-model.history of MLflow 2', handle: logModel },
];

/** Limits of one batch: 1000 metrics, 100 parameters, 100 tags, 1000 in all. */
async function logBatch(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const runId = runIdOf(body);
  const now = call.workspace.clock.now();
  const metrics = objectList(body, 'metrics').map((metric) => metricOf(metric, runId));
  const params = keyValues(body, 'params', LONGEST_PARAM);
  const tags = keyValues(body, 'tags', LONGEST_RUN_TAG);
  if ((await call.bytes()).length > MOST_BATCH_BYTES) {
    throw invalid(`A batch logging request can have at most ${MOST_BATCH_BYTES} bytes.`);
  }
  atMost(1_000, metrics.length, 'metrics');
  atMost(100, params.length, 'params');
  atMost(100, tags.length, 'tags');
  atMost(1_000, metrics.length + params.length + tags.length, 'entries in all');
  const tracking = trackingOf(call.workspace);
  tracking.changeRun(runId, (run) => tracking.withMetrics(withRunTags(withParams(run, params), tags), metrics, now));
  return { json: {} };
}

function atMost(limit: number, count: number, what: string): void {
  if (count > limit) {
    throw invalid(`A batch logging request can contain at most ${limit} ${what}. Got ${count}.`);
  }
}

async function logMetric(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const runId = runIdOf(body);
  const now = call.workspace.clock.now();
  const metric = metricOf(body, runId);
  const tracking = trackingOf(call.workspace);
  tracking.changeRun(runId, (run) => tracking.withMetrics(run, [metric], now));
  return { json: {} };
}

async function logParameter(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const param = keyValue(body, LONGEST_PARAM);
  trackingOf(call.workspace).changeRun(runIdOf(body), (run) => withParams(run, [param]));
  return { json: {} };
}

function withParams(run: Run, params: readonly KeyValue[]): Run {
  let all = run.data.params;
  for (const param of params) {
    const former = textUnder(all, param.key);
    if (former !== undefined && former !== param.value) {
      throw invalid(
        `Changing param values is not allowed. Param with key='${param.key}' was already logged with value='${former}' for run ID='${run.info.run_id}'. Attempted logging new value '${param.value}'.`,
      );
    }
    all = withEntry(all, param);
  }
  return { ...run, data: { ...run.data, params: all } };
}

async function setTag(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const tag = keyValue(body, LONGEST_RUN_TAG);
  trackingOf(call.workspace).changeRun(runIdOf(body), (run) => withRunTags(run, [tag]));
  return { json: {} };
}

async function deleteTag(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const key = requiredText(body, 'key');
  trackingOf(call.workspace).changeRun(runIdOf(body), (run) => {
    if (textUnder(run.data.tags, key) === undefined) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `No tag with name: ${key} in run with id ${run.info.run_id}`);
    }
    return { ...run, data: { ...run.data, tags: run.data.tags.filter((tag) => tag.key !== key) } };
  });
  return { json: {} };
}

async function logInputs(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const datasets = objectList(body, 'datasets').map(datasetInput);
  const models = objectList(body, 'models').map((model) => ({ model_id: requiredText(model, 'model_id') }));
  trackingOf(call.workspace).changeRun(runIdOf(body), (run) => ({
    ...run,
    inputs: {
      dataset_inputs: datasets.reduce(withDataset, run.inputs.dataset_inputs),
      model_inputs: models.reduce(withModel, run.inputs.model_inputs),
    },
  }));
  return { json: {} };
}

function datasetInput(fields: Fields): DatasetInput {
  const dataset = optionalObject(fields, 'dataset') ?? {};
  return {
    dataset: {
      name: requiredText(dataset, 'name'),
      digest: requiredText(dataset, 'digest'),
      ...textMember(dataset, 'source_type'),
      ...textMember(dataset, 'source'),
      ...textMember(dataset, 'schema'),
      ...textMember(dataset, 'profile'),
    },
    tags: keyValues(fields, 'tags', LONGEST_RUN_TAG),
  };
}

/** A data set is the same when name and digest are; logging it again replaces its tags. */
function withDataset(all: readonly DatasetInput[], input: DatasetInput): readonly DatasetInput[] {
  const { name, digest } = input.dataset;
  return [...all.filter(({ dataset }) => dataset.name !== name || dataset.digest !== digest), input];
}

function withModel<T extends { readonly model_id: string }>(all: readonly T[], model: T): readonly T[] {
  return [...all.filter(({ model_id }) => model_id !== model.model_id), model];
}

async function logOutputs(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const models = objectList(body, 'models').map((model) => ({
    model_id: requiredText(model, 'model_id'),
    step: optionalInteger(model, 'step') ?? 0,
  }));
  trackingOf(call.workspace).changeRun(runIdOf(body), (run) => ({
    ...run,
    outputs: { model_outputs: models.reduce(withModel, run.outputs.model_outputs) },
  }));
  return { json: {} };
}

async function logModel(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const model = parsedModel(optionalText(body, 'model_json') ?? '');
  trackingOf(call.workspace).changeRun(runIdOf(body), (run) => {
    const former = JSON.parse(textUnder(run.data.tags, MODEL_HISTORY) ?? '[]') as unknown[];
    return withRunTags(run, [{ key: MODEL_HISTORY, value: JSON.stringify([...former, model]) }]);
  });
  return { json: {} };
}

function parsedModel(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`Malformed model info. 'model_json' is not JSON: ${String(cause)}`);
  }
}
