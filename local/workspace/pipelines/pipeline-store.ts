import type { Workspace } from '../api';
import type { Fields } from '../fields';

export type UpdateState =
  | 'QUEUED'
  | 'CREATED'
  | 'INITIALIZING'
  | 'SETTING_UP_TABLES'
  | 'RUNNING'
  | 'STOPPING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELED';

const ENDED: ReadonlySet<UpdateState> = new Set(['COMPLETED', 'FAILED', 'CANCELED']);

export interface Pipeline {
  readonly id: string;
  readonly creator: string;
  /** As given at create or edit, with `id`. */
  readonly spec: Fields;
  readonly lastModified: number;
}

export interface Update {
  readonly id: string;
  readonly pipelineId: string;
  readonly state: UpdateState;
  readonly cause: 'API_CALL' | 'JOB_TASK';
  readonly creationTime: number;
  readonly fullRefresh: boolean;
  readonly validateOnly: boolean;
  /** Names of datasets to bring up to date and to compute anew, as they were given; none of both: all. */
  readonly refreshSelection?: readonly string[];
  readonly fullRefreshSelection?: readonly string[];
  /** Why it failed. */
  readonly message?: string;
}

/** One line of a pipeline's event log, as the API shows it. */
export interface PipelineEvent {
  readonly id: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly event_type: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Pipelines, their updates and their events; keys begin with the pipeline's id and grow with time. */
export class PipelineStore {
  readonly #pipelines;
  readonly #updates;
  readonly #events;

  constructor(private readonly workspace: Workspace) {
    this.#pipelines = workspace.store.collection<Pipeline>('pipelines');
    this.#updates = workspace.store.collection<Update & { readonly number: number }>('pipeline-updates');
    this.#events = workspace.store.collection<PipelineEvent>('pipeline-events');
  }

  put(pipeline: Pipeline): void {
    this.#pipelines.put(pipeline.id, pipeline);
  }

  get(id: string): Pipeline | undefined {
    return this.#pipelines.get(id);
  }

  all(): readonly Pipeline[] {
    return [...this.#pipelines.entries()].map(([, pipeline]) => pipeline);
  }

  remove(id: string): void {
    this.workspace.store.transaction(() => {
      this.#pipelines.remove(id);
      for (const collection of [this.#updates, this.#events]) {
        for (const [key] of collection.entries(`${id}/`)) {
          collection.remove(key);
        }
      }
    });
  }

  putUpdate(update: Update): void {
    const key = `${update.pipelineId}/${update.id}`;
    const number = this.#updates.get(key)?.number ?? this.workspace.store.next('pipeline-updates');
    this.#updates.put(key, { ...update, number });
  }

  update(pipelineId: string, id: string): Update | undefined {
    return this.#updates.get(`${pipelineId}/${id}`);
  }

  /** The latest first. */
  updates(pipelineId: string): readonly Update[] {
    const found = [...this.#updates.entries(`${pipelineId}/`)].map(([, update]) => update);
    return found.sort((a, b) => b.number - a.number);
  }

  active(pipelineId: string): Update | undefined {
    return this.updates(pipelineId).find(({ state }) => !ENDED.has(state));
  }

  addEvent(pipelineId: string, event: PipelineEvent): void {
    const number = this.workspace.store.next('pipeline-events');
    this.#events.put(`${pipelineId}/${String(number).padStart(12, '0')}`, event);
  }

  /** The oldest first. */
  events(pipelineId: string): readonly PipelineEvent[] {
    return [...this.#events.entries(`${pipelineId}/`)].map(([, event]) => event);
  }
}

export function hasEnded({ state }: Update): boolean {
  return ENDED.has(state);
}
