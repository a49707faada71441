import type { TaskContext } from '../../src/agent/task-context';
import type { ModelVersion } from '../../src/databricks/model-versions';
import { versionNamed } from '../../src/databricks/named-version';
import type { Run } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { type FoundVersion, findModels } from '../../src/workflow/find-models';
import { standingOf } from '../../src/workflow/run-state';
import { readRunTree } from '../../src/workflow/run-tree';
import { warnOfUnreadableResults } from '../../src/workflow/unreadable-results';
import type { Inputs } from './inputs';
import { isFrom, type ModelOrigin, originInLoggedModel, originInRun } from './origin';

/** What the source leads to: a version that is there, and the logged model behind it where that is known. */
export interface Found {
  readonly version: ModelVersion | undefined;
  /** Undefined where the version was named, or where a run made several logged models. */
  readonly origin: ModelOrigin | undefined;
}

/**
 * Finds by content: the version of the model that the source has made already, whoever registered it.
 * @throws TaskError when the source does not exist, or leads to several versions
 */
export async function findVersion(inputs: Inputs, workspace: WorkspaceClient, context: TaskContext): Promise<Found> {
  const { source, model } = inputs;
  switch (source.kind) {
    case 'version':
      return { version: await versionNamed(workspace, model, source.version), origin: undefined };
    case 'mlflowRun': {
      const origin = await originInRun(workspace, source.runId, source.artifactPath);
      return { origin, version: await versionFrom(workspace, model, origin) };
    }
    case 'loggedModel': {
      const origin = await originInLoggedModel(workspace, source.modelId);
      return { origin, version: await versionFrom(workspace, model, origin) };
    }
    case 'workflowRun':
      return versionOfWorkflowRun(source.runId, model, workspace, context);
  }
}

/** The version of a model that was made of this logged model. @throws TaskError MODEL_VERSION_AMBIGUOUS */
export async function versionFrom(
  workspace: WorkspaceClient,
  model: string,
  origin: ModelOrigin,
): Promise<ModelVersion | undefined> {
  const candidates =
    origin.mlflowRunId === ''
      ? await workspace.modelVersions.ofModel(model)
      : (await workspace.modelVersions.ofRun(origin.mlflowRunId)).filter((version) => version.name === model);
  const same = candidates.filter((version) => isFrom(version, origin) && version.status !== 'FAILED_REGISTRATION');
  return same.length === 0
    ? undefined
    : workspace.modelVersions.get(
        model,
        onlyVersion(
          model,
          same.map((each) => each.version),
        ),
      );
}

async function versionOfWorkflowRun(
  runId: string,
  model: string,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<Found> {
  const run = await endedRun(workspace, runId);
  const tree = await readRunTree(workspace, run, context.log.warning);
  warnOfUnreadableResults(tree, context.log);
  const found = await findModels(workspace, run, tree, []);
  const numbers = found.versions.filter((version) => version.model === model).map(({ version }) => version);
  if (numbers.length > 0) {
    const version = await usableVersion(workspace, model, numbers);
    return { version, origin: version === undefined ? undefined : await originBehind(version, workspace) };
  }
  const unreadable = tree.tasks.find((entry) => entry.unreadable !== undefined)?.unreadable;
  if (unreadable !== undefined) {
    // The task may have said a version: to register what it logged would make a second one of it.
    throw unreadable;
  }
  warnOfOtherModels(model, runId, found.versions, context);
  const [mlflowRunId, ...more] = found.mlflowRunIds;
  if (mlflowRunId === undefined || more.length > 0) {
    return { version: undefined, origin: undefined };
  }
  return { version: undefined, origin: await originInRun(workspace, mlflowRunId, 'model') };
}

/** A job that registered under another name than this step's is more often a slip in one of the two names than a wish. */
function warnOfOtherModels(
  model: string,
  runId: string,
  versions: readonly FoundVersion[],
  { log }: TaskContext,
): void {
  if (versions.length > 0) {
    const made = versions.map((version) => `${version.model} version ${version.version}`).join(', ');
    log.warning(
      `Workflow run ${runId} registered ${made}, but no version of ${model}. If one of those is meant, correct 'model'.`,
      'MODEL_OF_ANOTHER_NAME',
    );
  }
}

/** The one version of several whose registration has not failed; a failed one only when it is the only one. */
async function usableVersion(
  workspace: WorkspaceClient,
  model: string,
  numbers: readonly string[],
): Promise<ModelVersion | undefined> {
  const versions: ModelVersion[] = [];
  for (const number of new Set(numbers)) {
    const version = await workspace.modelVersions.get(model, number);
    if (version !== undefined) {
      versions.push(version);
    }
  }
  const usable = versions.filter(({ status }) => status !== 'FAILED_REGISTRATION');
  const candidates = usable.length > 0 ? usable : versions;
  if (candidates.length === 0) {
    return undefined;
  }
  const number = onlyVersion(
    model,
    candidates.map(({ version }) => version),
  );
  return candidates.find(({ version }) => version === number);
}

/** Where the files of a version that waits for them come from; only such a version needs it. */
async function originBehind(version: ModelVersion, workspace: WorkspaceClient): Promise<ModelOrigin | undefined> {
  if (version.status !== 'PENDING_REGISTRATION') {
    return undefined;
  }
  if (version.model_id) {
    return originInLoggedModel(workspace, version.model_id);
  }
  const origin = version.run_id ? await originInRun(workspace, version.run_id, 'model') : undefined;
  return origin !== undefined && isFrom(version, origin) ? origin : undefined;
}

async function endedRun(workspace: WorkspaceClient, runId: string): Promise<Run> {
  const run = await workspace.runs.get(runId);
  if (run === undefined) {
    throw new TaskError('RUN_NOT_FOUND', `There is no workflow run ${runId}.`, {
      todo: "Correct 'workflowRunId', and check that the identity may see the job.",
    });
  }
  if (standingOf(run).active) {
    throw new TaskError('RUN_STILL_ACTIVE', `Workflow run ${runId} has not ended.`, {
      where: run.run_page_url ?? '',
      todo: "Wait for it with DatabricksRunWorkflow, action 'attach'.",
    });
  }
  return run;
}

function onlyVersion(model: string, versions: readonly string[]): string {
  const distinct = [...new Set(versions)];
  const [only, ...more] = distinct;
  if (only === undefined || more.length > 0) {
    throw new TaskError(
      'MODEL_VERSION_AMBIGUOUS',
      `The source made ${distinct.length} versions of ${model}: ${distinct.join(', ')}.`,
      {
        todo: "Choose one with action 'resolve' and 'version'.",
      },
    );
  }
  return only;
}
