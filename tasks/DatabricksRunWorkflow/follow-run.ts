import type { TaskContext } from '../../src/agent/task-context';
import type { Run } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { lookAtRun } from '../../src/workflow/look-at-run';
import { NestedLooks } from '../../src/workflow/nested-looks';
import { durationText } from '../../src/workflow/polling';
import { repairIds } from '../../src/workflow/repair-run';
import { standingOf } from '../../src/workflow/run-state';
import { waitForRun } from '../../src/workflow/wait-for-run';
import { CANCEL_DEADLINE_MS, forgetRun, rememberRun } from './after-job';
import type { EndedRun } from './ended-run';
import type { Inputs } from './inputs';
import { readFirstPage, readRun } from './start';

/** Cancel reaches Databricks first; the post-job phase does it when this process is killed before it could. Returns what ends this. */
export function cancelWith(runId: string, workspace: WorkspaceClient, context: TaskContext): () => void {
  rememberRun(context.host, runId);
  return context.onCancel(async () => {
    await workspace.withoutSignal().runs.cancel(runId, CANCEL_DEADLINE_MS);
    forgetRun(context.host);
    context.log.info(`Run ${runId} was asked to end.`);
  });
}

/**
 * Follows a run to its end.
 * @param limitMs milliseconds from now; 0: none
 * @param repairId the repair whose end is wanted; until the service shows it, the run's former end counts for nothing
 * @throws TaskError RUN_TIME_LIMIT
 */
export async function followRun(
  runId: string,
  inputs: Inputs,
  workspace: WorkspaceClient,
  { clock, signal, log, host }: TaskContext,
  limitMs: number,
  repairId = '',
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
      const run = await read(deadlineMs);
      if (standingOf(run).active) {
        await nested.look(run);
      }
      return run;
    },
    clock,
    signal,
    limitMs,
    say: (line) => log.info(line),
    onProgress: (ended, total) =>
      log.progress(total === 0 ? 0 : (100 * ended) / total, `${ended} of ${total} tasks ended`),
  });
  if (waited.ended) {
    return waited;
  }
  const end = inputs.cancelRun ? await askToEnd(() => workspace.runs.cancel(runId), host) : 'It goes on.';
  const unread = waited.unread === undefined ? '' : ` It could not be read at the end: ${waited.unread.message}`;
  throw new TaskError('RUN_TIME_LIMIT', `Run ${runId} did not end within ${durationText(inputs.timeLimitMs)}.`, {
    where: `${end}${unread}`,
    todo: "Raise 'timeoutMinutes', or look at the run for what holds it up.",
  });
}

/** What cannot be asked is left to the post-job phase: the limit stays the reason of the failure. */
export async function askToEnd(ask: () => Promise<void>, host: TaskContext['host']): Promise<string> {
  try {
    await ask();
    forgetRun(host);
    return 'It was asked to end.';
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    return `It could not be asked to end and may still run: ${error.message} ${error.options.where ?? ''}`.trimEnd();
  }
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
