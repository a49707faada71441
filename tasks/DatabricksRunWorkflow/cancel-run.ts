import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { markdownLink } from '../../src/markdown';
import { standingOf } from '../../src/workflow/run-state';
import { followRun } from './follow-run';
import type { Inputs } from './inputs';
import { dryRunOutcome } from './outcome';
import { readRun } from './start';

/**
 * Ends a run and waits until it has ended. One that has ended already is left as it is.
 * @throws TaskError RUN_NOT_FOUND, RUN_TIME_LIMIT
 */
export async function cancelRun(
  runId: string,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const run = await readRun(workspace, runId);
  const { outputs, log } = context;
  outputs.set('runId', run.run_id);
  outputs.set('jobId', run.job_id);
  outputs.set('runUrl', run.run_page_url);
  const standing = standingOf(run);
  const subject = `run ${runId}`;
  const outcome = (decision: string, state: string): TaskOutcome => ({
    decision,
    summary: markdownLink(`Run ${runId}`, run.run_page_url ?? ''),
    attachment: { kind: 'run', content: { runId, url: run.run_page_url ?? '', resultState: state } },
  });
  if (!standing.active) {
    outputs.set('resultState', standing.result);
    return outcome(`Run ${runId} had already ended ${standing.result}.`, standing.result);
  }
  if (inputs.dryRun) {
    return dryRunOutcome({ subject, parameters: {} }, context, 'canceled');
  }
  await workspace.runs.cancel(runId);
  log.info(`Run ${runId} was asked to end: ${run.run_page_url ?? ''}`);
  if (!inputs.wait) {
    return outcome(`Run ${runId} was asked to end; the step does not wait for it.`, '');
  }
  const ended = await followRun(runId, inputs, workspace, context, {
    end: inputs.timeLimitMs === 0 ? Number.POSITIVE_INFINITY : context.clock.now() + inputs.timeLimitMs,
    guard: undefined,
  });
  outputs.set('resultState', ended.standing.result);
  const duration = Number(ended.run.end_time ?? 0) - Number(ended.run.start_time ?? 0);
  outputs.set('durationSeconds', Math.max(0, Math.round(duration / 1000)));
  const why = ended.standing.result === 'CANCELED' ? '' : ' before it could be canceled';
  return outcome(`Run ${runId} ended ${ended.standing.result}${why}.`, ended.standing.result);
}
