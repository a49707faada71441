import type { HttpClient } from '../http/client';
import { items, type TokenPage } from '../http/paging';
import { undefinedIfMissing } from './missing';
import { filterLiteral, type KeyValue, type Metric } from './mlflow';
import type { ModelAlias } from './registered-models';

/** A version of a registered model of Unity Catalog in the dialect of MLflow. */
export interface ModelVersion {
  readonly name: string;
  /** Number as text. */
  readonly version: string;
  readonly creation_timestamp?: number;
  readonly last_updated_timestamp?: number;
  readonly user_id?: string;
  readonly description?: string;
  readonly source?: string;
  readonly run_id?: string;
  readonly run_experiment_id?: string;
  readonly run_tracking_server_id?: string;
  /** `PENDING_REGISTRATION`, `READY`, `FAILED_REGISTRATION` */
  readonly status?: string;
  readonly status_message?: string;
  readonly storage_location?: string;
  readonly model_id?: string;
  /** Only on answers of `get` and by alias. */
  readonly aliases?: readonly ModelAlias[];
  /** Only on answers of `get` and by alias. */
  readonly tags?: readonly KeyValue[];
  readonly model_params?: readonly { readonly name: string; readonly value: string }[];
  readonly model_metrics?: readonly Metric[];
}

/** Body of `model-versions/create`. */
export interface NewModelVersion {
  readonly name: string;
  readonly source: string;
  readonly run_id?: string;
  readonly description?: string;
  readonly tags?: readonly KeyValue[];
  readonly run_tracking_server_id?: string;
  readonly model_id?: string;
}

const ROOT = '/api/2.0/mlflow/unity-catalog/model-versions';

/** `/api/2.0/mlflow/unity-catalog/model-versions`: what the MLflow client itself calls for Unity Catalog. */
export class ModelVersionsApi {
  constructor(private readonly http: HttpClient) {}

  async get(name: string, version: string): Promise<ModelVersion | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ model_version: ModelVersion }>({ method: 'GET', path: `${ROOT}/get`, query: { name, version } }),
    );
    return answer?.model_version;
  }

  /** All versions of a model, without tags and aliases; none when the model does not exist. */
  ofModel(name: string): Promise<ModelVersion[]> {
    return this.search(`name=${filterLiteral(name)}`);
  }

  /** All versions that name this MLflow run, in every model that the identity may see; without tags and aliases. */
  ofRun(runId: string): Promise<ModelVersion[]> {
    return this.search(`run_id=${filterLiteral(runId)}`);
  }

  /** Creates a version that waits for its files (`PENDING_REGISTRATION`). Not sent twice. */
  async create(version: NewModelVersion): Promise<ModelVersion> {
    const answer = await this.http.json<{ model_version: ModelVersion }>({
      method: 'POST',
      path: `${ROOT}/create`,
      body: version,
    });
    return answer.model_version;
  }

  /** Says that the files are complete; the version becomes `READY`. Saying it twice changes nothing more, but may be refused [U]. */
  async finalize(name: string, version: string): Promise<ModelVersion> {
    const answer = await this.http.json<{ model_version: ModelVersion }>({
      method: 'POST',
      path: `${ROOT}/finalize`,
      body: { name, version },
      idempotent: true,
    });
    return answer.model_version;
  }

  async updateDescription(name: string, version: string, description: string): Promise<void> {
    const body = { name, version, description };
    await this.http.json({ method: 'PATCH', path: `${ROOT}/update`, body, acceptEmpty: true, idempotent: true });
  }

  /** Deletes a version with its aliases; nothing happens when there is none. */
  async delete(name: string, version: string): Promise<void> {
    const body = { name, version };
    await undefinedIfMissing(
      this.http.json({ method: 'DELETE', path: `${ROOT}/delete`, body, acceptEmpty: true, idempotent: true }),
    );
  }

  async setTag(name: string, version: string, key: string, value: string): Promise<void> {
    const body = { name, version, key, value };
    await this.http.json({ method: 'POST', path: `${ROOT}/set-tag`, body, acceptEmpty: true, idempotent: true });
  }

  private async search(filter: string): Promise<ModelVersion[]> {
    const found: ModelVersion[] = [];
    const list = items(
      (page_token) =>
        this.http.json<TokenPage & { model_versions?: readonly ModelVersion[] }>({
          method: 'GET',
          path: `${ROOT}/search`,
          query: { filter, page_token },
        }),
      (page) => page.model_versions,
    );
    for await (const version of list) {
      found.push(version);
    }
    return found;
  }
}
