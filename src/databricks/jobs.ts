import type { HttpClient } from '../http/client';
import { collect, items, pages, type TokenPage } from '../http/paging';
import { integerId } from '../json';
import { idIn, objectIn, objectsIn } from './answer-shape';
import { withTextIds } from './ids';
import { undefinedIfMissing } from './missing';

/** One task of a job's settings; the task type's own fields are kept as they are. */
export interface JobTask {
  readonly task_key: string;
  readonly [field: string]: unknown;
}

/** Settings of a job (Jobs API 2.2); fields that we do not read are kept as they are. */
export interface JobSettings {
  readonly name?: string;
  readonly tasks?: readonly JobTask[];
  readonly parameters?: readonly { readonly name: string; readonly default: string }[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly max_concurrent_runs?: number;
  readonly timeout_seconds?: number;
  readonly [field: string]: unknown;
}

/** A job as it is stored. `created_time` in milliseconds since the epoch. */
export interface Job {
  readonly job_id: string;
  readonly creator_user_name?: string;
  readonly created_time?: number;
  readonly settings: JobSettings;
}

/** Lists of settings that come 100 a page; on later pages the shorter ones are empty. */
const PAGED_LISTS = ['tasks', 'job_clusters', 'environments', 'parameters'] as const;

const ROOT = '/api/2.2/jobs';
const LIST = `GET ${ROOT}/list`;
/** Jobs that the service gives in one page at most. */
const LONGEST_PAGE = 100;

/** `/api/2.2/jobs` */
export class JobsApi {
  constructor(private readonly http: HttpClient) {}

  /** Creates a job and returns its id. Not sent twice: the call has no idempotency token. */
  async create(settings: JobSettings): Promise<string> {
    const answer = await this.http.json({ method: 'POST', path: `${ROOT}/create`, body: settings });
    const what = `POST ${ROOT}/create`;
    return idIn(objectIn(answer, what), 'job_id', what);
  }

  /** Replaces all settings of a job. */
  async reset(jobId: string, settings: JobSettings): Promise<void> {
    const body = { job_id: integerId(jobId), new_settings: settings };
    await this.http.json({ method: 'POST', path: `${ROOT}/reset`, body, acceptEmpty: true, idempotent: true });
  }

  /** The job with all pages of its lists, or undefined when there is none of this id. */
  async get(jobId: string): Promise<Job | undefined> {
    return undefinedIfMissing(this.merged(jobId));
  }

  /** Every job of exactly this name. The service compares without case; names are not unique. */
  async listByName(name: string): Promise<Job[]> {
    const found: Job[] = [];
    for await (const job of this.list({ name, limit: LONGEST_PAGE })) {
      const typed = jobOf(job, LIST);
      if (typed.settings?.name === name) {
        found.push(typed);
      }
    }
    return found;
  }

  /** Names of the first `count` jobs that the identity may see; a job without a name is shown by its id. */
  async firstNames(count: number): Promise<string[]> {
    const first = await collect(this.list({ limit: Math.min(count, LONGEST_PAGE) }), count);
    return first.map((job) => jobOf(job, LIST)).map(({ job_id, settings }) => settings?.name || job_id);
  }

  private list(query: { readonly name?: string; readonly limit: number }): AsyncGenerator<unknown> {
    return items(
      (page_token) =>
        this.http.json<TokenPage>({ method: 'GET', path: `${ROOT}/list`, query: { ...query, page_token } }),
      (page) => objectsIn(objectIn(page, LIST), 'jobs', LIST),
    );
  }

  private async merged(jobId: string): Promise<Job> {
    let merged: Job | undefined;
    const parts = pages(
      (page_token) =>
        this.http.json<TokenPage>({ method: 'GET', path: `${ROOT}/get`, query: { job_id: jobId, page_token } }),
      (page) => page.next_page_token,
    );
    for await (const part of parts) {
      const job = jobOf(part, `GET ${ROOT}/get`);
      merged =
        merged === undefined ? job : { ...merged, settings: joinLists(merged.settings, job.settings, PAGED_LISTS) };
    }
    return merged as Job;
  }
}

function jobOf(answer: unknown, what: string): Job {
  return { ...withTextIds<Job>(answer), job_id: idIn(objectIn(answer, what), 'job_id', what) };
}

/** `first` with the lists of `next` appended. */
export function joinLists<T extends object>(first: T, next: T, lists: readonly string[]): T {
  const joined = { ...first } as Record<string, unknown>;
  for (const list of lists) {
    const [head, tail] = [joined[list], (next as Record<string, unknown>)[list]];
    if (Array.isArray(tail) && tail.length > 0) {
      joined[list] = [...(Array.isArray(head) ? head : []), ...tail];
    }
  }
  return joined as T;
}
