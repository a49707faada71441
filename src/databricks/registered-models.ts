import type { HttpClient } from '../http/client';
import { undefinedIfMissing } from './missing';
import type { KeyValue } from './mlflow';
import type { ModelVersion } from './model-versions';

/** An alias and the number of the version that it names. */
export interface ModelAlias {
  readonly alias: string;
  readonly version: string;
}

/** A registered model of Unity Catalog in the dialect of MLflow. Times are milliseconds since the epoch. */
export interface RegisteredModel {
  /** `catalog.schema.model` */
  readonly name: string;
  readonly creation_timestamp?: number;
  readonly last_updated_timestamp?: number;
  readonly user_id?: string;
  readonly description?: string;
  readonly aliases?: readonly ModelAlias[];
  readonly tags?: readonly KeyValue[];
}

const ROOT = '/api/2.0/mlflow/unity-catalog/registered-models';

/** `/api/2.0/mlflow/unity-catalog/registered-models`: what the MLflow client itself calls for Unity Catalog. */
export class RegisteredModelsApi {
  constructor(private readonly http: HttpClient) {}

  async get(name: string): Promise<RegisteredModel | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ registered_model: RegisteredModel }>({ method: 'GET', path: `${ROOT}/get`, query: { name } }),
    );
    return answer?.registered_model;
  }

  /** @throws ApiError with `isAlreadyExists` when there is one of this name */
  async create(model: { readonly name: string; readonly description?: string }): Promise<RegisteredModel> {
    const answer = await this.http.json<{ registered_model: RegisteredModel }>({
      method: 'POST',
      path: `${ROOT}/create`,
      body: model,
    });
    return answer.registered_model;
  }

  /** The version that an alias names, or undefined when model or alias do not exist. */
  async versionByAlias(name: string, alias: string): Promise<ModelVersion | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ model_version: ModelVersion }>({ method: 'GET', path: `${ROOT}/alias`, query: { name, alias } }),
    );
    return answer?.model_version;
  }

  /** Makes an alias name a version. Not sent twice: in between, somebody else may have moved it. */
  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.http.json({ method: 'POST', path: `${ROOT}/alias`, body: { name, alias, version }, acceptEmpty: true });
  }

  /** Removes an alias; nothing happens when there is none. Not sent twice, as {@link setAlias}. */
  async deleteAlias(name: string, alias: string): Promise<void> {
    await undefinedIfMissing(
      this.http.json({ method: 'DELETE', path: `${ROOT}/alias`, body: { name, alias }, acceptEmpty: true }),
    );
  }

  async setTag(name: string, key: string, value: string): Promise<void> {
    await this.http.json({
      method: 'POST',
      path: `${ROOT}/set-tag`,
      body: { name, key, value },
      acceptEmpty: true,
      idempotent: true,
    });
  }
}
