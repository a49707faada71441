import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { carryOut, readAliases } from './aliases';
import type { RollbackInputs } from './inputs';
import { type Action, finish, sayPlan, warnOfTheUnproven } from './outcome';
import { type Aliases, type Plan, planRollback } from './plan';
import { readStates, TAGS_MS, writeState } from './tags';

/** Restores the champion before. It needs nothing but the workspace: no report, no file, no lock. */
export async function rollback(
  inputs: RollbackInputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  warnOfTheUnproven(context, ['an audit entry', 'a lease', 'a hold']);
  const now = await readAliases(workspace, inputs.model);
  const plan = planRollback(now, inputs.toVersion, hasTarget(now) ? [] : await readStates(workspace, inputs.model));
  const action: Action = { inputs, before: now, plan, checked: undefined };
  sayPlan(action, context);
  if (inputs.dryRun) {
    return finish(action, workspace.url, context);
  }
  const uninterrupted = workspace.withoutSignal();
  await carryOut(plan, uninterrupted, inputs.model);
  const outcome = finish(action, workspace.url, context);
  await writeTags(plan, uninterrupted.within(TAGS_MS), inputs.model, context);
  return outcome;
}

/**
 * First the version that left, then the champion, which stays tagged `superseded` until then and gets the same time: so a repeated step
 * can tell by the tags what was done.
 */
async function writeTags(
  { leaving, after }: Plan,
  workspace: WorkspaceClient,
  model: string,
  { clock, log }: TaskContext,
): Promise<void> {
  const now = String(Math.floor(clock.now() / 1000));
  const leftAt =
    leaving === ''
      ? now
      : await writeState(workspace, model, leaving, { mlops_state: 'rolled_back', mlops_changed_at: now }, log);
  if (leftAt !== undefined) {
    const tags = { mlops_state: 'champion', mlops_changed_at: leftAt };
    await writeState(workspace, model, after.champion, tags, log);
  }
}

/** Otherwise the tags of all versions have to tell whether a rollback has been done already. */
function hasTarget({ champion, previous }: Aliases): boolean {
  return previous !== '' && previous !== champion;
}
