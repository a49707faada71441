import { type Html, html } from '../../html';
import { askOperation, type Site } from './in-process-call';
import { type Cell, link, moment, type Page, seconds, stateWord, table } from './parts';

const RUNS_SHOWN = 25;

/** What the pages read of a run. */
export interface ShownRun {
  readonly run_id: string;
  readonly job_id?: string;
  readonly run_name?: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly state: {
    readonly life_cycle_state: string;
    readonly result_state?: string;
    readonly state_message?: string;
  };
}

interface RunsPage {
  readonly runs?: readonly ShownRun[];
  readonly next_page_token?: string;
}

interface Job {
  readonly job_id: string;
  readonly settings: { readonly name?: string; readonly tasks?: readonly { readonly task_key: string }[] };
}

interface Model {
  readonly full_name: string;
  readonly aliases?: readonly { readonly alias_name: string; readonly version_num: number }[];
}

interface Endpoint {
  readonly name: string;
  readonly state: { readonly ready: string; readonly config_update: string };
  readonly config?: {
    readonly served_entities?: readonly { readonly entity_name: string; readonly entity_version: string }[];
  };
}

interface Pipeline {
  readonly pipeline_id: string;
  readonly name?: string;
  readonly state: string;
}

interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly last_update_time?: number;
}

/** The start page: what there is in the workspace, each with a link to its own page. */
export async function overviewPage(site: Site): Promise<Page> {
  const [runs, { jobs = [] }, { registered_models: models = [] }, { endpoints = [] }, { statuses = [] }, experiments] =
    await Promise.all([
      runsPart(site, new URLSearchParams()),
      askOperation<{ jobs?: readonly Job[] }>(site, '/api/2.2/jobs/list?limit=100'),
      askOperation<{ registered_models?: readonly Model[] }>(site, '/api/2.1/unity-catalog/models'),
      askOperation<{ endpoints?: readonly Endpoint[] }>(site, '/api/2.0/serving-endpoints'),
      askOperation<{ statuses?: readonly Pipeline[] }>(site, '/api/2.0/pipelines?max_results=100'),
      askOperation<{ experiments?: readonly Experiment[] }>(site, '/api/2.0/mlflow/experiments/search', {
        max_results: 100,
      }),
    ]);
  const withAliases = await Promise.all(
    models.map(({ full_name: name }) =>
      askOperation<Model>(site, `/api/2.1/unity-catalog/models/${encodeURIComponent(name)}?include_aliases=true`),
    ),
  );
  const body = html`
<h2>Runs</h2>${runs}
<h2>Jobs</h2>${table(['Job', 'Name'], jobs.map(jobRow))}
<h2>Models</h2>${table(['Model', 'Aliases'], withAliases.map(modelRow))}
<h2>Endpoints</h2>${table(['Endpoint', 'State', 'Serves'], endpoints.map(endpointRow))}
<h2>Experiments</h2>${table(['Experiment', 'Last change'], (experiments.experiments ?? []).map(experimentRow))}
<h2>Pipelines</h2>${table(['Pipeline', 'State'], statuses.map(pipelineRow))}`;
  return { title: `Local workspace ${site.workspace.name}`, body };
}

/** A page of runs, of all jobs or of one. */
export async function runsPage(site: Site, query: URLSearchParams): Promise<Page> {
  return { title: 'Runs', body: html`<h2>Runs</h2>${await runsPart(site, query)}` };
}

/** The newest runs, or those that a page token leads to, with a link to older ones. */
export async function runsPart(site: Site, query: URLSearchParams): Promise<Html> {
  const asked = new URLSearchParams({ limit: String(RUNS_SHOWN) });
  for (const name of ['job_id', 'page_token']) {
    const value = query.get(name);
    if (value !== null) {
      asked.set(name, value);
    }
  }
  const { runs = [], next_page_token: next } = await askOperation<RunsPage>(site, `/api/2.2/jobs/runs/list?${asked}`);
  const older = new URLSearchParams({ ...Object.fromEntries(asked), page_token: next ?? '' });
  older.delete('limit');
  return html`${table(['Run', 'Name', 'State', 'Started', 'Duration'], runs.map(runRow))}
${next === undefined ? undefined : html`<p><a href="/runs?${older.toString()}">Older runs</a></p>`}`;
}

function runRow(run: ShownRun): readonly Cell[] {
  return [
    link(['runs', run.run_id], run.run_id),
    run.run_name ?? '',
    stateOf(run),
    moment(run.start_time),
    seconds(run.start_time, run.end_time),
  ];
}

/** A run's state in one word with its colour. */
export function stateOf(run: Pick<ShownRun, 'state'>): Html {
  return stateWord(run.state.result_state ?? run.state.life_cycle_state);
}

function jobRow({ job_id: id, settings }: Job): readonly Cell[] {
  return [link(['jobs', id], id), settings.name ?? ''];
}

function modelRow({ full_name: name, aliases = [] }: Model): readonly Cell[] {
  return [
    link(['explore', 'data', 'models', ...name.split('.')], name),
    aliases.map((alias) => `${alias.alias_name} → version ${alias.version_num}`).join(', '),
  ];
}

function endpointRow({ name, state, config }: Endpoint): readonly Cell[] {
  return [
    link(['ml', 'endpoints', name], name),
    `${state.ready}, ${state.config_update}`,
    (config?.served_entities ?? [])
      .map((entity) => `${entity.entity_name} version ${entity.entity_version}`)
      .join(', '),
  ];
}

function experimentRow({ experiment_id: id, name, last_update_time: changed }: Experiment): readonly Cell[] {
  return [link(['ml', 'experiments', id], name), moment(changed)];
}

function pipelineRow({ pipeline_id: id, name, state }: Pipeline): readonly Cell[] {
  return [link(['pipelines', id], name ?? id), state];
}
