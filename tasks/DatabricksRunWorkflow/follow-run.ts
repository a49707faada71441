import type { TaskContext } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import type { Run } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { lookAtRun } from '../../src/workflow/look-at-run';
import { NestedLooks } from '../../src/workflow/nested-looks';
import { durationText } from '../../src/workflow/polling';
import { repairIds } from '../../src/workflow/repair-run';
import { type RunResult, standingOf } from '../../src/workflow/run-state';
import { waitForRun } from '../../src/workflow/wait-for-run';
import type { CancelGuard } from './cancel-guard';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import { readFirstPage, readRun } from './start';

/** How a run is followed. */
export interface Following {
  /** Time of the clock at which the step has waited long enough; infinite: none. */
  readonly end: number;
  /** The repair whose end is wanted; until the service shows it, the run's former end counts for nothing. */
  readonly repairId?: string | undefined;
  /** How the run had ended before that repair. */
  readonly after?: RunResult;
  /** Asks for the run's end at the time limit; undefined: it goes on. */
  readonly guard: CancelGuard | undefined;
}

/**
 * Follows a run to its end.
 * @throws TaskError RUN_TIME_LIMIT
 */
export async function followRun(
  runId: string,
  inputs: Inputs,
  workspace: WorkspaceClient,
  { clock, signal, log }: TaskContext,
  { end, repairId = '', after, guard }: Following,
): Promise<EndedRun> {
  const plain = lookAtRun(
    {
      whole: (deadlineMs) => readRun(workspace, runId, deadlineMs),
      firstPage: (deadlineMs) => readFirstPage(workspace, runId, deadlineMs),
    },
    clock,
  );
  const nested = new NestedLooks({
    output: (taskRunId, deadlineMs) => workspace.runs.output(taskRunId, deadlineMs),
    run: (nestedId, deadlineMs) => workspace.runs.getFirstPage(nestedId, deadlineMs),
    clock,
    say: (line) => log.info(line),
    debug: (line) => log.debug(line),
  });
  const read = repairId === '' ? plain : readRepaired(runId, repairId, workspace, () => clock.now());
  const waited = await waitForRun({
    read: async (deadlineMs) => {
      const begun = clock.now();
      const run = await read(deadlineMs);
      await nested.look(run, deadlineMs === undefined ? undefined : begun + deadlineMs - clock.now());
      return run;
    },
    clock,
    signal,
    limitMs: Number.isFinite(end) ? Math.max(1, end - clock.now()) : 0,
    say: (line) => log.info(line),
    onProgress: (ended, total) =>
      log.progress(total === 0 ? 0 : (100 * ended) / total, `${ended} of ${counted(total, 'task')} ended`),
  });
  if (waited.ended) {
    return waited;
  }
  const last = guard === undefined ? 'It goes on.' : await guard.askAtLimit();
  const before = after === undefined ? '' : `Before its repair it had ended ${after}. `;
  const unread = waited.unread === undefined ? '' : ` It could not be read at the end: ${waited.unread.message}`;
  throw new TaskError('RUN_TIME_LIMIT', `Run ${runId} did not end within ${durationText(inputs.timeLimitMs)}.`, {
    where: `${before}${last}${unread}`,
    todo: "Raise 'timeoutMinutes', or look at the run for what holds it up.",
  });
}

/** How long the state from before a repair is not believed, in milliseconds. How soon the service shows a repair is [U]. */
const OLD_STATE_MS = 60_000;

function readRepaired(runId: string, repairId: string, workspace: WorkspaceClient, now: () => number) {
  const end = now() + OLD_STATE_MS;
  let isShown = false;
  return async (deadlineMs?: number): Promise<Run> => {
    if (isShown || now() >= end) {
      return readRun(workspace, runId, deadlineMs);
    }
    const run = await readRun(workspace, runId, deadlineMs, 'history');
    isShown = standingOf(run).active || repairIds(run).includes(repairId);
    return isShown ? run : { ...run, state: { life_cycle_state: 'PENDING' }, status: {} };
  };
}
