import type { Call, Operation, Reply } from '../api';
import { type Fields, flag, invalid, objectList, optionalText, requiredText, textList } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { numberOf, textUnder } from './entries';
import { type FilterEntity, parseFilter } from './filter';
import { type Field, matches, parseOrder, type SortKey, sorted } from './search';
import { trackingOf } from './tracking';
import type { LoggedModel } from './types';

/** Search over the logged models of given experiments. */
export const loggedModelSearchOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/api/2.0/mlflow/logged-models/search',
    note: 'filter, order_by, pages; data sets narrow the metrics that are compared',
    handle: search,
  },
];

async function search(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const experiments = new Set(textList(body, 'experiment_ids'));
  const conditions = parseFilter(optionalText(body, 'filter') ?? '');
  const datasets = objectList(body, 'datasets').map((dataset) => ({
    name: requiredText(dataset, 'dataset_name'),
    digest: optionalText(dataset, 'dataset_digest'),
  }));
  const found = [...trackingOf(call.workspace).loggedModels.entries()]
    .map(([, model]) => model)
    .filter(({ info }) => experiments.has(info.experiment_id))
    .filter((model) => matches(onDatasets(model, datasets), conditions, field))
    .sort((a, b) => b.info.creation_timestamp_ms - a.info.creation_timestamp_ms);
  const page = pageOf(sorted(found, orderOf(body), field), body, { standard: 50, most: 1_000 });
  return { json: { models: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
}

function onDatasets(
  model: LoggedModel,
  datasets: readonly { name: string; digest: string | undefined }[],
): LoggedModel {
  const metrics = model.data.metrics.filter(
    (metric) =>
      datasets.length === 0 ||
      datasets.some(
        ({ name, digest }) => metric.dataset_name === name && (!digest || metric.dataset_digest === digest),
      ),
  );
  return { ...model, data: { ...model.data, metrics } };
}

function orderOf(body: Fields): readonly SortKey[] {
  return objectList(body, 'order_by').flatMap((item) =>
    parseOrder([requiredText(item, 'field_name')]).map((key) => ({
      ...key,
      descending: item.ascending !== undefined && !flag(item, 'ascending'),
    })),
  );
}

function field(model: LoggedModel, entity: FilterEntity, key: string): Field {
  switch (entity) {
    case 'metric': {
      const metric = model.data.metrics.findLast((one) => one.key === key);
      return metric === undefined ? undefined : numberOf(metric.value);
    }
    case 'param':
      return textUnder(model.data.params, key);
    case 'tag':
      return textUnder(model.info.tags, key);
    case 'dataset':
      throw invalid('Logged models are narrowed to data sets by the field datasets, not by the filter.');
    case 'attribute':
      return attribute(model, key);
  }
}

function attribute({ info }: LoggedModel, key: string): Field {
  switch (key) {
    case 'model_id':
    case 'name':
    case 'model_type':
    case 'status':
    case 'source_run_id':
    case 'experiment_id':
    case 'artifact_uri':
    case 'creation_timestamp_ms':
    case 'last_updated_timestamp_ms':
      return info[key];
    case 'model_name':
      return info.name;
    case 'creation_timestamp':
    case 'creation_time':
      return info.creation_timestamp_ms;
    case 'last_updated_timestamp':
      return info.last_updated_timestamp_ms;
    default:
      throw invalid(`Invalid attribute key '${key}' for logged models.`);
  }
}
