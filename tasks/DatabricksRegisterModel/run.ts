import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { connectWorkspace } from '../../src/connection/connect';
import { filesPathOfVersion } from '../../src/databricks/artifact-paths';
import { mlflowRunUrl, modelVersionUrl } from '../../src/databricks/links';
import { type ModelDescription, readModelDescription } from '../../src/databricks/model-description';
import type { ModelVersion } from '../../src/databricks/model-versions';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { type Found, findVersion } from './find-version';
import type { Inputs } from './inputs';
import { aliasesBefore, describeVersion, markRegistered, nameVersion } from './labels';
import { type Lineage, lineageOf } from './lineage';
import { filesOf, type ModelOrigin } from './origin';
import { dryRunOutcome, registeredOutcome } from './outcome';
import { untilReady } from './ready';
import { checkDescription } from './required-description';
import { register } from './upload';

/** Finds the version that a source has made, or registers it; names and describes it. */
export async function run(inputs: Inputs, context: TaskContext): Promise<TaskOutcome> {
  const workspace = createWorkspaceClient(connectWorkspace(inputs.connection, context));
  const found = await findVersion(inputs, workspace, context);
  const beginning = beginningOf(inputs, found);
  const before = await aliasesBefore(inputs, workspace);
  context.outputs.set('modelName', inputs.model);
  context.outputs.set('previousAliasVersion', before.named);
  context.outputs.set('championVersion', before.champion);
  if (inputs.dryRun) {
    return dryRunOutcome(inputs, found, before);
  }
  const { version, description, created } = await readyVersion(inputs, beginning, workspace, context);
  setVersionOutputs(version, created, workspace, context);
  await describeVersion(inputs, version, workspace);
  await nameVersion(inputs, version, before, workspace, context);
  await markRegistered(version, workspace, context);
  const lineage = await writeLineage(version, description, workspace, context);
  return registeredOutcome(inputs, version, created, before, lineage, workspace.url);
}

interface ReadyVersion {
  readonly version: ModelVersion;
  readonly description: ModelDescription | undefined;
  readonly created: boolean;
}

/** A version that is there, or the files of one that is to be. */
type Beginning =
  | { readonly kind: 'found'; readonly version: ModelVersion }
  /** `pending`: created and not finalized, because an earlier attempt of a step like this was killed in between. */
  | { readonly kind: 'upload'; readonly origin: ModelOrigin; readonly pending: ModelVersion | undefined };

/** @throws TaskError VERSION_NOT_FOUND */
function beginningOf(inputs: Inputs, { version, origin }: Found): Beginning {
  const halfUploaded = version?.status === 'PENDING_REGISTRATION' && origin !== undefined;
  if (version !== undefined && !(halfUploaded && inputs.action === 'register')) {
    return { kind: 'found', version };
  }
  if (inputs.action === 'resolve' || origin === undefined) {
    throw notFound(inputs, origin === undefined);
  }
  return { kind: 'upload', origin, pending: version };
}

/** A model is checked before it becomes a version, and a version that is there once it is READY. */
async function readyVersion(
  inputs: Inputs,
  beginning: Beginning,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<ReadyVersion> {
  if (beginning.kind === 'found') {
    const { version } = beginning;
    context.log.info(`Version ${version.version} of ${inputs.model} is there already.`);
    const ready = await untilReady(version, inputs.waitMs, workspace, context);
    return { version: ready, description: await descriptionOf(ready, inputs, workspace), created: false };
  }
  const { origin, pending } = beginning;
  const description = await readModelDescription(workspace.files, filesOf(origin));
  checkDescription(description, inputs);
  const registered = await register(inputs.model, origin, pending, workspace, context);
  return { version: await untilReady(registered, inputs.waitMs, workspace, context), description, created: true };
}

/** What a version says about itself; undefined where nothing is asked of it, so that no right to its files is needed. */
async function descriptionOf(
  { name, version }: ModelVersion,
  inputs: Inputs,
  workspace: WorkspaceClient,
): Promise<ModelDescription | undefined> {
  if (!inputs.requireSignature && !inputs.requireInputExample) {
    return undefined;
  }
  const description = await readModelDescription(workspace.files, filesPathOfVersion(name, version));
  checkDescription(description, inputs);
  return description;
}

function notFound({ action, model, source }: Inputs, unknownOrigin: boolean): TaskError {
  if (source.kind === 'version') {
    return new TaskError('VERSION_NOT_FOUND', `There is no version '${source.version}' of ${model}.`, {
      todo: "Correct 'model' or 'version', and check that the identity may see the model.",
    });
  }
  const id = source.kind === 'loggedModel' ? source.modelId : source.runId;
  const todo =
    action === 'resolve'
      ? "Use action 'register' to register what was logged, or register the model in the job."
      : 'Register the model in the job, or name the MLflow run that logged it.';
  return new TaskError('VERSION_NOT_FOUND', `No version of ${model} was registered from ${id}.`, {
    where: unknownOrigin && source.kind === 'workflowRun' ? 'Nor did the run log exactly one MLflow run.' : '',
    todo,
  });
}

function setVersionOutputs(
  version: ModelVersion,
  created: boolean,
  workspace: WorkspaceClient,
  { outputs }: TaskContext,
): void {
  outputs.set('modelVersion', version.version);
  outputs.set('modelUri', `models:/${version.name}/${version.version}`);
  outputs.set('modelUrl', modelVersionUrl(workspace.url, version.name, version.version));
  outputs.set('mlflowRunId', version.run_id);
  outputs.set('created', created);
}

async function writeLineage(
  version: ModelVersion,
  description: ModelDescription | undefined,
  workspace: WorkspaceClient,
  { outputs, files }: TaskContext,
): Promise<Lineage> {
  const runId = version.run_id ?? '';
  const run = runId === '' ? undefined : await workspace.mlflowRuns.get(runId);
  const lineage = lineageOf(version, run, description);
  outputs.set('mlflowRunUrl', run === undefined ? '' : mlflowRunUrl(workspace.url, run.info.experiment_id, runId));
  outputs.set('lineagePath', files.write('lineage.json', JSON.stringify(lineage, null, 2)));
  return lineage;
}
