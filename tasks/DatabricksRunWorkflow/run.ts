import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import type { Run } from '../../src/databricks/runs';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { durationText } from '../../src/workflow/polling';
import { waitForRun } from '../../src/workflow/wait-for-run';
import { CANCEL_DEADLINE_MS, forgetRun, rememberRun } from './after-job';
import type { EndedRun } from './ended-run';
import { finish } from './finish';
import type { Inputs } from './inputs';
import { dryRunOutcome, startedOutcome } from './outcome';
import { type Plan, planOf, readRun, startPlanned } from './start';

export { afterJob } from './after-job';

/** Starts or finds a run, waits for it and brings back what it made. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  const plan = await planOf(inputs, workspace, context);
  if (inputs.dryRun && plan !== undefined) {
    return dryRunOutcome(plan);
  }
  const { runId, attempts } = await begin(plan, inputs, workspace.withoutSignal(), context);
  const stopCancelling = inputs.wait && inputs.cancelRun ? cancelWith(runId, workspace, context) : () => undefined;
  const first = await readRun(workspace, runId);
  sayWhere(first, plan, attempts, context);
  if (!inputs.wait) {
    return startedOutcome(first, plan);
  }
  const ended = await follow(runId, inputs, workspace, context);
  stopCancelling();
  forgetRun(context.host);
  return finish(ended, inputs, workspace, context);
}

/** A cancel does not interrupt the start: it is the answer that says which run to cancel. */
async function begin(
  plan: Plan | undefined,
  inputs: Inputs,
  uninterrupted: WorkspaceClient,
  context: TaskContext,
): Promise<{ runId: string; attempts: number }> {
  if (plan === undefined) {
    return { runId: inputs.target.action === 'attach' ? inputs.target.runId : '', attempts: 1 };
  }
  context.log.info(`Starting ${plan.subject}.`);
  for (const [name, value] of Object.entries(plan.parameters)) {
    context.log.info(`  ${name} = ${value}`);
  }
  const { runId, attempt, origin } = await startPlanned(plan, inputs, uninterrupted, context);
  // At once, so that a cancel before the next answer does not lose it.
  context.outputs.set('runId', runId);
  if (origin !== 'started') {
    const what = origin === 'attached' ? 'is still active: this step follows it' : 'has succeeded: this step uses it';
    context.log.info(`Run ${runId} of an earlier attempt of this step ${what}.`);
  }
  return { runId, attempts: attempt };
}

function sayWhere(run: Run, plan: Plan | undefined, attempts: number, { log, outputs }: TaskContext): void {
  outputs.set('runId', run.run_id);
  outputs.set('jobId', plan === undefined ? run.job_id : plan.jobId);
  outputs.set('runUrl', run.run_page_url);
  outputs.set('attempts', attempts);
  log.info(`Run ${run.run_id}: ${run.run_page_url ?? ''}`);
}

/** Cancel reaches Databricks first; the post-job phase does it when this process is killed before it could. */
function cancelWith(runId: string, workspace: WorkspaceClient, context: TaskContext): () => void {
  rememberRun(context.host, runId);
  return context.onCancel(async () => {
    await workspace.withoutSignal().runs.cancel(runId, CANCEL_DEADLINE_MS);
    forgetRun(context.host);
    context.log.info(`Run ${runId} was asked to end.`);
  });
}

async function follow(
  runId: string,
  inputs: Inputs,
  workspace: WorkspaceClient,
  { clock, signal, log, host }: TaskContext,
): Promise<EndedRun> {
  const waited = await waitForRun({
    read: (deadlineMs) => readRun(workspace, runId, deadlineMs),
    clock,
    signal,
    limitMs: inputs.timeLimitMs,
    say: (line) => log.info(line),
    onProgress: (ended, total) =>
      log.progress(total === 0 ? 0 : (100 * ended) / total, `${ended} of ${total} tasks ended`),
  });
  if (waited.ended) {
    return waited;
  }
  const end = inputs.cancelRun ? await askToEnd(runId, workspace, host) : 'It goes on.';
  const unread = waited.unread === undefined ? '' : ` It could not be read at the end: ${waited.unread.message}`;
  throw new TaskError('RUN_TIME_LIMIT', `Run ${runId} did not end within ${durationText(inputs.timeLimitMs)}.`, {
    where: `${end}${unread}`,
    todo: "Raise 'timeoutMinutes', or look at the run for what holds it up.",
  });
}

/** A run that cannot be asked is left to the post-job phase: the limit stays the reason of the failure. */
async function askToEnd(runId: string, workspace: WorkspaceClient, host: TaskContext['host']): Promise<string> {
  try {
    await workspace.runs.cancel(runId);
    forgetRun(host);
    return 'It was asked to end.';
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    return `It could not be asked to end and may still run: ${error.message} ${error.options.where ?? ''}`.trimEnd();
  }
}
