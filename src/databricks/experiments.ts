import type { HttpClient } from '../http/client';
import { items, type TokenPage } from '../http/paging';
import { undefinedIfMissing } from './missing';
import type { KeyValue } from './mlflow';

/** An experiment of MLflow. Times are milliseconds since the epoch. */
export interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly artifact_location?: string;
  readonly lifecycle_stage?: string;
  readonly creation_time?: number;
  readonly last_update_time?: number;
  readonly tags?: readonly KeyValue[];
}

const ROOT = '/api/2.0/mlflow/experiments';

/** `/api/2.0/mlflow/experiments` */
export class ExperimentsApi {
  constructor(private readonly http: HttpClient) {}

  async getByName(name: string): Promise<Experiment | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ experiment: Experiment }>({
        method: 'GET',
        path: `${ROOT}/get-by-name`,
        query: { experiment_name: name },
      }),
    );
    return answer?.experiment;
  }

  async get(experimentId: string): Promise<Experiment | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ experiment: Experiment }>({
        method: 'GET',
        path: `${ROOT}/get`,
        query: { experiment_id: experimentId },
      }),
    );
    return answer?.experiment;
  }

  /** Active experiments that match. `order_by` as MLflow has it, such as `last_update_time DESC`. */
  search(request: {
    readonly filter?: string;
    readonly order_by?: readonly string[];
    readonly max_results?: number;
  }): AsyncGenerator<Experiment> {
    return items(
      (page_token) =>
        this.http.json<TokenPage & { experiments?: readonly Experiment[] }>({
          method: 'POST',
          path: `${ROOT}/search`,
          body: { view_type: 'ACTIVE_ONLY', max_results: 100, ...request, page_token },
          idempotent: true,
        }),
      (page) => page.experiments,
    );
  }
}
