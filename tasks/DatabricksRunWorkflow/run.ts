import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import { counted } from '../../src/counted';
import type { Run } from '../../src/databricks/runs';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { escapeMarkdown, markdownTable } from '../../src/markdown';
import { standingOf } from '../../src/workflow/run-state';
import { CancelGuard, cancelableRun } from './cancel-guard';
import { cancelRun } from './cancel-run';
import type { EndedRun } from './ended-run';
import { finish } from './finish';
import { followRun } from './follow-run';
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
    return dryRunOutcome(plan, context);
  }
  return waitAndFinish(await begin(plan, inputs, workspace, context), inputs, workspace, context);
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
    return dryRunOutcome({ subject, parameters: {} }, context, 'followed');
  }
  const guard = watched(runId, 'foreign', inputs, workspace, context);
  return waitAndFinish({ runId, attempts: 1, guard }, inputs, workspace, context);
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
    const request = plan.kind === 'repair' ? { request: plan.request } : {};
    return dryRunOutcome({ subject: plan.subject, parameters: {}, ...request }, context, what);
  }
  context.log.info(`To be ${what}: ${plan.subject}.`);
  if (plan.kind !== 'repair') {
    const guard = watched(runId, 'foreign', inputs, workspace, context);
    return waitAndFinish({ runId, attempts: 1, guard }, inputs, workspace, context);
  }
  const repairId = await repair(plan.run, plan.request, workspace.awaitingAnswers(), context);
  const guard = watched(runId, 'own', inputs, workspace, context);
  context.log.info(`Repair ${repairId} of run ${runId} was started.`);
  return waitAndFinish({ runId, attempts: 1, guard, repairId }, inputs, workspace, context);
}

/** A run to wait for. */
interface Begun {
  readonly runId: string;
  readonly attempts: number;
  readonly plan?: Plan;
  /** The repair whose end is wanted. */
  readonly repairId?: string;
  /** Lets the run end with the step, where that is wanted; it watches already. */
  readonly guard: CancelGuard | undefined;
}

function watched(
  runId: string,
  whose: 'own' | 'foreign',
  { wait, cancelRun: ends }: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): CancelGuard | undefined {
  if (!wait || !ends) {
    return undefined;
  }
  const guard = new CancelGuard(cancelableRun(runId, workspace, context), whose === 'own', context);
  guard.watch();
  return guard;
}

/** A cancel waits for the answer to the start: it says which run to cancel. From then on it reaches that run first. */
async function begin(plan: Plan, inputs: Inputs, workspace: WorkspaceClient, context: TaskContext): Promise<Begun> {
  // Not that it starts: under the key of the step there may be one that is active or has succeeded.
  context.log.info(`To be run: ${plan.subject}.`);
  for (const [name, value] of Object.entries(plan.parameters)) {
    context.log.info(`  ${name} = ${value}`);
  }
  await plan.prepare();
  let guard: CancelGuard | undefined;
  const onStarted = (id: string) => {
    guard?.close();
    context.outputs.set('runId', id);
    guard = watched(id, 'own', inputs, workspace, context);
  };
  try {
    const { runId, attempt, origin } = await startPlanned(plan, inputs, workspace, onStarted, context);
    if (origin !== 'started') {
      const what = origin === 'attached' ? 'is still active: this step follows it' : 'has succeeded: this step uses it';
      context.log.info(`Run ${runId} of an earlier attempt of this step ${what}.`);
    }
    return { runId, attempts: attempt, plan, guard };
  } catch (error) {
    guard?.close();
    throw error;
  }
}

async function waitAndFinish(
  begun: Begun,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  try {
    return await waitedAndFinished(begun, inputs, workspace, context);
  } finally {
    begun.guard?.close();
  }
}

/** Waits for a run, repairs it as often as it may, and brings back what it made. */
async function waitedAndFinished(
  { runId, attempts, plan, repairId, guard }: Begun,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const end = inputs.timeLimitMs === 0 ? Number.POSITIVE_INFINITY : context.clock.now() + inputs.timeLimitMs;
  const first = await readRun(workspace, runId);
  sayWhere(first, plan, attempts, context);
  const standing = standingOf(first);
  if (!inputs.wait) {
    // One that was skipped because others run, or that has succeeded before, does not go on.
    return standing.active ? startedOutcome(first, plan) : finish({ run: first, standing }, inputs, workspace, context);
  }
  let ended = await followRun(runId, inputs, workspace, context, { end, repairId, guard });
  const repairs: MadeRepair[] = [];
  for (;;) {
    // While a repair is asked for, a cancel waits for the answer: only then is there something to cancel.
    guard?.pause();
    context.signal.throwIfAborted();
    const made = await repairIfLeft(ended, inputs, end, workspace, context);
    if (made === undefined) {
      break;
    }
    guard?.takeAsOurs();
    guard?.watch();
    repairs.push(made);
    ended = await followRun(runId, inputs, workspace, context, {
      end,
      repairId: made.repairId,
      guard,
      after: made.after,
    });
  }
  return withRepairs(await finish(ended, inputs, workspace, context), repairs, ended);
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
    decision: outcome.decision.replace(/\.?$/, `; ${counted(repairs.length, 'repair')}.`),
    summary: `${outcome.summary}\n\n${table}`,
    attachment:
      'content' in attachment
        ? { ...attachment, content: { ...(attachment.content as object), repairs: rows } }
        : attachment,
  };
}
