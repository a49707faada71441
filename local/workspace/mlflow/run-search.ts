import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalText, textList } from '../fields';
import { KeptLists, type ListSource } from '../kept-lists';
import { pageOf, unlessEmpty } from '../paging';
import { numberOf, textUnder } from './entries';
import { lifecycleStages } from './experiments';
import { type FilterEntity, parseFilter } from './filter';
import { type Field, filterOf, parseOrder, type Searchable, sorted } from './search';
import { trackingOf } from './tracking';
import type { Run } from './types';

/** Search over the runs of given experiments. */
export function runSearchOperations(): readonly Operation[] {
  const kept = new KeptLists();
  return [
    {
      method: 'POST',
      path: '/api/2.0/mlflow/runs/search',
      note: 'the whole filter grammar of MLflow (conditions joined by AND), order_by, pages',
      handle: (call) => search(call, kept),
    },
  ];
}

async function search(call: Call, kept: KeptLists): Promise<Reply> {
  const body = await call.json<Fields>();
  const experiments = new Set(textList(body, 'experiment_ids'));
  const matches = filterOf(parseFilter(optionalText(body, 'filter') ?? ''), searchableRuns);
  const order = parseOrder(textList(body, 'order_by'));
  const stages = lifecycleStages(optionalText(body, 'run_view_type'));
  const { runs } = trackingOf(call.workspace);
  const isAskedFor = (run: Run) =>
    experiments.has(run.info.experiment_id) && stages.includes(run.info.lifecycle_stage) && matches(run);
  const source: ListSource<Run> = {
    kept,
    all: () => {
      const found = [...runs.entries()].map(([, run]) => run).filter(isAskedFor);
      return sorted(found.sort(newestFirst), order, searchableRuns);
    },
    idOf: ({ info }) => info.run_id,
    read: (id) => [runs.get(id)].find((run) => run !== undefined && isAskedFor(run)),
  };
  const page = pageOf(source, body, { standard: 1_000, most: 50_000 });
  return { json: { runs: unlessEmpty(page.items), next_page_token: page.nextPageToken } };
}

/** The order of runs unless the request names one: latest start first, then run id. */
function newestFirst(a: Run, b: Run): number {
  return b.info.start_time - a.info.start_time || (a.info.run_id < b.info.run_id ? -1 : 1);
}

/** Other names that MLflow takes for attributes. */
const ALIASES: Readonly<Record<string, string>> = {
  created: 'start_time',
  Created: 'start_time',
  'run name': 'run_name',
  'Run name': 'run_name',
  'Run Name': 'run_name',
  'Run ID': 'run_id',
};
const NUMBERS = new Set(['start_time', 'end_time']);
const TEXTS = new Set(['run_id', 'run_name', 'experiment_id', 'user_id', 'status', 'artifact_uri', 'lifecycle_stage']);
const DATASET_KEYS = new Set(['name', 'digest', 'context']);

/** The fields of a run by filter name. */
export const searchableRuns: Searchable<Run> = {
  kindOf: (entity, key) => {
    if (entity === 'dataset' && !DATASET_KEYS.has(key)) {
      throw invalid(`Invalid dataset key '${key}'. Valid ones: name, digest, context.`);
    }
    const name = ALIASES[key] ?? key;
    if (entity === 'attribute' && !NUMBERS.has(name) && !TEXTS.has(name)) {
      throw invalid(`Invalid attribute key '${key}' for runs. Valid ones: ${[...TEXTS, ...NUMBERS].join(', ')}.`);
    }
    return entity === 'metric' || (entity === 'attribute' && NUMBERS.has(name)) ? 'number' : 'text';
  },
  fieldOf: runField,
};

function runField(run: Run, entity: FilterEntity, key: string): Field {
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
      return run.info[(ALIASES[key] ?? key) as keyof Run['info']];
  }
}

function datasetField(run: Run, key: string): readonly string[] {
  return run.inputs.dataset_inputs.flatMap(({ dataset, tags }) =>
    key === 'context' ? (textUnder(tags, 'mlflow.data.context') ?? []) : dataset[key as 'name' | 'digest'],
  );
}
