import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ApiError, type Principal, type Workspace } from '../api';
import { objectList, optionalObject, optionalText } from '../fields';
import { existingFile, TaskStartError } from '../jobs/task-files';
import { Bindings, executeStatement, type MetastoreTables, SqlFailure } from '../sql/service';
import { type Dataset, datasetsOf, fold, inOrder, lastPart, PipelineSourceError } from './datasets';
import { pipelineIdentity } from './pipeline-identity';
import {
  hasEnded,
  type Pipeline,
  type PipelineEvent,
  type PipelineStore,
  type Update,
  type UpdateState,
} from './pipeline-store';

const LOST = 'The local workspace ended while the update was active.';

export interface UpdateRequest {
  readonly cause: Update['cause'];
  readonly fullRefresh?: boolean;
  readonly validateOnly?: boolean;
  readonly refreshSelection?: readonly string[];
  readonly fullRefreshSelection?: readonly string[];
}

/** Runs the updates of pipelines: their SQL sources, dataset after dataset in the order of their references. */
export class PipelineUpdates {
  readonly #active = new Map<string, { readonly abort: AbortController; readonly done: Promise<Update> }>();

  constructor(
    private readonly workspace: Workspace,
    private readonly tables: MetastoreTables,
    readonly store: PipelineStore,
  ) {}

  /**
   * Begins an update, with the rights of the pipeline's `run_as` or owner.
   * @throws ApiError 409 when one is active; that code and its sentence are [U]; 501 for a pipeline that runs as a group
   */
  begin(pipeline: Pipeline, request: UpdateRequest): Update {
    const principal = pipelineIdentity(this.workspace, pipeline);
    const active = this.store.active(pipeline.id);
    if (active !== undefined) {
      throw new ApiError(
        409,
        'RESOURCE_CONFLICT',
        `An active update ${active.id} already exists for pipeline ${pipeline.id}.`,
      );
    }
    const update: Update = {
      id: randomUUID(),
      pipelineId: pipeline.id,
      state: 'CREATED',
      cause: request.cause,
      creationTime: this.workspace.clock.now(),
      fullRefresh: request.fullRefresh ?? false,
      validateOnly: request.validateOnly ?? false,
      refreshSelection: request.refreshSelection ?? [],
      fullRefreshSelection: request.fullRefreshSelection ?? [],
    };
    this.#enter(pipeline, update, 'CREATED');
    const abort = new AbortController();
    const done = this.#run(pipeline, update, principal, abort.signal).finally(() => this.#active.delete(update.id));
    this.#active.set(update.id, { abort, done });
    return update;
  }

  /** Resolves with the update when it has ended. */
  async untilEnded(update: Update): Promise<Update> {
    return (await this.#active.get(update.id)?.done) ?? this.store.update(update.pipelineId, update.id) ?? update;
  }

  /** Ends the active update of a pipeline, if there is one. */
  cancel(pipeline: Pipeline): void {
    const update = this.store.active(pipeline.id);
    if (update !== undefined) {
      this.#enter(pipeline, update, 'STOPPING');
      this.#active.get(update.id)?.abort.abort();
    }
  }

  /** What a former process left active has failed. */
  recover(): void {
    for (const pipeline of this.store.all()) {
      const update = this.store.active(pipeline.id);
      if (update !== undefined) {
        this.#enter(pipeline, update, 'FAILED', LOST);
      }
    }
  }

  async stop(): Promise<void> {
    const ending = [...this.#active.values()].map(({ abort, done }) => {
      abort.abort();
      return done;
    });
    await Promise.all(ending);
  }

  async #run(pipeline: Pipeline, update: Update, principal: Principal, signal: AbortSignal): Promise<Update> {
    try {
      this.#enter(pipeline, update, 'INITIALIZING');
      const all = inOrder(await this.#datasets(pipeline));
      const datasets = chosen(all, selectionOf(update));
      if (!update.validateOnly) {
        this.#enter(pipeline, update, 'SETTING_UP_TABLES');
        this.#enter(pipeline, update, 'RUNNING');
        for (const dataset of datasets) {
          await this.#compute(pipeline, update, dataset, principal, signal);
        }
      }
      // Also when the last dataset was done before it heard of the stop: what was asked to stop has not completed.
      signal.throwIfAborted();
      return this.#enter(pipeline, update, 'COMPLETED');
    } catch (error) {
      if (signal.aborted) {
        return this.#enter(pipeline, update, 'CANCELED');
      }
      return this.#enter(
        pipeline,
        update,
        'FAILED',
        error instanceof Error ? error.message : String(error),
        classOf(error),
      );
    }
  }

  async #datasets({ spec }: Pipeline): Promise<readonly Dataset[]> {
    const configuration = optionalObject(spec, 'configuration') ?? {};
    const found: Dataset[] = [];
    for (const library of objectList(spec, 'libraries')) {
      const path = optionalText(optionalObject(library, 'file') ?? optionalObject(library, 'notebook') ?? {}, 'path');
      if (path === undefined || !path.endsWith('.sql')) {
        const what = path ?? JSON.stringify(library);
        throw new PipelineSourceError(`The local workspace has no Spark: pipelines run SQL files only, not ${what}.`);
      }
      const text = await readFile(await existingFile(this.workspace, path, 'source of the pipeline'), 'utf8');
      found.push(...datasetsOf(path, configured(path, text, configuration)));
    }
    return found;
  }

  async #compute(
    pipeline: Pipeline,
    update: Update,
    dataset: Dataset,
    principal: Principal,
    signal: AbortSignal,
  ): Promise<void> {
    const flow = dataset.name.join('.');
    this.#event(pipeline, update, {
      event_type: 'flow_progress',
      level: 'INFO',
      message: `Flow '${flow}' is RUNNING.`,
      flow,
      details: { flow_progress: { status: 'RUNNING' } },
    });
    signal.throwIfAborted();
    const now = this.workspace.clock.now();
    const catalog = optionalText(pipeline.spec, 'catalog');
    const schema = optionalText(pipeline.spec, 'schema') ?? optionalText(pipeline.spec, 'target');
    try {
      await executeStatement(dataset.statement, {
        metastore: this.workspace.metastore,
        tables: this.tables,
        defaults: { ...(catalog ? { catalog } : {}), ...(schema ? { schema } : {}) },
        bindings: new Bindings([], { now: new Date(now).toISOString(), user: principal.userName }),
        principal,
        now,
        signal,
        rowLimit: undefined,
      });
    } catch (error) {
      if (!signal.aborted) {
        this.#event(pipeline, update, {
          event_type: 'flow_progress',
          level: 'ERROR',
          message: `Flow '${flow}' has FAILED.`,
          flow,
          details: { flow_progress: { status: 'FAILED' } },
          error: errorOf(error),
        });
      }
      throw error;
    }
    this.#event(pipeline, update, {
      event_type: 'flow_progress',
      level: 'INFO',
      message: `Flow '${flow}' has COMPLETED.`,
      flow,
      details: { flow_progress: { status: 'COMPLETED' } },
    });
  }

  /** Keeps the new state and notes it in the event log; an update that was asked to stop only ends. */
  #enter(pipeline: Pipeline, update: Update, state: UpdateState, message?: string, errorClass?: string): Update {
    if (this.store.get(pipeline.id) === undefined) {
      return { ...update, state: 'CANCELED' }; // deleted meanwhile, with all that is known of it
    }
    const former = this.store.update(pipeline.id, update.id);
    const next: Update = { ...(former ?? update), state, ...(message === undefined ? {} : { message }) };
    if (former !== undefined && (hasEnded(former) || (former.state === 'STOPPING' && !hasEnded(next)))) {
      return former;
    }
    this.store.putUpdate(next);
    this.#event(pipeline, update, {
      event_type: 'update_progress',
      level: state === 'FAILED' ? 'ERROR' : 'INFO',
      message: `Update ${update.id.slice(0, 6)} is ${state}.`,
      details: { update_progress: { state } },
      ...(message === undefined ? {} : { error: { exceptions: [{ class_name: errorClass ?? 'Error', message }] } }),
    });
    return next;
  }

  #event(
    pipeline: Pipeline,
    update: Update,
    {
      flow,
      ...event
    }: Omit<PipelineEvent, 'id' | 'timestamp'> & {
      event_type: string;
      level: 'INFO' | 'ERROR';
      message: string;
      flow?: string;
    },
  ): void {
    if (this.store.get(pipeline.id) === undefined) {
      return;
    }
    this.store.addEvent(pipeline.id, {
      ...event,
      id: randomUUID(),
      timestamp: new Date(this.workspace.clock.now()).toISOString(),
      maturity_level: 'STABLE',
      origin: {
        pipeline_id: pipeline.id,
        pipeline_name: optionalText(pipeline.spec, 'name'),
        update_id: update.id,
        ...(flow === undefined ? {} : { flow_name: flow, dataset_name: flow }),
      },
    });
  }
}

function selectionOf({ refreshSelection = [], fullRefreshSelection = [] }: Update): readonly string[] {
  return [...refreshSelection, ...fullRefreshSelection].map(fold);
}

function chosen(datasets: readonly Dataset[], selection: readonly string[]): readonly Dataset[] {
  const wanted = selection.map((name) => name.slice(name.lastIndexOf('.') + 1));
  const unknown = wanted.find((name) => !datasets.some((one) => lastPart(one) === name));
  if (unknown !== undefined) {
    throw new PipelineSourceError(`The pipeline defines no dataset '${unknown}'.`);
  }
  return wanted.length === 0 ? datasets : datasets.filter((one) => wanted.includes(lastPart(one)));
}

/** `${name}` in a source is the value of the pipeline's configuration. */
function configured(file: string, text: string, configuration: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{([^{}]+)\}/g, (_whole, name: string) => {
    if (!Object.hasOwn(configuration, name)) {
      throw new PipelineSourceError(`${file}: the configuration of the pipeline has no '${name}'.`);
    }
    return String(configuration[name]);
  });
}

function errorOf(error: unknown): Record<string, unknown> {
  const message = error instanceof Error ? error.message : String(error);
  return { fatal: true, exceptions: [{ class_name: classOf(error), message }] };
}

function classOf(error: unknown): string {
  if (error instanceof SqlFailure) {
    return error.errorClass;
  }
  return error instanceof PipelineSourceError || error instanceof TaskStartError
    ? 'INVALID_PIPELINE_SOURCE'
    : 'INTERNAL_ERROR';
}
