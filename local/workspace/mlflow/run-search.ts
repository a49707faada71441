import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalText, textList } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { numberOf, textUnder } from './entries';
import { lifecycleStages } from './experiments';
import { type FilterEntity, parseFilter } from './filter';
import { type Field, matches, parseOrder, sorted } from './search';
import { trackingOf } from './tracking';
import type { Run } from './types';

/** Search over the runs of given experiments. */
export const runSearchOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/api/2.0/mlflow/runs/search',
    note: 'the whole filter grammar of MLflow (conditions joined by AND), order_by, pages',
    handle: search,
  },
];

async function search(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const experiments = new Set(textList(body, 'experiment_ids'));
  const conditions = parseFilter(optionalText(body, 'filter') ?? '');
  const order = parseOrder(textList(body, 'order_by'));
  const stages = lifecycleStages(optionalText(body, 'run_view_type'));
  const found = [...trackingOf(call.workspace).runs.entries()]
    .map(([, run]) => run)
    .filter(({ info }) => experiments.has(info.experiment_id) && stages.includes(info.lifecycle_stage))
    .filter((run) => matches(run, conditions, runField))
    .sort(newestFirst);
  const page = pageOf(sorted(found, order, runField), body, { standard: 1_000, most: 50_000 });
  return { json: { runs: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
}

/** The order of runs unless the request names one: latest start first, then run id. */
function newestFirst(a: Run, b: Run): number {
  return b.info.start_time - a.info.start_time || (a.info.run_id < b.info.run_id ? -1 : 1);
}

/** A field of a run by filter name. @throws ApiError 400 for an attribute that runs do not have */
export function runField(run: Run, entity: FilterEntity, key: string): Field {
  switch (entity) {
    case 'metric': {
      const metric = run.data.metrics.find((one) => one.key === key);
      return metric === undefined ? undefined : numberOf(metric.value);
    }
    case 'param':
      return textUnder(run.data.params, key);
    case 'tag':
      return textUnder(run.data.tags, key);
    case 'dataset':
      return datasetField(run, key);
    case 'attribute':
      return attribute(run, key);
  }
}

function datasetField(run: Run, key: string): readonly string[] {
  return run.inputs.dataset_inputs.map(({ dataset, tags }) => {
    switch (key) {
      case 'name':
        return dataset.name;
      case 'digest':
        return dataset.digest;
      case 'context':
        return textUnder(tags, 'mlflow.data.context') ?? '';
      default:
        throw invalid(`Invalid dataset key '${key}'. Valid ones: name, digest, context.`);
    }
  });
}

function attribute({ info }: Run, key: string): Field {
  switch (key) {
    case 'run_id':
    case 'run_name':
    case 'experiment_id':
    case 'user_id':
    case 'status':
    case 'artifact_uri':
    case 'start_time':
    case 'end_time':
      return info[key];
    case 'Run ID':
      return info.run_id;
    case 'run name':
      return info.run_name;
    case 'created':
    case 'Created':
      return info.start_time;
    default:
      throw invalid(`Invalid attribute key '${key}' for runs.`);
  }
}
