import type { HttpClient } from '../http/client';
import { path } from '../http/path';
import { undefinedIfMissing } from './missing';

/** A served model version as it is written. */
export interface ServedEntityRequest {
  readonly name?: string;
  readonly entity_name: string;
  /** Version number as text. */
  readonly entity_version: string;
  readonly workload_size?: string;
  readonly workload_type?: string;
  readonly scale_to_zero_enabled?: boolean;
  readonly min_provisioned_concurrency?: number;
  readonly max_provisioned_concurrency?: number;
  readonly environment_vars?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A served model version as it is read. */
export interface ServedEntity extends ServedEntityRequest {
  readonly state?: { readonly deployment?: string; readonly deployment_state_message?: string };
  readonly creator?: string;
  readonly creation_timestamp?: number;
}

/** Share of the traffic that one served entity gets, in percent; older answers call the entity a model. */
export interface TrafficRoute {
  readonly served_entity_name?: string;
  readonly served_model_name?: string;
  readonly traffic_percentage: number;
}

/** What `PUT …/config` takes: it replaces the whole configuration. */
export interface EndpointConfigRequest {
  readonly served_entities: readonly ServedEntityRequest[];
  readonly traffic_config?: { readonly routes: readonly TrafficRoute[] };
  readonly [field: string]: unknown;
}

/** The configuration of an endpoint as it is read. `start_time` in milliseconds since the epoch. */
export interface EndpointConfig {
  readonly served_entities?: readonly ServedEntity[];
  readonly traffic_config?: { readonly routes?: readonly TrafficRoute[] };
  readonly config_version?: number;
  readonly start_time?: number;
  readonly [field: string]: unknown;
}

/** A tag of an endpoint. */
export interface EndpointTag {
  readonly key: string;
  readonly value?: string;
}

/** A serving endpoint; `pending_config` is there only while an update runs, and after one that failed. */
export interface ServingEndpoint {
  readonly name: string;
  readonly id?: string;
  readonly creator?: string;
  readonly state?: { readonly ready?: string; readonly config_update?: string };
  readonly config?: EndpointConfig;
  readonly pending_config?: EndpointConfig;
  readonly tags?: readonly EndpointTag[];
  readonly endpoint_url?: string;
  readonly permission_level?: string;
  readonly last_updated_timestamp?: number;
  readonly [field: string]: unknown;
}

/** Body of `POST /serving-endpoints`. */
export interface NewServingEndpoint {
  readonly name: string;
  readonly config: EndpointConfigRequest;
  readonly tags?: readonly EndpointTag[];
  readonly [field: string]: unknown;
}

/** Answer of a model to one request. */
export interface QueryAnswer {
  /** Parsed JSON, such as `{predictions: […]}`. */
  readonly body: unknown;
  /** Header `served-model-name`: which served entity answered; empty when it was not sent. */
  readonly servedModelName: string;
}

/** `/api/2.0/serving-endpoints` */
export class ServingEndpointsApi {
  constructor(private readonly http: HttpClient) {}

  async get(name: string): Promise<ServingEndpoint | undefined> {
    return undefinedIfMissing(
      this.http.json<ServingEndpoint>({ method: 'GET', path: path`/api/2.0/serving-endpoints/${name}` }),
    );
  }

  /** Starts the creation; the answer comes before the endpoint is ready. Not sent twice. */
  create(endpoint: NewServingEndpoint): Promise<ServingEndpoint> {
    return this.http.json({ method: 'POST', path: '/api/2.0/serving-endpoints', body: endpoint });
  }

  /** Starts an update of the whole configuration; refused while one runs. Not sent twice. */
  updateConfig(name: string, config: EndpointConfigRequest): Promise<ServingEndpoint> {
    return this.http.json({ method: 'PUT', path: path`/api/2.0/serving-endpoints/${name}/config`, body: config });
  }

  /** Adds or replaces tags and removes those of the given keys. */
  async changeTags(
    name: string,
    change: { readonly add?: readonly EndpointTag[]; readonly remove?: readonly string[] },
  ): Promise<void> {
    await this.http.json({
      method: 'PATCH',
      path: path`/api/2.0/serving-endpoints/${name}/tags`,
      body: { add_tags: change.add ?? [], delete_tags: change.remove ?? [] },
      acceptEmpty: true,
      idempotent: true,
    });
  }

  /** Deletes the endpoint; nothing happens when there is none. */
  async delete(name: string): Promise<void> {
    await undefinedIfMissing(
      this.http.json({
        method: 'DELETE',
        path: path`/api/2.0/serving-endpoints/${name}`,
        acceptEmpty: true,
        idempotent: true,
      }),
    );
  }

  /**
   * One request to the model. A model has no effects by asking, so it is sent again after faults.
   * @param request exactly one of `dataframe_split`, `dataframe_records`, `inputs`, `instances`
   */
  async query(
    name: string,
    request: unknown,
    limits: { readonly deadlineMs?: number; readonly attemptMs?: number } = {},
  ): Promise<QueryAnswer> {
    const { body, headers } = await this.http.request<unknown, 'json'>(
      {
        method: 'POST',
        path: path`/serving-endpoints/${name}/invocations`,
        body: request,
        idempotent: true,
        ...limits,
      },
      'json',
    );
    const served = headers['served-model-name'];
    return { body, servedModelName: typeof served === 'string' ? served : '' };
  }

  async buildLogs(name: string, servedEntityName: string): Promise<string> {
    const at = path`/api/2.0/serving-endpoints/${name}/served-models/${servedEntityName}/build-logs`;
    return (await this.http.json<{ logs?: string }>({ method: 'GET', path: at })).logs ?? '';
  }
}
