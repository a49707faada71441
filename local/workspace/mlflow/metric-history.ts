import type { Call, Operation, Reply } from '../api';
import { queryFields, requiredText } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { runIdOf } from './runs';
import { trackingOf } from './tracking';

/** All values that were logged under one key of a run, by time, then step, then value. */
export const metricHistoryOperations: readonly Operation[] = [
  { method: 'GET', path: '/api/2.0/mlflow/metrics/get-history', handle: getHistory },
];

function getHistory(call: Call): Reply {
  const fields = queryFields(call.query);
  const tracking = trackingOf(call.workspace);
  const { run_id } = tracking.run(runIdOf(fields)).info;
  const key = encodeURIComponent(requiredText(fields, 'metric_key'));
  const all = [...tracking.history.entries(`${run_id}/${key}/`)].map(([, metric]) => metric);
  const page = pageOf(all, fields, { standard: 25_000, most: 25_000 });
  return { json: { metrics: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
}
