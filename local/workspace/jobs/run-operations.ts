import { rm } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { integerId } from '../../../src/json';
import type { Call, Operation, Reply } from '../api';
import { ApiError } from '../api';
import { type Fields, flag, invalid, optionalText, queryFields } from '../fields';
import { attemptFolder, readExitValue, readLog, readSqlOutput, readTaskError } from './attempt-folder';
import { exportOperation } from './export-operation';
import { knownRun, type RunParts } from './job-parts';
import { arrayPage } from './list-pages';
import { listRunsOperation } from './list-runs';
import { repairHistory } from './repair-history';
import { repairOperation } from './repair-operation';
import type { FoundAttempt } from './run-store';
import { runOnWire, taskRunOnWire } from './run-wire';
import type { Run } from './types';

const MOST_RESULT_BYTES = 5 * 1024 * 1024;

/** Read, cancel and delete runs under one version of the API. */
export function runOperations(parts: RunParts, version: '2.1' | '2.2'): readonly Operation[] {
  const prefix = `/api/${version}/jobs`;
  return [
    {
      method: 'GET',
      path: `${prefix}/runs/get`,
      note: 'job runs and task runs with their iterations, both state generations; include_history, include_resolved_values',
      handle: ({ query }) => get(parts, queryFields(query), version),
    },
    {
      method: 'GET',
      path: `${prefix}/runs/get-output`,
      note: 'exit value, error, error_trace, run_job_output, sql_output; the last 5 MB of the log, not for notebooks',
      lacks: 'outputs of dbt and dashboard tasks',
      handle: ({ query }) => output(parts, queryFields(query)),
    },
    listRunsOperation(parts, version),
    { method: 'POST', path: `${prefix}/runs/cancel`, handle: (call) => cancel(parts, call) },
    { method: 'POST', path: `${prefix}/runs/cancel-all`, handle: (call) => cancelAll(parts, call) },
    { method: 'POST', path: `${prefix}/runs/delete`, handle: (call) => remove(parts, call) },
    repairOperation(parts, version),
    exportOperation(parts, version),
  ];
}

function get(parts: RunParts, request: Fields, version: '2.1' | '2.2'): Reply {
  const found = knownRun(parts, request);
  const resolvedValues = flag(request, 'include_resolved_values');
  if ('attempt' in found) {
    const shown = taskRunOnWire({ ...parts, resolvedValues }, found);
    return { json: version === '2.1' ? shown : arrayPage(shown, ['tasks', 'iterations'], request) };
  }
  const whole = runOnWire({ ...parts, resolvedValues }, found.run);
  const shown = flag(request, 'include_history') ? { ...whole, repair_history: repairHistory(found.run) } : whole;
  return { json: version === '2.1' ? shown : arrayPage(shown, RUN_ARRAYS, request) };
}

const RUN_ARRAYS = ['tasks', 'job_clusters', 'job_parameters', 'repair_history'];

async function output(parts: RunParts, request: Fields): Promise<Reply> {
  const found = knownRun(parts, request);
  if (!('attempt' in found)) {
    throw invalid(
      'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
    );
  }
  const { attempt } = found;
  const { workspace } = parts;
  const raised = await readTaskError(workspace, attempt.runId);
  const failure =
    raised !== undefined
      ? { error: raised.error, error_trace: raised.trace }
      : attempt.outcome === 'FAILED' || attempt.outcome === 'INTERNAL_ERROR'
        ? { error: attempt.message }
        : {};
  return {
    json: {
      metadata: taskRunOnWire(parts, found),
      ...failure,
      ...(await typedOutput(parts, found)),
    },
  };
}

async function typedOutput(
  parts: RunParts,
  { task: { spec }, attempt }: FoundAttempt,
): Promise<Record<string, unknown>> {
  if (spec.notebook_task !== undefined) {
    return { notebook_output: await notebookOutput(parts, attempt.runId) };
  }
  if (spec.run_job_task !== undefined) {
    return attempt.childRun === undefined ? {} : { run_job_output: { run_id: integerId(attempt.childRun) } };
  }
  if (spec.sql_task !== undefined) {
    const read = readSqlOutput(parts.workspace, attempt.runId);
    const warehouse = spec.sql_task.warehouse_id;
    return read === undefined
      ? {}
      : {
          sql_output: { query_output: { query_text: read.queryText, warehouse_id: warehouse, endpoint_id: warehouse } },
        };
  }
  return scriptOutput(parts, attempt.runId);
}

async function scriptOutput({ workspace }: RunParts, runId: string): Promise<Record<string, unknown>> {
  const log = await readLog(workspace, runId);
  return log.text === '' ? {} : { logs: log.text, logs_truncated: log.truncated };
}

async function notebookOutput({ workspace }: RunParts, runId: string): Promise<Record<string, unknown>> {
  const result = await readExitValue(workspace, runId);
  if (result === undefined) {
    return {};
  }
  const bytes = Buffer.from(result);
  // A character that the limit cuts in two is left out.
  const shown = new StringDecoder('utf8').write(bytes.subarray(0, MOST_RESULT_BYTES));
  return bytes.length > MOST_RESULT_BYTES ? { result: shown, truncated: true } : { result, truncated: false };
}

async function cancel(parts: RunParts, call: Call): Promise<Reply> {
  const found = knownRun(parts, await call.json());
  parts.runner.cancel(found.run.runId, 'attempt' in found ? found.attempt.runId : undefined);
  return {};
}

async function cancelAll(parts: RunParts, call: Call): Promise<Reply> {
  const fields = await call.json();
  const jobId = optionalText(fields, 'job_id');
  const queuedOnly = flag(fields, 'all_queued_runs');
  if (jobId === undefined && !queuedOnly) {
    throw invalid('cancel-all needs job_id or all_queued_runs.');
  }
  const chosen = parts.runs
    .active()
    .filter((run) => run.iterations === undefined)
    .filter((run) => (jobId === undefined || run.jobId === jobId) && (!queuedOnly || run.phase === 'QUEUED'));
  for (const run of chosen) {
    parts.runner.cancel(run.runId);
  }
  return {};
}

async function remove(parts: RunParts, call: Call): Promise<Reply> {
  const { run } = knownRun(parts, await call.json());
  if (run.phase !== 'ENDED') {
    throw new ApiError(400, 'INVALID_STATE', `Run ${run.runId} is active and cannot be deleted; cancel it first.`);
  }
  const all = [run, ...iterationRuns(parts, run)];
  await parts.checkouts.forget(run.runId);
  for (const one of all) {
    parts.runs.remove(one);
  }
  for (const attempt of all.flatMap((one) => one.tasks).flatMap((task) => task.attempts)) {
    await rm(attemptFolder(parts.workspace, attempt.runId), { recursive: true, force: true });
  }
  return {};
}

/** The hidden runs of its for-each tasks, which go with it. */
function iterationRuns({ runs }: RunParts, run: Run): readonly Run[] {
  return run.tasks
    .flatMap((task) => task.attempts)
    .flatMap(({ childRun }) => (childRun === undefined ? [] : (runs.get(childRun) ?? [])))
    .filter((child) => child.iterations !== undefined);
}
