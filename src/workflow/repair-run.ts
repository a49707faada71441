import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock';
import { lastAttempts, type RepairHistoryItem, type RepairRequest, type Run } from '../databricks/runs';
import { ApiError } from '../http/errors';
import { outcomeUnknown } from '../http/outcome';
import { standingOf } from './run-state';

/** Calls that a repair needs. */
export interface RepairCalls {
  /** The run with its history. */
  read(): Promise<Run>;
  /** Asks for a repair and gives its id; sent once. */
  repair(request: RepairRequest): Promise<string>;
}

const MOST_REQUESTS = 3;
/** A request whose answer was lost may still be on its way; milliseconds until it is sent again. */
const ON_ITS_WAY_MS = 5_000;

/** Ids of the repairs of a run, the oldest first. The run must have been read with its history. */
export function repairIds(run: Run): string[] {
  return repairsOf(run).map(({ id }) => String(id));
}

function repairsOf(run: Run): readonly RepairHistoryItem[] {
  return (run.repair_history ?? [])
    .filter(({ type, id }) => type === 'REPAIR' && id !== undefined)
    .toSorted((left, right) => (left.start_time ?? 0) - (right.start_time ?? 0));
}

/**
 * True when the latest repair of an active run runs all tasks that the request is for (without names: each that has not succeeded), with
 * the parameters that the request sets. What the service does not show counts as different.
 * @param run as it was read, with its history
 */
export function latestRepairDoes(run: Run, request: RepairRequest): boolean {
  const { rerun_tasks, rerun_all_failed_tasks, rerun_dependent_tasks, performance_target, job_parameters, ...older } =
    request;
  const ofRepair = new Set(repairsOf(run).at(-1)?.task_run_ids?.map(String));
  const tasks = lastAttempts(run.tasks ?? []).every((task) => {
    const standing = standingOf(task);
    const wanted = rerun_tasks?.includes(task.task_key) ?? (standing.active || standing.result !== 'SUCCESS');
    return !wanted || ofRepair.has(task.run_id);
  });
  const given = new Map(run.job_parameters?.map(({ name, value }) => [name, value]));
  const overriding = (run.overriding_parameters ?? {}) as Readonly<Record<string, unknown>>;
  return (
    tasks &&
    Object.entries(job_parameters ?? {}).every(([name, value]) => given.get(name) === value) &&
    Object.entries(older).every(([kind, value]) => isDeepStrictEqual(overriding[kind], value))
  );
}

/**
 * Repairs a run at most once. `runs/repair` has no idempotency token, but names the repair that it follows: what was repaired meanwhile is
 * refused, so that a lost answer is looked for in the history and a repeated request cannot repair twice.
 * @param run as it was read, with its history
 * @returns the id of the repair
 * @throws the failure of the request when it made no repair; the reason of a cancel, after which it is not sent again
 */
export async function repairOnce(
  calls: RepairCalls,
  run: Run,
  request: RepairRequest,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<string> {
  const latest = repairIds(run).at(-1);
  const following = latest === undefined ? request : { ...request, latest_repair_id: latest };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await calls.repair(following);
    } catch (error) {
      // A request sent again that is refused may have met the repair of the one before.
      const unknown = outcomeUnknown(error);
      if (!unknown && !(attempt > 1 && error instanceof ApiError)) {
        throw error;
      }
      const made = async () => [repairIds(await calls.read()).at(-1)].find((id) => id !== latest);
      const now = await made();
      if (now !== undefined) {
        return now;
      }
      if (!unknown || attempt === MOST_REQUESTS) {
        throw error;
      }
      await clock.sleep(ON_ITS_WAY_MS);
      if (signal.aborted) {
        const late = await made();
        if (late !== undefined) {
          return late;
        }
        throw signal.reason;
      }
    }
  }
}
