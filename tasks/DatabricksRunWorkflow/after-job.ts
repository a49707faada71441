import type { Host } from '../../src/agent/host';
import type { AfterJobContext } from '../../src/agent/run-after-job';
import { connectWorkspace } from '../../src/connection/connect';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { standingOf } from '../../src/workflow/run-state';
import { stopUpdate } from '../../src/workflow/stop-update';
import type { Inputs } from './inputs';

const RUN_VARIABLE = 'databricksMlopsRunId';

/** Milliseconds for the request that cancels: the agent gives a step 7.5 s before it insists. */
export const CANCEL_DEADLINE_MS = 6_000;

/** Notes a run that must not outlive the job. */
export function rememberRun(host: Host, runId: string): void {
  host.setTaskVariable(RUN_VARIABLE, runId);
}

/** Notes an update of a pipeline that must not outlive the job. */
export function rememberUpdate(host: Host, pipelineId: string, updateId: string): void {
  host.setTaskVariable(RUN_VARIABLE, `${pipelineId}/${updateId}`);
}

/** What was noted has ended, or was asked to. */
export function forgetRun(host: Host): void {
  host.setTaskVariable(RUN_VARIABLE, '');
}

/** The post-job phase: ends what the step has noted (see CancelGuard) and did not get to end itself. */
export async function afterJob(inputs: Inputs, context: AfterJobContext): Promise<void> {
  const noted = context.host.taskVariable(RUN_VARIABLE) ?? '';
  if (noted === '') {
    return;
  }
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  const [id = '', updateId] = noted.split('/');
  const asked = updateId === undefined ? await endRun(id, workspace) : await endUpdate(id, updateId, workspace);
  if (asked !== undefined) {
    context.log.info(`${asked} was still active after its step had ended, and was asked to end.`);
  }
}

async function endRun(runId: string, { runs }: WorkspaceClient): Promise<string | undefined> {
  const run = await runs.get(runId);
  if (run === undefined || !standingOf(run).active) {
    return undefined;
  }
  await runs.cancel(runId);
  return `Run ${runId}`;
}

async function endUpdate(
  pipelineId: string,
  updateId: string,
  { pipelines }: WorkspaceClient,
): Promise<string | undefined> {
  return (await stopUpdate(pipelines, pipelineId, updateId)) ? `Update ${updateId}` : undefined;
}
