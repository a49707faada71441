import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalInteger, queryFields, requiredText } from '../fields';
import { pageOfEntries, unlessEmpty } from '../paging';
import { runIdOf } from './runs';
import { type Tracking, trackingOf } from './tracking';
import type { Metric } from './types';

const ROOT = '/api/2.0/mlflow/metrics';
const MOST_RUNS = 100;
const MOST_RESULTS = 25_000;

/** All values that were logged under one key, by time, then step, then value. */
export const metricHistoryOperations: readonly Operation[] = [
  { method: 'GET', path: `${ROOT}/get-history`, handle: ofRun },
  { method: 'GET', path: `${ROOT}/get-history-bulk`, note: 'up to 100 runs', handle: ofRuns },
  {
    method: 'GET',
    path: `${ROOT}/get-history-bulk-interval`,
    note: 'up to 100 runs, thinned to about max_results steps of each',
    handle: ofRunsThinned,
  },
];

function ofRun(call: Call): Reply {
  const fields = queryFields(call.query);
  const tracking = trackingOf(call.workspace);
  const prefix = historyPrefix(tracking.run(runIdOf(fields)).info.run_id, requiredText(fields, 'metric_key'));
  const page = pageOfEntries(tracking.history, prefix, fields, { standard: MOST_RESULTS, most: MOST_RESULTS });
  return { json: { metrics: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
}

function ofRuns(call: Call): Reply {
  const fields = queryFields(call.query);
  const tracking = trackingOf(call.workspace);
  const key = requiredText(fields, 'metric_key');
  const most = resultsAsked(fields, MOST_RESULTS);
  const metrics = runsAsked(call, 'run_id').flatMap((id) => history(tracking, id, key));
  return { json: { metrics: unlessEmpty(metrics.slice(0, most)) } };
}

/** Steps are chosen evenly between the first and the last of all runs; the last step of each run is always there, as MLflow does it. */
function ofRunsThinned(call: Call): Reply {
  const fields = queryFields(call.query);
  const tracking = trackingOf(call.workspace);
  const key = requiredText(fields, 'metric_key');
  const { start, end } = stepsAsked(fields);
  const all = runsAsked(call, 'run_ids').map((id) =>
    history(tracking, id, key).filter(({ step }) => step >= start && step <= end),
  );
  const steps = [...new Set(all.flat().map(({ step }) => step))].sort((a, b) => a - b);
  const chosen = new Set(evenly(steps, resultsAsked(fields, 2_500)));
  const metrics = all.flatMap((values) => {
    const last = values.reduce((most, { step }) => Math.max(most, step), Number.MIN_SAFE_INTEGER);
    return values.filter(({ step }) => chosen.has(step) || step === last);
  });
  return { json: { metrics: unlessEmpty(metrics) } };
}

/** MLflow wants both ends or none. @throws ApiError 400 INVALID_PARAMETER_VALUE */
function stepsAsked(fields: Fields): { readonly start: number; readonly end: number } {
  const [start, end] = [optionalInteger(fields, 'start_step'), optionalInteger(fields, 'end_step')];
  if ((start === undefined) !== (end === undefined)) {
    throw invalid("Parameters 'start_step' and 'end_step' must be given together.");
  }
  return { start: start ?? Number.MIN_SAFE_INTEGER, end: end ?? Number.MAX_SAFE_INTEGER };
}

function history(tracking: Tracking, runId: string, key: string): readonly Metric[] {
  return [...tracking.history.entries(historyPrefix(runId, key))].map(([, metric]) => metric);
}

function historyPrefix(runId: string, key: string): string {
  return `${runId}/${encodeURIComponent(key)}/`;
}

/** @throws ApiError 400 unless 1 to 100 runs are named, 404 for one that is missing */
function runsAsked(call: Call, name: string): readonly string[] {
  const ids = call.query.getAll(name);
  if (ids.length === 0 || ids.length > MOST_RUNS) {
    throw invalid(`Parameter '${name}' names 1 to ${MOST_RUNS} runs, got ${ids.length}.`);
  }
  return ids.map((id) => trackingOf(call.workspace).run(id).info.run_id);
}

function resultsAsked(fields: Fields, most: number): number {
  const asked = optionalInteger(fields, 'max_results') ?? most;
  if (asked < 1 || asked > most) {
    throw invalid(`Invalid value ${asked} for parameter 'max_results': it must be between 1 and ${most}.`);
  }
  return asked;
}

/** At most `count` of the values, evenly, with the first and the last. */
function evenly(values: readonly number[], count: number): readonly number[] {
  if (values.length <= count) {
    return values;
  }
  const stride = (values.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, index) => values[Math.round(index * stride)] ?? 0);
}
