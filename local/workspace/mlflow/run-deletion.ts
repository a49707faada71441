import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, optionalInteger, requiredText } from '../fields';
import { runIdOf } from './runs';
import { type Tracking, trackingOf } from './tracking';
import type { LifecycleStage, Run } from './types';

const MOST_AT_ONCE = 10_000;
const BULK = '/api/2.0/mlflow/databricks/runs';

/** Deletion of runs and the way back: one by its id, or many of one experiment by time (API pages "Delete Runs" and "Restore Runs"). */
export const runDeletionOperations: readonly Operation[] = [
  { method: 'POST', path: '/api/2.0/mlflow/runs/delete', handle: (call) => moveOne(call, 'deleted') },
  { method: 'POST', path: '/api/2.0/mlflow/runs/restore', handle: (call) => moveOne(call, 'active') },
  { method: 'POST', path: `${BULK}/delete-runs`, note: 'by start time', handle: deleteRuns },
  { method: 'POST', path: `${BULK}/restore-runs`, note: 'by the time of deletion', handle: restoreRuns },
];

async function moveOne(call: Call, stage: LifecycleStage): Promise<Reply> {
  const body = await call.json<Fields>();
  const tracking = trackingOf(call.workspace);
  return tracking.store.transaction(() => {
    move(tracking, tracking.run(runIdOf(body)), stage, call.workspace.clock.now());
    return { json: {} };
  });
}

async function deleteRuns(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const latest = requiredInteger(body, 'max_timestamp_millis');
  const started = (run: Run) => run.info.start_time <= latest;
  return { json: { runs_deleted: moveMany(call, body, 'deleted', started) } };
}

async function restoreRuns(call: Call): Promise<Reply> {
  const body = await call.json<Fields>();
  const { deletions } = trackingOf(call.workspace);
  const earliest = requiredInteger(body, 'min_timestamp_millis');
  const deletedSince = (run: Run) => (deletions.get(run.info.run_id) ?? 0) >= earliest;
  return { json: { runs_restored: moveMany(call, body, 'active', deletedSince) } };
}

/** Moves runs of the experiment that are not in the stage yet, up to `max_runs`, and returns how many. */
function moveMany(call: Call, body: Fields, stage: LifecycleStage, isMeant: (run: Run) => boolean): number {
  const tracking = trackingOf(call.workspace);
  const { experiment_id } = tracking.experiment(requiredText(body, 'experiment_id'));
  const most = optionalInteger(body, 'max_runs') ?? MOST_AT_ONCE;
  if (most < 1 || most > MOST_AT_ONCE) {
    throw invalid(`Parameter 'max_runs' must be between 1 and ${MOST_AT_ONCE}, got ${most}.`);
  }
  return tracking.store.transaction(() => {
    const found = [...tracking.runs.entries()]
      .map(([, run]) => run)
      .filter(({ info }) => info.experiment_id === experiment_id && info.lifecycle_stage !== stage)
      .filter(isMeant)
      .slice(0, most);
    for (const run of found) {
      move(tracking, run, stage, call.workspace.clock.now());
    }
    return found.length;
  });
}

function move(tracking: Tracking, run: Run, stage: LifecycleStage, now: number): void {
  const { run_id, lifecycle_stage } = run.info;
  if (lifecycle_stage === stage) {
    return;
  }
  tracking.runs.put(run_id, { ...run, info: { ...run.info, lifecycle_stage: stage } });
  if (stage === 'deleted') {
    tracking.deletions.put(run_id, now);
  } else {
    tracking.deletions.remove(run_id);
  }
}

function requiredInteger(fields: Fields, name: string): number {
  const number = optionalInteger(fields, name);
  if (number === undefined) {
    throw invalid(`Missing value for required parameter '${name}'.`);
  }
  return number;
}
