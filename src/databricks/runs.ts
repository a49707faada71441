import type { HttpClient } from '../http/client';
import { items, pages, type TokenPage } from '../http/paging';
import type { HttpRequest } from '../http/request';
import { integerId } from '../json';
import { idIn, objectIn, objectsIn } from './answer-shape';
import { withTextIds } from './ids';
import { joinLists } from './jobs';
import { undefinedIfMissing } from './missing';

/** First generation of a run's state (deprecated, still the one with `result_state`). */
export interface RunState {
  readonly life_cycle_state?: string;
  readonly result_state?: string;
  readonly state_message?: string;
  readonly user_cancelled_or_timedout?: boolean;
  readonly queue_reason?: string;
}

/** Second generation. */
export interface RunStatus {
  readonly state?: string;
  readonly queue_details?: { readonly code?: string; readonly message?: string };
  readonly termination_details?: { readonly code?: string; readonly type?: string; readonly message?: string };
}

/** One attempt of one task within a run. */
export interface RunTask {
  readonly run_id: string;
  readonly task_key: string;
  readonly attempt_number?: number;
  /** Milliseconds since the epoch; 0 or absent before the start. */
  readonly start_time?: number;
  readonly end_time?: number;
  readonly state?: RunState;
  readonly status?: RunStatus;
  readonly run_page_url?: string;
  readonly depends_on?: readonly { readonly task_key: string; readonly outcome?: string }[];
  readonly [field: string]: unknown;
}

/** A run of a job, or a one-time run. Times are milliseconds since the epoch, durations milliseconds. */
export interface Run {
  readonly run_id: string;
  readonly job_id?: string;
  readonly run_name?: string;
  readonly run_page_url?: string;
  readonly run_type?: string;
  readonly start_time?: number;
  readonly end_time?: number;
  readonly run_duration?: number;
  readonly state?: RunState;
  readonly status?: RunStatus;
  readonly tasks?: readonly RunTask[];
  /** Of the run of a for-each task: its iterations, all attempts of each. */
  readonly iterations?: readonly RunTask[];
  readonly job_parameters?: readonly { readonly name: string; readonly default?: string; readonly value?: string }[];
  /** Only when the run was read with its history. */
  readonly repair_history?: readonly RepairHistoryItem[];
  readonly original_attempt_run_id?: string;
  readonly creator_user_name?: string;
  readonly [field: string]: unknown;
}

/** What one task run left behind. */
export interface RunOutput {
  readonly metadata?: Run;
  readonly notebook_output?: { readonly result?: string; readonly truncated?: boolean };
  readonly error?: string;
  readonly error_trace?: string;
  /** Last 5 MB of a script's or wheel's output. */
  readonly logs?: string;
  readonly logs_truncated?: boolean;
  readonly info?: string;
  readonly run_job_output?: { readonly run_id?: string };
  readonly [field: string]: unknown;
}

/** Body of `run-now` besides the job id. */
export interface RunNowRequest {
  readonly job_parameters?: Readonly<Record<string, string>>;
  readonly only?: readonly string[];
  readonly queue?: { readonly enabled: boolean };
  readonly performance_target?: string;
  /** At most 64 characters; a repeated one returns the existing run. */
  readonly idempotency_token?: string;
  readonly [field: string]: unknown;
}

/** Body of `runs/submit`. */
export interface SubmitRequest {
  readonly run_name?: string;
  readonly tasks?: readonly { readonly task_key: string; readonly [field: string]: unknown }[];
  readonly idempotency_token?: string;
  readonly [field: string]: unknown;
}

/** Body of `runs/repair` besides the run id; exactly one of `rerun_tasks` and `rerun_all_failed_tasks`. */
export interface RepairRequest {
  readonly rerun_tasks?: readonly string[];
  readonly rerun_all_failed_tasks?: boolean;
  readonly rerun_dependent_tasks?: boolean;
  /** The repair that this one follows; required from the second on. */
  readonly latest_repair_id?: string;
  readonly job_parameters?: Readonly<Record<string, string>>;
  readonly performance_target?: string;
  readonly [field: string]: unknown;
}

/** One round of a run: the first one, or a repair. */
export interface RepairHistoryItem {
  /** `ORIGINAL` or `REPAIR`. */
  readonly type?: string;
  /** Of repairs only. */
  readonly id?: string | number;
  /** Runs of tasks that belong to the round. */
  readonly task_run_ids?: readonly (string | number)[];
  readonly start_time?: number;
  readonly end_time?: number;
  readonly state?: RunState;
  readonly status?: RunStatus;
}

/** Filter of `runs/list`. */
export interface RunFilter {
  readonly job_id?: string;
  readonly active_only?: boolean;
  readonly completed_only?: boolean;
  /** `JOB_RUN`, `SUBMIT_RUN` or `WORKFLOW_RUN`. */
  readonly run_type?: string;
  /** Milliseconds since the epoch. */
  readonly start_time_from?: number;
  readonly start_time_to?: number;
}

const ROOT = '/api/2.2/jobs';
/** Lists that come 100 a page; on later pages the shorter ones are empty. */
const PAGED_LISTS = ['tasks', 'iterations', 'job_clusters', 'job_parameters', 'repair_history'] as const;

/** `/api/2.2/jobs/run-now` and `/api/2.2/jobs/runs` */
export class RunsApi {
  constructor(private readonly http: HttpClient) {}

  /** Starts a run of a job and returns its id. Sent again after a fault only with an idempotency token. */
  async runNow(jobId: string, request: RunNowRequest): Promise<string> {
    return this.start(`${ROOT}/run-now`, { ...request, job_id: integerId(jobId) }, request.idempotency_token);
  }

  /** Starts a one-time run and returns its id. Sent again after a fault only with an idempotency token. */
  async submit(request: SubmitRequest): Promise<string> {
    return this.start(`${ROOT}/runs/submit`, request, request.idempotency_token);
  }

  /**
   * The run with all pages of its tasks, or undefined when there is none of this id.
   * @param deadlineMs milliseconds for all pages together; absent: the client's own limit for each
   */
  async get(runId: string, deadlineMs?: number): Promise<Run | undefined> {
    return undefinedIfMissing(this.merged(runId, { deadlineMs }));
  }

  /** How the run stands, and the tasks of its first page (100 attempts). @param deadlineMs milliseconds that it may take */
  async getFirstPage(runId: string, deadlineMs?: number): Promise<Run | undefined> {
    const page = this.page(runId, { ...(deadlineMs === undefined ? {} : { deadlineMs }) });
    return undefinedIfMissing(page.then(runOf));
  }

  /** As {@link get}, with `repair_history`. */
  async getWithHistory(runId: string, deadlineMs?: number): Promise<Run | undefined> {
    return undefinedIfMissing(this.merged(runId, { deadlineMs, history: true }));
  }

  /** Runs tasks of a run that has ended again, in the same run; gives the id of the repair. Not sent twice. */
  async repair(runId: string, request: RepairRequest): Promise<string> {
    const { latest_repair_id: latest } = request;
    const body = {
      ...request,
      run_id: integerId(runId),
      ...(latest === undefined ? {} : { latest_repair_id: integerId(latest) }),
    };
    const answer = await this.http.json({ method: 'POST', path: `${ROOT}/runs/repair`, body });
    const what = `POST ${ROOT}/runs/repair`;
    return idIn(objectIn(answer, what), 'repair_id', what);
  }

  /**
   * Output of one task run (`tasks[].run_id`; a job's run id is refused by the service).
   * @param deadlineMs milliseconds that it may take; absent: the client's own limit
   */
  async output(taskRunId: string, deadlineMs?: number): Promise<RunOutput> {
    const deadline = deadlineMs === undefined ? {} : { deadlineMs };
    const query = { run_id: taskRunId };
    return withTextIds(await this.http.json({ method: 'GET', path: `${ROOT}/runs/get-output`, query, ...deadline }));
  }

  /**
   * Asks for the end of a run; it ends some time later.
   * @param deadlineMs milliseconds for all attempts together; default of the client
   */
  async cancel(runId: string, deadlineMs?: number): Promise<void> {
    const body = { run_id: integerId(runId) };
    const deadline = deadlineMs === undefined ? {} : { deadlineMs };
    await this.http.json({
      method: 'POST',
      path: `${ROOT}/runs/cancel`,
      body,
      acceptEmpty: true,
      idempotent: true,
      ...deadline,
    });
  }

  /** Runs that match, in the order of the service, which is not promised. */
  async *list(filter: RunFilter): AsyncGenerator<Run> {
    const list = items(
      (page_token) =>
        this.http.json<TokenPage & { runs?: readonly unknown[] }>({
          method: 'GET',
          path: `${ROOT}/runs/list`,
          query: { ...filter, limit: 24, page_token },
        }),
      (page) => page.runs,
    );
    for await (const run of list) {
      yield withTextIds<Run>(run);
    }
  }

  private async start(path: string, body: unknown, token: string | undefined): Promise<string> {
    const answer = await this.http.json({ method: 'POST', path, body, idempotent: token !== undefined });
    const what = `POST ${path}`;
    return idIn(objectIn(answer, what), 'run_id', what);
  }

  private async merged(
    runId: string,
    { deadlineMs, history }: { readonly deadlineMs?: number | undefined; readonly history?: boolean },
  ): Promise<Run> {
    let merged: Run | undefined;
    const { time } = this.http;
    const end = deadlineMs === undefined ? undefined : time.now() + deadlineMs;
    const parts = pages(
      (page_token) => {
        const deadline = end === undefined ? {} : { deadlineMs: Math.max(1, end - time.now()) };
        return this.page(runId, { ...deadline, query: { include_history: history, page_token } });
      },
      (page) => page.next_page_token,
    );
    for await (const part of parts) {
      const run = runOf(part);
      merged = merged === undefined ? run : joinLists(merged, run, PAGED_LISTS);
    }
    return merged as Run;
  }

  private page(
    runId: string,
    { query, ...deadline }: { readonly deadlineMs?: number; readonly query?: HttpRequest['query'] },
  ): Promise<TokenPage> {
    return this.http.json<TokenPage>({
      method: 'GET',
      path: `${ROOT}/runs/get`,
      query: { run_id: runId, ...query },
      ...deadline,
    });
  }
}

const GET = `GET ${ROOT}/runs/get`;

/** A run whose ids can be sent back. @throws TaskError ANSWER_UNEXPECTED */
function runOf(answer: unknown): Run {
  const fields = objectIn(answer, GET);
  for (const repair of objectsIn(fields, 'repair_history', GET).filter(({ id }) => id !== undefined)) {
    idIn(repair, 'id', `${GET}, field 'repair_history'`);
  }
  return { ...withTextIds<Run>(answer), run_id: idIn(fields, 'run_id', GET) };
}

/** What tells the attempts of a task apart. */
type Attempt = Partial<Pick<RunTask, 'task_key' | 'attempt_number' | 'start_time'>>;

/** The last attempt of each task, in the order in which the tasks first appear. */
export function lastAttempts<Task extends Attempt>(tasks: readonly Task[]): Task[] {
  const last = new Map<string, Task>();
  for (const task of tasks) {
    const former = last.get(task.task_key ?? '');
    if (former === undefined || isLater(task, former)) {
      last.set(task.task_key ?? '', task);
    }
  }
  return [...last.values()];
}

function isLater(task: Attempt, former: Attempt): boolean {
  const [attempt, formerAttempt] = [task.attempt_number ?? 0, former.attempt_number ?? 0];
  return attempt > formerAttempt || (attempt === formerAttempt && (task.start_time ?? 0) > (former.start_time ?? 0));
}
