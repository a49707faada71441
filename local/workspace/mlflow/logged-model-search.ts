import type { Call, Operation, Reply } from '../api';
import { type Fields, flag, invalid, objectList, optionalText, requiredText, textList } from '../fields';
import { KeptLists, type ListSource } from '../kept-lists';
import { pageOf, unlessEmpty } from '../paging';
import { numberOf, textUnder } from './entries';
import { type FilterEntity, parseFilter } from './filter';
import { type Field, filterOf, parseOrder, type Searchable, type SortKey, sorted } from './search';
import { trackingOf } from './tracking';
import type { LoggedModel } from './types';

/** Search over the logged models of given experiments. */
export function loggedModelSearchOperations(): readonly Operation[] {
  const kept = new KeptLists();
  return [
    {
      method: 'POST',
      path: '/api/2.0/mlflow/logged-models/search',
      note: 'filter, order_by, pages; data sets narrow the metrics that are compared',
      handle: (call) => search(call, kept),
    },
  ];
}

interface DatasetFilter {
  readonly name: string;
  readonly digest: string | undefined;
}

async function search(call: Call, kept: KeptLists): Promise<Reply> {
  const body = await call.json<Fields>();
  const experiments = new Set(textList(body, 'experiment_ids'));
  const matches = filterOf(parseFilter(optionalText(body, 'filter') ?? ''), searchable);
  const datasets = objectList(body, 'datasets').map(datasetFilter);
  const { loggedModels } = trackingOf(call.workspace);
  const isAskedFor = (model: LoggedModel) => {
    const narrowed = onDatasets(model, datasets);
    return (
      experiments.has(model.info.experiment_id) &&
      (datasets.length === 0 || narrowed.data.metrics.length > 0) &&
      matches(narrowed)
    );
  };
  const source: ListSource<LoggedModel> = {
    kept,
    all: () => {
      const found = [...loggedModels.entries()].map(([, model]) => model).filter(isAskedFor);
      return ordered(found.sort(newestFirst), body);
    },
    idOf: ({ info }) => info.model_id,
    read: (id) => [loggedModels.get(id)].find((model) => model !== undefined && isAskedFor(model)),
  };
  const page = pageOf(source, body, { standard: 50, most: 1_000 });
  return { json: { models: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
}

function newestFirst({ info: a }: LoggedModel, { info: b }: LoggedModel): number {
  return b.creation_timestamp_ms - a.creation_timestamp_ms || (a.model_id < b.model_id ? -1 : 1);
}

function datasetFilter(fields: Fields): DatasetFilter {
  return { name: requiredText(fields, 'dataset_name'), digest: optionalText(fields, 'dataset_digest') };
}

function onDatasets(model: LoggedModel, datasets: readonly DatasetFilter[]): LoggedModel {
  const metrics = model.data.metrics.filter(
    (metric) =>
      datasets.length === 0 ||
      datasets.some(
        ({ name, digest }) => metric.dataset_name === name && (!digest || metric.dataset_digest === digest),
      ),
  );
  return { ...model, data: { ...model.data, metrics } };
}

/** Sorts by `order_by`, least significant key first since the sort is stable; each key may look at the metrics of one data set only. */
function ordered(models: readonly LoggedModel[], body: Fields): readonly LoggedModel[] {
  return objectList(body, 'order_by').reduceRight((sortedSoFar: readonly LoggedModel[], item) => {
    const datasets = optionalText(item, 'dataset_name') ? [datasetFilter(item)] : [];
    const ofDatasets: Searchable<LoggedModel> = {
      ...searchable,
      fieldOf: (model, entity, key) => field(onDatasets(model, datasets), entity, key),
    };
    return sorted(sortedSoFar, [sortKeyOf(item)], ofDatasets);
  }, models);
}

function sortKeyOf(item: Fields): SortKey {
  const [key] = parseOrder([requiredText(item, 'field_name')]);
  if (key === undefined || (key.entity !== 'metric' && key.entity !== 'attribute')) {
    throw invalid(`Invalid order_by field '${String(item.field_name)}': an attribute or metrics.<key>.`);
  }
  return { ...key, descending: item.ascending !== undefined && !flag(item, 'ascending') };
}

const ALIASES: Readonly<Record<string, keyof LoggedModel['info']>> = {
  model_name: 'name',
  creation_time: 'creation_timestamp_ms',
  creation_timestamp: 'creation_timestamp_ms',
  last_updated_time: 'last_updated_timestamp_ms',
  last_updated_timestamp: 'last_updated_timestamp_ms',
};
const TEXTS = new Set(['model_id', 'name', 'model_type', 'status', 'source_run_id', 'experiment_id', 'artifact_uri']);
const NUMBERS = new Set(['creation_timestamp_ms', 'last_updated_timestamp_ms']);

const searchable: Searchable<LoggedModel> = {
  kindOf: (entity, key) => {
    if (entity === 'dataset') {
      throw invalid('Logged models are narrowed to data sets by the field datasets, not by the filter.');
    }
    const name = ALIASES[key] ?? key;
    if (entity === 'attribute' && !TEXTS.has(name) && !NUMBERS.has(name)) {
      throw invalid(`Invalid attribute key '${key}' for logged models.`);
    }
    return entity === 'metric' || (entity === 'attribute' && NUMBERS.has(name)) ? 'number' : 'text';
  },
  fieldOf: field,
};

function field({ info, data }: LoggedModel, entity: FilterEntity, key: string): Field {
  switch (entity) {
    case 'metric': {
      const metric = data.metrics.findLast((one) => one.key === key);
      return metric === undefined ? undefined : numberOf(metric.value);
    }
    case 'param':
      return textUnder(data.params, key);
    case 'tag':
      return textUnder(info.tags, key);
    case 'dataset':
      return undefined;
    case 'attribute':
      return info[(ALIASES[key] ?? key) as Exclude<keyof LoggedModel['info'], 'tags'>];
  }
}
