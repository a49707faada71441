import type { HttpClient } from '../http/client';
import { collect, items, type TokenPage } from '../http/paging';
import { path } from '../http/path';
import { objectIn, objectsIn, segmentIn } from './answer-shape';
import { undefinedIfMissing } from './missing';

/** A Lakeflow pipeline as lists show it. */
export interface Pipeline {
  readonly pipeline_id: string;
  readonly name?: string;
  /** `IDLE`, `RUNNING`, `FAILED` … */
  readonly state?: string;
}

/** Body of a request for an update. */
export interface UpdateRequest {
  readonly full_refresh?: boolean;
  /** Tables to bring up to date; empty or absent, with `full_refresh_selection` too: all. */
  readonly refresh_selection?: readonly string[];
  /** Tables to compute anew. */
  readonly full_refresh_selection?: readonly string[];
}

/** One update of a pipeline. */
export interface PipelineUpdate extends UpdateRequest {
  readonly update_id: string;
  readonly pipeline_id?: string;
  /** `QUEUED`, `RUNNING` …; ended are `COMPLETED`, `FAILED`, `CANCELED`. */
  readonly state?: string;
  /** `API_CALL`, `JOB_TASK`, `USER_ACTION` … */
  readonly cause?: string;
  readonly validate_only?: boolean;
  /** Milliseconds since the epoch. */
  readonly creation_time?: number;
}

/** An entry of a pipeline's event log. */
export interface PipelineEvent {
  readonly level?: string;
  readonly message?: string;
  readonly timestamp?: string;
  readonly origin?: { readonly update_id?: string; readonly flow_name?: string };
  readonly details?: {
    readonly flow_progress?: { readonly status?: string; readonly metrics?: Readonly<Record<string, unknown>> };
  };
  readonly error?: { readonly exceptions?: readonly { readonly class_name?: string; readonly message?: string }[] };
}

const ROOT = '/api/2.0/pipelines';
const LIST = `GET ${ROOT}`;
const PAGE = 100;
const MOST_EVENTS = 1_000;

/** `/api/2.0/pipelines` */
export class PipelinesApi {
  constructor(private readonly http: HttpClient) {}

  /** The pipeline, or undefined when there is none of this id. */
  async get(id: string): Promise<Pipeline | undefined> {
    return undefinedIfMissing(this.http.json<Pipeline>({ method: 'GET', path: path`/api/2.0/pipelines/${id}` }));
  }

  /** Every pipeline of exactly this name; names are not unique. */
  async listByName(name: string): Promise<Pipeline[]> {
    // How the filter escapes quotes and placeholders is [U]: a name with such characters is looked for in the whole list.
    const plain = /^[^'"\\%]+$/.test(name);
    const all = this.list(plain ? `name LIKE '${name}'` : undefined);
    return (await collect(all)).filter((pipeline) => pipeline.name === name);
  }

  /** Names of the first `count` pipelines that the identity may see; one without a name is shown by its id. */
  async firstNames(count: number): Promise<string[]> {
    return (await collect(this.list(undefined), count)).map(({ name, pipeline_id }) => name || pipeline_id);
  }

  /** Begins an update and returns its id. Not sent twice: the call has no idempotency token. */
  async startUpdate(id: string, request: UpdateRequest): Promise<string> {
    const at = path`/api/2.0/pipelines/${id}/updates`;
    const answer = await this.http.json({ method: 'POST', path: at, body: request });
    const what = `POST ${at}`;
    return segmentIn(objectIn(answer, what), 'update_id', what);
  }

  /**
   * An update, or undefined when the pipeline has none of this id.
   * @param deadlineMs milliseconds for all attempts together; default of the client
   */
  async update(id: string, updateId: string, deadlineMs?: number): Promise<PipelineUpdate | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ update?: PipelineUpdate }>({
        method: 'GET',
        path: path`/api/2.0/pipelines/${id}/updates/${updateId}`,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      }),
    );
    return answer === undefined
      ? undefined
      : (objectIn(objectIn(answer, 'update').update, 'update') as unknown as PipelineUpdate);
  }

  /** The latest updates, the newest first as the service lists them. */
  async latestUpdates(id: string, count = PAGE): Promise<PipelineUpdate[]> {
    const page = await this.http.json<TokenPage>({
      method: 'GET',
      path: path`/api/2.0/pipelines/${id}/updates`,
      query: { max_results: count },
    });
    return objectsIn(objectIn(page, 'list of updates'), 'updates', 'list of updates') as unknown as PipelineUpdate[];
  }

  /** The latest events of level ERROR, the newest first. */
  async latestErrors(id: string, count = PAGE): Promise<PipelineEvent[]> {
    const page = await this.http.json<TokenPage>({
      method: 'GET',
      path: path`/api/2.0/pipelines/${id}/events`,
      query: { filter: "level='ERROR'", order_by: 'timestamp desc', max_results: count },
    });
    return objectsIn(objectIn(page, 'list of events'), 'events', 'list of events') as unknown as PipelineEvent[];
  }

  /** The latest events, the newest first, at most {@link MOST_EVENTS}. @param deadlineMs milliseconds for each page */
  async latestEvents(id: string, deadlineMs: number): Promise<PipelineEvent[]> {
    const events = items(
      (page_token) =>
        this.http.json<TokenPage>({
          method: 'GET',
          path: path`/api/2.0/pipelines/${id}/events`,
          query: { order_by: 'timestamp desc', max_results: PAGE, page_token },
          deadlineMs,
        }),
      (page) => objectsIn(objectIn(page, 'list of events'), 'events', 'list of events') as unknown as PipelineEvent[],
    );
    return collect(events, MOST_EVENTS);
  }

  /** Stops the active update of the pipeline, whichever it is; it ends some time later. */
  async stop(id: string): Promise<void> {
    await this.http.json({
      method: 'POST',
      path: path`/api/2.0/pipelines/${id}/stop`,
      acceptEmpty: true,
      idempotent: true,
    });
  }

  private list(filter: string | undefined): AsyncGenerator<Pipeline> {
    return items(
      (page_token) =>
        this.http.json<TokenPage>({
          method: 'GET',
          path: ROOT,
          query: { filter, max_results: PAGE, page_token },
        }),
      (page) =>
        objectsIn(objectIn(page, LIST), 'statuses', LIST).map(
          (status): Pipeline => ({ ...status, pipeline_id: segmentIn(status, 'pipeline_id', LIST) }),
        ),
    );
  }
}
