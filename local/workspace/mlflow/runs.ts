import { randomBytes } from 'node:crypto';
import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalInteger, optionalText, queryFields, requiredText } from '../fields';
import { keyValues, textUnder, withEntry } from './entries';
import { trackingOf } from './tracking';
import { type KeyValue, RUN_STATUSES, type Run, type RunInfo, type RunStatus } from './types';

const ROOT = '/api/2.0/mlflow/runs';
const RUN_NAME = 'mlflow.runName';
/** Longest value of a run tag, in bytes. */
export const LONGEST_RUN_TAG = 65_536;

/** Runs of MLflow tracking: their life; what is logged to them is in run-data.ts, deletion in run-deletion.ts, search in run-search.ts. */
export const runOperations: readonly Operation[] = [
  { method: 'POST', path: `${ROOT}/create`, handle: create },
  { method: 'GET', path: `${ROOT}/get`, handle: get },
  { method: 'POST', path: `${ROOT}/update`, handle: update },
];

async function create(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const { workspace } = call;
  const tracking = trackingOf(workspace);
  const experiment = experimentFor(call, body);
  const runId = randomBytes(16).toString('hex');
  const tags = keyValues(body, 'tags', LONGEST_RUN_TAG);
  const runName = optionalText(body, 'run_name') || textUnder(tags, RUN_NAME) || `run-${runId.slice(0, 8)}`;
  const run: Run = {
    info: {
      run_id: runId,
      run_uuid: runId,
      run_name: runName,
      experiment_id: experiment.experiment_id,
      user_id: call.principal.userName,
      status: 'RUNNING',
      start_time: optionalInteger(body, 'start_time') ?? workspace.clock.now(),
      artifact_uri: `${experiment.artifact_location}/${runId}/artifacts`,
      lifecycle_stage: 'active',
    },
    data: { metrics: [], params: [], tags: withEntry(tags, { key: RUN_NAME, value: runName }) },
    inputs: { dataset_inputs: [], model_inputs: [] },
    outputs: { model_outputs: [] },
  };
  tracking.runs.put(runId, run);
  return { json: { run } };
}

/** The client sends experiment "0" when nobody has chosen one; a workspace has no such default. */
function experimentFor(call: Call, body: Fields) {
  const id = requiredText(body, 'experiment_id');
  const experiment = trackingOf(call.workspace).experiment(id);
  if (experiment.lifecycle_stage !== 'active') {
    throw invalid(`The experiment ${id} must be in the 'active' state. Current state is deleted.`);
  }
  return experiment;
}

/** The header tells the MLflow client which workspace the run belongs to. */
function get(call: Call): Reply {
  const fields = queryFields(call.query);
  const run = trackingOf(call.workspace).run(runIdOf(fields));
  return { json: { run }, headers: { 'X-Databricks-Org-Id': call.workspace.id } };
}

async function update(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const status = optionalText(body, 'status');
  if (status !== undefined && !isRunStatus(status)) {
    throw invalid(`Invalid run status '${status}'. Valid ones: ${RUN_STATUSES.join(', ')}.`);
  }
  const endTime = optionalInteger(body, 'end_time');
  const runName = optionalText(body, 'run_name');
  const run = trackingOf(call.workspace).changeRun(runIdOf(body), (former) => {
    const ended: Run = {
      ...former,
      info: { ...former.info, ...(status && { status }), ...(endTime !== undefined && { end_time: endTime }) },
    };
    return runName ? withRunTags(ended, [{ key: RUN_NAME, value: runName }]) : ended;
  });
  return { json: { run_info: run.info } };
}

function isRunStatus(text: string): text is RunStatus {
  return (RUN_STATUSES as readonly string[]).includes(text);
}

/** `run_id`, or its former name `run_uuid`. @throws ApiError 400 INVALID_PARAMETER_VALUE when both are absent */
export function runIdOf(fields: Fields): string {
  return optionalText(fields, 'run_id') || optionalText(fields, 'run_uuid') || requiredText(fields, 'run_id');
}

/** The run with these tags; the tag `mlflow.runName` is also the run's name. */
export function withRunTags(run: Run, tags: readonly KeyValue[]): Run {
  const name = textUnder(tags, RUN_NAME);
  const info: RunInfo = name === undefined ? run.info : { ...run.info, run_name: name };
  return { ...run, info, data: { ...run.data, tags: tags.reduce<readonly KeyValue[]>(withEntry, run.data.tags) } };
}
