import { ApiError, type Workspace } from '../api';
import { invalid } from '../fields';
import type { Collection, Store } from '../store';
import { withEntry } from './entries';
import type { Experiment, LoggedModel, Metric, Run } from './types';

/** The state of MLflow tracking in one workspace, by collection. Entries are replaced, never changed in place. */
export class Tracking {
  readonly experiments: Collection<Experiment>;
  readonly runs: Collection<Run>;
  /** When each deleted run was deleted, in milliseconds since the epoch: clients are not told. */
  readonly deletions: Collection<number>;
  /** Every logged value: key `<run>/<metric, URI-encoded>/<time>/<step>/<value>`, so the same value logged again (a retry) stands there once. */
  readonly history: Collection<Metric>;
  readonly loggedModels: Collection<LoggedModel>;

  constructor(readonly store: Store) {
    this.experiments = store.collection('mlflow-experiments');
    this.runs = store.collection('mlflow-runs');
    this.deletions = store.collection('mlflow-run-deletions');
    this.history = store.collection('mlflow-metric-history');
    this.loggedModels = store.collection('mlflow-logged-models');
  }

  /** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
  experiment(id: string): Experiment {
    const found = this.experiments.get(id);
    if (found === undefined) {
      throw notFound(`Could not find experiment with ID ${id}`);
    }
    return found;
  }

  /** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
  run(id: string): Run {
    const found = this.runs.get(id);
    if (found === undefined) {
      throw notFound(`Run '${id}' not found`);
    }
    return found;
  }

  /** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
  loggedModel(id: string): LoggedModel {
    const found = this.loggedModels.get(id);
    if (found === undefined) {
      throw notFound(`Logged model with ID '${id}' not found`);
    }
    return found;
  }

  /** Reads, changes and writes a run in one transaction. @throws ApiError 404, or 400 when the run is deleted */
  changeRun(id: string, change: (run: Run) => Run): Run {
    return this.store.transaction(() => {
      const run = this.run(id);
      if (run.info.lifecycle_stage === 'deleted') {
        throw invalid(`The run ${id} must be in the 'active' state. Current state is deleted.`);
      }
      const changed = change(run);
      this.runs.put(id, changed);
      return changed;
    });
  }

  /** Reads, changes and writes a logged model in one transaction. @throws ApiError 404 RESOURCE_DOES_NOT_EXIST */
  changeLoggedModel(id: string, now: number, change: (model: LoggedModel) => LoggedModel): LoggedModel {
    return this.store.transaction(() => {
      const changed = change(this.loggedModel(id));
      const written = { ...changed, info: { ...changed.info, last_updated_timestamp_ms: now } };
      this.loggedModels.put(id, written);
      return written;
    });
  }

  /** Appends metrics to their history and returns the run with the latest value of each key; call in a transaction. */
  withMetrics(run: Run, metrics: readonly Metric[], now: number): Run {
    let latest = run.data.metrics;
    for (const metric of metrics) {
      this.history.put(historyKey(run.info.run_id, metric), metric);
      const former = latest.find(({ key }) => key === metric.key);
      latest = former === undefined || !isOlder(metric, former) ? withEntry(latest, metric) : latest;
      if (metric.model_id !== undefined) {
        this.changeLoggedModel(metric.model_id, now, (model) => withModelMetric(model, metric));
      }
    }
    return { ...run, data: { ...run.data, metrics: latest } };
  }
}

/** The tracking state of a workspace. */
export function trackingOf(workspace: Workspace): Tracking {
  return new Tracking(workspace.store);
}

function historyKey(runId: string, { key, timestamp, step, value }: Metric): string {
  return `${runId}/${encodeURIComponent(key)}/${sortable(timestamp)}/${sortable(step)}/${value}`;
}

/** Signed 64-bit integers as text of one length whose order is theirs. */
function sortable(integer: number): string {
  return String(BigInt(integer) + 2n ** 63n).padStart(20, '0');
}

function notFound(message: string): ApiError {
  return new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', message);
}

/** MLflow's order of the values of one key: by step, then time, then value. */
function isOlder(metric: Metric, than: Metric): boolean {
  return (
    metric.step < than.step ||
    (metric.step === than.step && metric.timestamp < than.timestamp) ||
    (metric.step === than.step && metric.timestamp === than.timestamp && Number(metric.value) < Number(than.value))
  );
}

/** A logged model keeps the latest value by key, data set and run. */
function withModelMetric(model: LoggedModel, metric: Metric): LoggedModel {
  const same = (other: Metric): boolean =>
    other.key === metric.key &&
    other.run_id === metric.run_id &&
    other.dataset_name === metric.dataset_name &&
    other.dataset_digest === metric.dataset_digest;
  const former = model.data.metrics.find(same);
  if (former !== undefined && isOlder(metric, former)) {
    return model;
  }
  const metrics = [...model.data.metrics.filter((other) => !same(other)), metric];
  return { ...model, data: { ...model.data, metrics } };
}
