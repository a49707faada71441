import type { HttpClient } from '../http/client';
import { items, type TokenPage } from '../http/paging';
import { objectIn, objectsIn, segmentIn } from './answer-shape';
import { undefinedIfMissing } from './missing';
import type { KeyValue, Metric } from './mlflow';

/** What identifies a run of MLflow and how it stands. Times are milliseconds since the epoch. */
export interface MlflowRunInfo {
  readonly run_id: string;
  readonly run_name?: string;
  readonly experiment_id: string;
  readonly status?: string;
  readonly start_time?: number;
  readonly end_time?: number;
  readonly artifact_uri?: string;
  readonly lifecycle_stage?: string;
}

/** A dataset that a run has read, with tags such as `mlflow.data.context`. */
export interface DatasetInput {
  readonly tags?: readonly KeyValue[];
  readonly dataset?: {
    readonly name?: string;
    readonly digest?: string;
    readonly source_type?: string;
    readonly source?: string;
    readonly schema?: string;
    readonly profile?: string;
  };
}

/** A run of MLflow tracking; `data.metrics` holds the last value of each key. */
export interface MlflowRun {
  readonly info: MlflowRunInfo;
  readonly data?: {
    readonly metrics?: readonly Metric[];
    readonly params?: readonly KeyValue[];
    readonly tags?: readonly KeyValue[];
  };
  readonly inputs?: {
    readonly dataset_inputs?: readonly DatasetInput[];
    readonly model_inputs?: readonly { readonly model_id: string }[];
  };
  readonly outputs?: { readonly model_outputs?: readonly { readonly model_id: string; readonly step?: number }[] };
}

const ROOT = '/api/2.0/mlflow';

/** `/api/2.0/mlflow/runs` */
export class MlflowRunsApi {
  constructor(private readonly http: HttpClient) {}

  async get(runId: string): Promise<MlflowRun | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ run: MlflowRun }>({ method: 'GET', path: `${ROOT}/runs/get`, query: { run_id: runId } }),
    );
    return answer?.run && withUsableModels(answer.run, `GET ${ROOT}/runs/get`);
  }

  /** Active runs of the experiments that match the filter (MLflow's search grammar), newest first. */
  search(request: {
    readonly experiment_ids: readonly string[];
    readonly filter?: string;
    /** As MLflow has it, such as `attributes.start_time DESC`; default: newest first. */
    readonly order_by?: readonly string[];
    readonly max_results?: number;
  }): AsyncGenerator<MlflowRun> {
    return items(
      (page_token) =>
        this.http.json<TokenPage & { runs?: readonly MlflowRun[] }>({
          method: 'POST',
          path: `${ROOT}/runs/search`,
          body: { run_view_type: 'ACTIVE_ONLY', max_results: 1000, ...request, page_token },
          idempotent: true,
        }),
      (page) => page.runs?.map((run) => withUsableModels(run, `POST ${ROOT}/runs/search`)),
    );
  }
}

/** A run whose models can be asked for. @throws TaskError ANSWER_UNEXPECTED */
function withUsableModels(run: MlflowRun, what: string): MlflowRun {
  for (const output of objectsIn(objectIn(run.outputs ?? {}, what), 'model_outputs', what)) {
    segmentIn(output, 'model_id', what);
  }
  return run;
}
