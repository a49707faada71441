import type { HttpClient } from '../http/client';
import { path } from '../http/path';
import { undefinedIfMissing } from './missing';
import type { KeyValue, Metric } from './mlflow';

/** A logged model of MLflow 3. */
export interface LoggedModel {
  readonly info: {
    readonly model_id: string;
    readonly experiment_id: string;
    readonly name?: string;
    readonly artifact_uri?: string;
    /** `LOGGED_MODEL_PENDING`, `LOGGED_MODEL_READY`, `LOGGED_MODEL_UPLOAD_FAILED` */
    readonly status?: string;
    readonly source_run_id?: string;
    readonly creation_timestamp_ms?: number;
    readonly tags?: readonly KeyValue[];
  };
  readonly data?: { readonly params?: readonly KeyValue[]; readonly metrics?: readonly Metric[] };
}

/** `/api/2.0/mlflow/logged-models` */
export class LoggedModelsApi {
  constructor(private readonly http: HttpClient) {}

  async get(modelId: string): Promise<LoggedModel | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ model: LoggedModel }>({ method: 'GET', path: path`/api/2.0/mlflow/logged-models/${modelId}` }),
    );
    return answer?.model;
  }
}
