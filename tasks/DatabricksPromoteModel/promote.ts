import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { entryValue } from '../../src/databricks/mlflow';
import type { ModelVersion } from '../../src/databricks/model-versions';
import { refuseUnready, versionNamed } from '../../src/databricks/named-version';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { carryOut, readAliases, writeAlias } from './aliases';
import type { PromoteInputs } from './inputs';
import { type Action, finish, sayPlan, warnOfTheUnproven } from './outcome';
import { type Aliases, type Plan, planPromotion } from './plan';
import { type CheckedReport, readReport } from './report';
import { stateOf, TAGS_MS, tagValue, writeState } from './tags';

/** Makes the judged version the champion: read, compare, write, read back. Twice the same is once. */
export async function promote(
  inputs: PromoteInputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  warnOfTheUnproven(context, [
    'that DatabricksEvaluateModel made the report',
    'an approval',
    'an audit entry',
    'a lease',
  ]);
  const checked = await readReport(inputs, context);
  const now = await readAliases(workspace, inputs.model);
  const version = await pinnedVersion(inputs, checked, now, workspace);
  const plan = await planned(inputs, checked, now, version.version, workspace);
  if (plan.writes.length > 0) {
    refuseRolledBack(version, checked);
  }
  const action: Action = { inputs, before: now, plan, checked };
  sayPlan(action, context);
  if (inputs.dryRun) {
    return finish(action, workspace.url, context);
  }
  // A cancel does not cut the change in two; the step ends after it.
  const uninterrupted = workspace.withoutSignal();
  await carryOut(plan, uninterrupted, inputs.model);
  const outcome = finish(action, workspace.url, context);
  await releaseChallenger(inputs.model, version.version, uninterrupted);
  await writeTags(action, version.version, uninterrupted.within(TAGS_MS), context);
  return outcome;
}

/** @throws TaskError CHAMPION_CHANGED that says what the tags tell of the change */
async function planned(
  inputs: PromoteInputs,
  checked: CheckedReport,
  now: Aliases,
  version: string,
  workspace: WorkspaceClient,
): Promise<Plan> {
  try {
    return planPromotion(now, version, expectedChampion(inputs, checked));
  } catch (error) {
    if (error instanceof TaskError && error.code === 'CHAMPION_CHANGED' && now.champion !== '') {
      const where = await championHistory(workspace, inputs.model, now.champion);
      throw new TaskError('CHAMPION_CHANGED', error.message, { ...error.options, where });
    }
    throw error;
  }
}

/** Who made a version champion and when, as far as its tags tell: the service itself keeps no record of it. */
async function championHistory(workspace: WorkspaceClient, model: string, version: string): Promise<string> {
  const tags = (await workspace.modelVersions.get(model, version))?.tags;
  const { state, changedAt } = stateOf(version, tags);
  if (state !== 'champion' || changedAt === 0) {
    return `The tags of version ${version} do not say who made it champion.`;
  }
  const release = entryValue(tags, 'mlops_release') ?? '';
  const by = release === '' ? '' : ` by run ${release}`;
  return `Version ${version} was made champion${by} at ${new Date(changedAt * 1000).toISOString()}.`;
}

/**
 * The version as a number, once. A repeated step finds no alias `challenger` any more: then the version of the report is meant, if it
 * is the champion.
 */
async function pinnedVersion(
  inputs: PromoteInputs,
  checked: CheckedReport,
  now: Aliases,
  workspace: WorkspaceClient,
): Promise<ModelVersion> {
  const repeated = !/^\d+$/.test(inputs.version) && now.champion === checked.version;
  const found =
    (await versionNamed(workspace, inputs.model, inputs.version)) ??
    (repeated ? await workspace.modelVersions.get(inputs.model, checked.version) : undefined);
  if (found === undefined) {
    throw new TaskError('VERSION_NOT_FOUND', `There is no version '${inputs.version}' of ${inputs.model}.`, {
      todo: "Correct 'model' or 'version', and check that the identity may see the model.",
    });
  }
  if (found.version !== checked.version) {
    throw new TaskError(
      'VERSION_NOT_OF_REPORT',
      `Version ${found.version} was not judged: the report is about version ${checked.version}.`,
      {
        where: `'version' is '${inputs.version}', the report is ${checked.report.reportId}.`,
        todo: "Pass output 'challengerVersion' of the DatabricksEvaluateModel step whose report this is.",
      },
    );
  }
  refuseUnready(found, workspace.url, 'Only a READY version can be promoted.');
  return found;
}

function expectedChampion({ expectedChampion }: PromoteInputs, checked: CheckedReport): string {
  const expected = expectedChampion === 'none' ? '' : expectedChampion;
  if (expectedChampion !== 'report' && expected !== checked.champion) {
    const other = checked.champion === '' ? 'no champion' : `version ${checked.champion}`;
    throw new TaskError(
      'CHAMPION_CHANGED',
      `'expectedChampion' is ${expectedChampion}, but the report compared with ${other}.`,
      {
        todo: 'Evaluate the version against the champion that you expect.',
      },
    );
  }
  return checked.champion;
}

/** An old report must not bring back what was rolled back since; a later evaluation may. */
function refuseRolledBack(version: ModelVersion, { report }: CheckedReport): void {
  const { state, changedAt } = stateOf(version.version, version.tags);
  if (state === 'rolled_back' && Date.parse(report.createdAt) < (changedAt + 1) * 1000) {
    throw new TaskError(
      'VERSION_ROLLED_BACK',
      `Version ${version.version} was rolled back after report ${report.reportId} was made.`,
      {
        todo: 'Evaluate it anew if it shall be promoted all the same.',
      },
    );
  }
}

async function releaseChallenger(model: string, version: string, workspace: WorkspaceClient): Promise<void> {
  const challenger = await workspace.registeredModels.versionByAlias(model, 'challenger');
  if (challenger?.version === version) {
    await writeAlias({ alias: 'challenger', version: '' }, workspace, model);
  }
}

async function writeTags(
  action: Action,
  version: string,
  workspace: WorkspaceClient,
  { clock, host, log }: TaskContext,
): Promise<void> {
  const { inputs, plan, checked } = action;
  const mlops_changed_at = String(Math.floor(clock.now() / 1000));
  const mark = {
    mlops_state: 'champion',
    mlops_verdict: checked?.report.verdict ?? '',
    mlops_report: checked?.report.reportId ?? '',
    mlops_digest: checked?.digest ?? '',
    mlops_commit: tagValue(host.variable('Build.SourceVersion') ?? ''),
    mlops_release: tagValue(host.variable('Build.BuildNumber') ?? ''),
    mlops_changed_at,
  };
  await writeState(workspace, inputs.model, version, mark, log);
  if (plan.leaving !== '') {
    await writeState(workspace, inputs.model, plan.leaving, { mlops_state: 'superseded', mlops_changed_at }, log);
  }
}
