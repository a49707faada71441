import { type Html, html } from '../../html';

/** What the pages read of a run. */
export interface ShownRun {
  readonly run_id: string;
  readonly run_name?: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly state: {
    readonly life_cycle_state: string;
    readonly result_state?: string;
    readonly state_message?: string;
  };
}

export interface Overview {
  readonly jobs: readonly { readonly job_id: string; readonly settings: { readonly name?: string } }[];
  readonly runs: readonly ShownRun[];
  readonly models: readonly {
    readonly full_name: string;
    readonly aliases?: readonly { readonly alias_name: string; readonly version_num: number }[];
  }[];
  readonly endpoints: readonly {
    readonly name: string;
    readonly state: { readonly ready: string; readonly config_update: string };
    readonly config?: {
      readonly served_entities?: readonly { readonly entity_name: string; readonly entity_version: string }[];
    };
  }[];
}

/** The start page's tables. */
export function overviewBody({ jobs, runs, models, endpoints }: Overview): Html {
  return html`
<h2>Runs</h2>${table(['Run', 'Name', 'State', 'Started', 'Duration'], runs.map(runRow))}
<h2>Jobs</h2>${table(
    ['Job', 'Name'],
    jobs.map((job) => [job.job_id, job.settings.name ?? '']),
  )}
<h2>Models</h2>${table(
    ['Model', 'Aliases'],
    models.map((model) => [
      model.full_name,
      (model.aliases ?? []).map((alias) => `${alias.alias_name} → version ${alias.version_num}`).join(', '),
    ]),
  )}
<h2>Endpoints</h2>${table(
    ['Endpoint', 'State', 'Serves'],
    endpoints.map((endpoint) => [
      endpoint.name,
      `${endpoint.state.ready}, ${endpoint.state.config_update}`,
      (endpoint.config?.served_entities ?? [])
        .map((entity) => `${entity.entity_name} version ${entity.entity_version}`)
        .join(', '),
    ]),
  )}`;
}

function runRow(run: ShownRun): readonly (string | Html)[] {
  return [
    html`<a href="/runs/${run.run_id}">${run.run_id}</a>`,
    run.run_name ?? '',
    stateOf(run),
    new Date(run.start_time).toISOString(),
    run.end_time === 0 ? '' : `${((run.end_time - run.start_time) / 1000).toFixed(1)} s`,
  ];
}

/** A run's state in one word with its colour. */
export function stateOf(run: Pick<ShownRun, 'state'>): Html {
  const word = run.state.result_state ?? run.state.life_cycle_state;
  return html`<span class="${word}">${word}</span>`;
}

function table(heads: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html {
  return rows.length === 0
    ? html`<p>None yet.</p>`
    : html`<table><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr>${rows.map(
        (cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
      )}</table>`;
}
