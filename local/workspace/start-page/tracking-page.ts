import { html } from '../../html';
import { askOperation, type Site } from './in-process-call';
import { facts, link, moment, type Page, seconds, stateWord, table, valueText } from './parts';

interface KeyValue {
  readonly key: string;
  readonly value: unknown;
}

interface TrackedRun {
  readonly info: {
    readonly run_id: string;
    readonly run_name?: string;
    readonly status: string;
    readonly start_time: number;
    readonly end_time?: number;
    readonly artifact_uri?: string;
  };
  readonly data: {
    readonly metrics?: readonly KeyValue[];
    readonly params?: readonly KeyValue[];
    readonly tags?: readonly KeyValue[];
  };
}

const RUNS_SHOWN = 100;

/** An MLflow experiment with its newest runs. */
export async function experimentPage(site: Site, id: string): Promise<Page> {
  const { experiment } = await askOperation<{
    experiment: { readonly name: string; readonly creation_time?: number; readonly artifact_location?: string };
  }>(site, `/api/2.0/mlflow/experiments/get?experiment_id=${encodeURIComponent(id)}`);
  const { runs = [] } = await askOperation<{ runs?: readonly TrackedRun[] }>(site, '/api/2.0/mlflow/runs/search', {
    experiment_ids: [id],
    max_results: RUNS_SHOWN,
  });
  const body = html`
<h2>Experiment ${experiment.name}</h2>
${facts([
  ['Id', id],
  ['Created', moment(experiment.creation_time)],
  ['Artifacts', experiment.artifact_location],
])}
<h2>Runs</h2>${table(
    ['Run', 'State', 'Started', 'Duration', 'Metrics'],
    runs.map(({ info, data }) => [
      link(['ml', 'experiments', id, 'runs', info.run_id], info.run_name || info.run_id),
      stateWord(info.status),
      moment(info.start_time),
      seconds(info.start_time, info.end_time),
      (data.metrics ?? []).map(({ key, value }) => `${key} ${valueText(value)}`).join(', '),
    ]),
  )}
${runs.length < RUNS_SHOWN ? undefined : html`<p>Older runs are found by a search of MLflow.</p>`}`;
  return { title: `Experiment ${experiment.name}`, body };
}

/** An MLflow run: parameters, latest metrics, tags. */
export async function trackedRunPage(site: Site, experimentId: string, runId: string): Promise<Page> {
  const { run } = await askOperation<{ run: TrackedRun }>(
    site,
    `/api/2.0/mlflow/runs/get?run_id=${encodeURIComponent(runId)}`,
  );
  const { info, data } = run;
  const rows = (entries: readonly KeyValue[] = []) => entries.map(({ key, value }) => [key, valueText(value)]);
  const body = html`
<h2>MLflow run ${info.run_name || runId}</h2>
${facts([
  ['Id', runId],
  ['Experiment', link(['ml', 'experiments', experimentId], experimentId)],
  ['State', stateWord(info.status)],
  ['Started', moment(info.start_time)],
  ['Duration', seconds(info.start_time, info.end_time)],
  ['Artifacts', info.artifact_uri],
])}
<h2>Metrics</h2>${table(['Metric', 'Latest value'], rows(data.metrics))}
<h2>Parameters</h2>${table(['Parameter', 'Value'], rows(data.params))}
<h2>Tags</h2>${table(['Tag', 'Value'], rows(data.tags))}`;
  return { title: `MLflow run ${info.run_name || runId}`, body };
}
