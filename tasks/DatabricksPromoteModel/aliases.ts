import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import type { Aliases, Plan } from './plan';

const SNAPSHOT_ATTEMPTS = 5;

/**
 * Both aliases as of one moment: the service has no call for two, so `champion` is read before and after `previous_champion`.
 * @throws TaskError ALIAS_MOVED when they do not stand still
 */
export async function readAliases(workspace: WorkspaceClient, model: string): Promise<Aliases> {
  const versionOf = async (alias: string) =>
    (await workspace.registeredModels.versionByAlias(model, alias))?.version ?? '';
  let champion = await versionOf('champion');
  for (let attempt = 0; attempt < SNAPSHOT_ATTEMPTS; attempt++) {
    const previous = await versionOf('previous_champion');
    const again = await versionOf('champion');
    if (again === champion) {
      return { champion, previous };
    }
    champion = again;
  }
  throw new TaskError('ALIAS_MOVED', `The alias 'champion' of ${model} is being moved by something else.`, {
    todo: 'Let only one pipeline at a time promote this model, and run the step again.',
  });
}

/**
 * Writes in order, then reads back.
 * @throws TaskError ALIAS_MOVED when the aliases are not as planned afterwards
 */
export async function carryOut(plan: Plan, workspace: WorkspaceClient, model: string): Promise<void> {
  for (const write of plan.writes) {
    await writeAlias(write, workspace, model);
  }
  const now = await readAliases(workspace, model);
  if (now.champion !== plan.after.champion || now.previous !== plan.after.previous) {
    const show = ({ champion, previous }: Aliases) =>
      `champion ${champion || 'none'}, previous_champion ${previous || 'none'}`;
    throw new TaskError('ALIAS_MOVED', `After the change the aliases of ${model} are not as they were written.`, {
      where: `Written: ${show(plan.after)}; found: ${show(now)}.`,
      todo: 'Let only one pipeline at a time promote this model, and run the step again.',
    });
  }
}

/** A write whose answer is lost is not sent again but read back: it may have taken effect, and others may have written since. */
export async function writeAlias(
  { alias, version }: { readonly alias: string; readonly version: string },
  workspace: WorkspaceClient,
  model: string,
): Promise<void> {
  try {
    await (version === ''
      ? workspace.registeredModels.deleteAlias(model, alias)
      : workspace.registeredModels.setAlias(model, alias, version));
  } catch (error) {
    const now = (await workspace.registeredModels.versionByAlias(model, alias))?.version ?? '';
    if (now !== version) {
      throw error;
    }
  }
}
