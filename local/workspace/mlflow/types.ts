import type { Experiment as ClientExperiment } from '../../../src/databricks/experiments';
import type { LoggedModel as ClientLoggedModel } from '../../../src/databricks/logged-models';
import type { Metric as ClientMetric, KeyValue } from '../../../src/databricks/mlflow';
import type { MlflowRun, MlflowRunInfo } from '../../../src/databricks/mlflow-runs';

/**
 * Wire types of MLflow tracking (`/api/2.0/mlflow`, MLflow's service.proto): what our client reads, narrowed to what the workspace always
 * sends. Times are milliseconds since the epoch.
 */
export type { KeyValue };

/** A double as JSON carries it: protobuf's JSON form writes NaN and the infinities as text. */
export type MetricValue = number | 'NaN' | 'Infinity' | '-Infinity';

export interface Metric extends ClientMetric {
  readonly key: string;
  readonly value: MetricValue;
  readonly timestamp: number;
  readonly step: number;
  readonly model_id?: string;
  readonly dataset_name?: string;
  readonly dataset_digest?: string;
  readonly run_id?: string;
}

export type LifecycleStage = 'active' | 'deleted';

export interface Experiment extends ClientExperiment {
  readonly experiment_id: string;
  /** Absolute workspace path. */
  readonly name: string;
  readonly artifact_location: string;
  readonly lifecycle_stage: LifecycleStage;
  readonly creation_time: number;
  readonly last_update_time: number;
  readonly tags: readonly KeyValue[];
}

export const RUN_STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface RunInfo extends MlflowRunInfo {
  readonly run_id: string;
  readonly run_uuid: string;
  readonly run_name: string;
  readonly experiment_id: string;
  readonly user_id: string;
  readonly status: RunStatus;
  readonly start_time: number;
  readonly end_time?: number;
  readonly artifact_uri: string;
  readonly lifecycle_stage: LifecycleStage;
}

export interface Dataset {
  readonly name: string;
  readonly digest: string;
  readonly source_type?: string;
  readonly source?: string;
  readonly schema?: string;
  readonly profile?: string;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  readonly tags: readonly KeyValue[];
}

export interface Run extends MlflowRun {
  readonly info: RunInfo;
  readonly data: {
    /** The latest value of each key. */
    readonly metrics: readonly Metric[];
    readonly params: readonly KeyValue[];
    readonly tags: readonly KeyValue[];
  };
  readonly inputs: {
    readonly dataset_inputs: readonly DatasetInput[];
    readonly model_inputs: readonly { readonly model_id: string }[];
  };
  readonly outputs: {
    readonly model_outputs: readonly { readonly model_id: string; readonly step: number }[];
  };
}

export type LoggedModelStatus = 'LOGGED_MODEL_PENDING' | 'LOGGED_MODEL_READY' | 'LOGGED_MODEL_UPLOAD_FAILED';

export interface LoggedModel extends ClientLoggedModel {
  readonly info: {
    readonly model_id: string;
    readonly experiment_id: string;
    readonly name: string;
    readonly artifact_uri: string;
    readonly creation_timestamp_ms: number;
    readonly last_updated_timestamp_ms: number;
    readonly status: LoggedModelStatus;
    readonly model_type?: string;
    readonly source_run_id?: string;
    /** Numeric id of the principal, a 64-bit integer on the wire. */
    readonly creator_id: string;
    readonly tags: readonly KeyValue[];
  };
  readonly data: {
    readonly params: readonly KeyValue[];
    readonly metrics: readonly Metric[];
  };
}
