import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import type { Run } from '../../src/databricks/runs';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { escapeMarkdown, markdownTable } from '../../src/markdown';
import { standingOf } from '../../src/workflow/run-state';
import { forgetRun } from './after-job';
import { cancelRun } from './cancel-run';
import type { EndedRun } from './ended-run';
import { finish } from './finish';
import { cancelWith, followRun } from './follow-run';
import type { Inputs } from './inputs';
import { dryRunOutcome, startedOutcome } from './outcome';
import { type MadeRepair, planRepair, repair, repairIfLeft } from './repair';
import { type Plan, planOf, readRun, startPlanned } from './start';
import type { RepairTarget, RunTarget, SubmitTarget } from './target';
import { updatePipeline } from './update-pipeline';

export { afterJob } from './after-job';

/** Starts, finds, repairs or ends a run, or updates a pipeline; waits for it and brings back what it made. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  const { target } = inputs;
  switch (target.action) {
    case 'update':
      return updatePipeline(target, inputs, workspace, context);
    case 'cancel':
      return cancelRun(target.runId, inputs, workspace, context);
    case 'attach':
      return attach(target.runId, inputs, workspace, context);
    case 'repair':
      return repairGiven(target, inputs, workspace, context);
    default:
      return start(target, inputs, workspace, context);
  }
}

async function start(
  target: RunTarget | SubmitTarget,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const plan = await planOf(target, workspace, context);
  if (inputs.dryRun) {
    return dryRunOutcome(plan);
  }
  const { runId, attempts } = await begin(plan, inputs, workspace.withoutSignal(), context);
  return waitAndFinish({ runId, attempts, plan }, inputs, workspace, context);
}

async function attach(
  runId: string,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  if (inputs.dryRun) {
    const standing = standingOf(await readRun(workspace, runId));
    const subject = `run ${runId}, which is ${standing.active ? standing.label : `over (${standing.result})`},`;
    return dryRunOutcome({ subject, parameters: {} }, 'followed');
  }
  return waitAndFinish({ runId, attempts: 1 }, inputs, workspace, context);
}

async function repairGiven(
  target: RepairTarget,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const { runId } = target;
  const plan = await planRepair(target, workspace);
  const what = { repair: 'repaired', follow: 'followed', nothing: 'left as it is' }[plan.kind];
  if (inputs.dryRun) {
    return dryRunOutcome({ subject: plan.subject, parameters: {} }, what);
  }
  context.log.info(`To be ${what}: ${plan.subject}.`);
  if (plan.kind !== 'repair') {
    return waitAndFinish({ runId, attempts: 1 }, inputs, workspace, context);
  }
  const repairId = await repair(plan.run, plan.request, workspace.withoutSignal(), context);
  context.log.info(`Repair ${repairId} of run ${runId} was started.`);
  return waitAndFinish({ runId, attempts: 1, repairId }, inputs, workspace, context);
}

/** A cancel does not interrupt the start: it is the answer that says which run to cancel. */
async function begin(
  plan: Plan,
  inputs: Inputs,
  uninterrupted: WorkspaceClient,
  context: TaskContext,
): Promise<{ runId: string; attempts: number }> {
  context.log.info(`Starting ${plan.subject}.`);
  for (const [name, value] of Object.entries(plan.parameters)) {
    context.log.info(`  ${name} = ${value}`);
  }
  await plan.prepare();
  const { runId, attempt, origin } = await startPlanned(plan, inputs, uninterrupted, context);
  // At once, so that a cancel before the next answer does not lose it.
  context.outputs.set('runId', runId);
  if (origin !== 'started') {
    const what = origin === 'attached' ? 'is still active: this step follows it' : 'has succeeded: this step uses it';
    context.log.info(`Run ${runId} of an earlier attempt of this step ${what}.`);
  }
  return { runId, attempts: attempt };
}

/** A run to wait for. */
interface Begun {
  readonly runId: string;
  readonly attempts: number;
  readonly plan?: Plan;
  /** The repair whose end is wanted. */
  readonly repairId?: string;
}

/** Waits for a run, repairs it as often as it may, and brings back what it made. */
async function waitAndFinish(
  { runId, attempts, plan, repairId }: Begun,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const begun = context.clock.now();
  const guard = () => (inputs.wait && inputs.cancelRun ? cancelWith(runId, workspace, context) : () => undefined);
  let stopCancelling = guard();
  const first = await readRun(workspace, runId);
  sayWhere(first, plan, attempts, context);
  if (!inputs.wait) {
    return startedOutcome(first, plan);
  }
  let ended = await followRun(runId, inputs, workspace, context, inputs.timeLimitMs, repairId);
  const repairs: MadeRepair[] = [];
  for (;;) {
    // While a repair is asked for, a cancel waits for the answer: only then is there something to cancel.
    stopCancelling();
    context.signal.throwIfAborted();
    const made = await repairIfLeft(ended, inputs, workspace.withoutSignal(), context);
    if (made === undefined) {
      break;
    }
    stopCancelling = guard();
    repairs.push(made);
    ended = await followRun(runId, inputs, workspace, context, timeLeft(inputs, begun, context), made.repairId);
  }
  forgetRun(context.host);
  return withRepairs(await finish(ended, inputs, workspace, context), repairs, ended);
}

/** Milliseconds that are left of the step's limit, at least one: 0 would be none. */
function timeLeft({ timeLimitMs }: Inputs, begun: number, { clock }: TaskContext): number {
  return timeLimitMs === 0 ? 0 : Math.max(1, begun + timeLimitMs - clock.now());
}

function sayWhere(run: Run, plan: Plan | undefined, attempts: number, { log, outputs }: TaskContext): void {
  outputs.set('runId', run.run_id);
  outputs.set('jobId', plan === undefined ? run.job_id : plan.jobId);
  outputs.set('runUrl', run.run_page_url);
  outputs.set('attempts', attempts);
  log.info(`Run ${run.run_id}: ${run.run_page_url ?? ''}`);
}

/** Each repair and the results before and after it, below what the run has left. */
function withRepairs(outcome: TaskOutcome, repairs: readonly MadeRepair[], { standing }: EndedRun): TaskOutcome {
  if (repairs.length === 0) {
    return outcome;
  }
  const rows = repairs.map(({ repairId, after }, index) => ({
    repairId,
    before: after,
    result: repairs[index + 1]?.after ?? standing.result,
  }));
  const table = markdownTable(
    ['Repair', 'Before', 'Result'],
    rows.map((row) => [row.repairId, row.before, row.result].map(escapeMarkdown)),
  );
  const { attachment } = outcome;
  return {
    ...outcome,
    summary: `${outcome.summary}\n\n${table}`,
    attachment:
      'content' in attachment
        ? { ...attachment, content: { ...(attachment.content as object), repairs: rows } }
        : attachment,
  };
}
