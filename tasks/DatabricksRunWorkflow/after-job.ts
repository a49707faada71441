import type { Host } from '../../src/agent/host';
import type { AfterJobContext } from '../../src/agent/run-after-job';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import { standingOf } from '../../src/workflow/run-state';
import type { Inputs } from './inputs';

const RUN_VARIABLE = 'databricksMlopsRunId';

/** Milliseconds for the request that cancels: the agent gives a step 7.5 s before it insists. */
export const CANCEL_DEADLINE_MS = 6_000;

/** Notes a run that must not outlive the job. */
export function rememberRun(host: Host, runId: string): void {
  host.setTaskVariable(RUN_VARIABLE, runId);
}

/** The run has ended, or was asked to. */
export function forgetRun(host: Host): void {
  host.setTaskVariable(RUN_VARIABLE, '');
}

/** The post-job phase: ends a run whose step was killed before it could do so. */
export async function afterJob(inputs: Inputs, context: AfterJobContext): Promise<void> {
  const runId = context.host.taskVariable(RUN_VARIABLE) ?? '';
  if (runId === '') {
    return;
  }
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  const run = await workspace.runs.get(runId);
  if (run !== undefined && standingOf(run).active) {
    await workspace.runs.cancel(runId);
    context.log.info(`Run ${runId} was still active after its step had ended, and was asked to end.`);
  }
}
