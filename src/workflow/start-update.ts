import type { Clock } from '../clock';
import type { PipelineUpdate, UpdateRequest } from '../databricks/pipelines';
import { TaskError } from '../errors';
import { ApiError } from '../http/errors';
import { outcomeUnknown } from '../http/outcome';

/** Calls that starting an update needs. */
export interface UpdateCalls {
  /** The latest updates of the pipeline. */
  latest(): Promise<readonly PipelineUpdate[]>;
  /** The same after a request that left open what it did: a cancel does not cut it off. */
  latestAfter(): Promise<readonly PipelineUpdate[]>;
  /** Asks for an update and gives its id; sent once. */
  start(): Promise<string>;
}

/** The update to follow. */
export interface StartedUpdate {
  readonly updateId: string;
  readonly origin: 'started' | 'attached';
}

const ENDED = new Set(['COMPLETED', 'FAILED', 'CANCELED']);
const MOST_REQUESTS = 3;
/** A request whose answer was lost may still be on its way; milliseconds until it is looked for a second time. */
const ON_ITS_WAY_MS = 5_000;

/** True once an update has reached a final state; one that this version does not know counts as active. */
export function updateHasEnded({ state }: PipelineUpdate): boolean {
  return ENDED.has(state ?? '');
}

/**
 * Starts an update at most once. The Pipelines API has no idempotency token, but lets a pipeline have one active update only: what is active
 * and does the same is taken up, and after a lost answer the update that was not there before and does the same is the one asked for.
 * @param reuse `never`: an active update is an error even when it does the same
 * @throws TaskError PIPELINE_BUSY when another update is active; the failure of the request when it was refused; the reason of a cancel,
 * after which it is not sent again
 */
export async function startUpdate(
  calls: UpdateCalls,
  request: UpdateRequest,
  reuse: 'active' | 'never',
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<StartedUpdate> {
  const before = await calls.latest();
  const active = before.find((update) => !updateHasEnded(update));
  if (active !== undefined) {
    if (reuse === 'active' && doesTheSame(active, request)) {
      return { updateId: active.update_id, origin: 'attached' };
    }
    throw busy(active);
  }
  const known = new Set(before.map((update) => update.update_id));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { updateId: await calls.start(), origin: 'started' };
    } catch (error) {
      const found = await startedMeanwhile(calls, known, request, error, clock);
      if (found !== undefined) {
        return found;
      }
      if (!outcomeUnknown(error) || attempt === MOST_REQUESTS) {
        throw error;
      }
      signal.throwIfAborted();
    }
  }
}

/** What a request that failed has begun all the same, or what stood in its way. */
async function startedMeanwhile(
  calls: UpdateCalls,
  known: ReadonlySet<string>,
  request: UpdateRequest,
  error: unknown,
  clock: Clock,
): Promise<StartedUpdate | undefined> {
  const unknown = outcomeUnknown(error);
  if (!unknown && !isConflict(error)) {
    return undefined;
  }
  for (const wait of unknown ? [0, ON_ITS_WAY_MS] : [0]) {
    await clock.sleep(wait);
    const fresh = (await calls.latestAfter()).filter((update) => !known.has(update.update_id));
    const same = fresh.find((update) => doesTheSame(update, request));
    if (same !== undefined) {
      return { updateId: same.update_id, origin: unknown ? 'started' : 'attached' };
    }
    const other = fresh.find((update) => !updateHasEnded(update));
    if (other !== undefined) {
      throw busy(other, error);
    }
  }
  return undefined;
}

/** How the service refuses a second active update is [U]. */
function isConflict(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 409 || /active update/i.test(error.serverMessage));
}

/** True when the update was asked for through the API and computes the same tables in the same way. */
function doesTheSame(update: PipelineUpdate, request: UpdateRequest): boolean {
  return (
    (update.cause ?? 'API_CALL') === 'API_CALL' &&
    update.validate_only !== true &&
    (update.full_refresh ?? false) === (request.full_refresh ?? false) &&
    sameNames(update.refresh_selection, request.refresh_selection) &&
    sameNames(update.full_refresh_selection, request.full_refresh_selection)
  );
}

/** Unity Catalog compares names without regard to case. */
function sameNames(left: readonly string[] = [], right: readonly string[] = []): boolean {
  const spelled = (names: readonly string[]) => JSON.stringify(names.map((name) => name.toLowerCase()).toSorted());
  return spelled(left) === spelled(right);
}

function busy(update: PipelineUpdate, cause?: unknown): TaskError {
  const { update_id, state = 'active', cause: startedBy } = update;
  const by = startedBy === undefined ? '' : `, cause ${startedBy}`;
  return new TaskError('PIPELINE_BUSY', `The pipeline already has an active update ${update_id} (${state}${by}).`, {
    where: 'It does something else than this step asks for, or this step may reuse nothing.',
    todo: 'Wait until it has ended or stop it, and run the step again.',
    ...(cause === undefined ? {} : { cause }),
  });
}
