import { createReadStream, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskContext } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import { filesPathOfVersion } from '../../src/databricks/artifact-paths';
import type { ModelVersion } from '../../src/databricks/model-versions';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { ApiError } from '../../src/http/errors';
import { orReadBack } from '../../src/http/outcome';
import { collect } from '../../src/http/paging';
import { bringFile, writtenHere } from '../../src/workflow/bring-file';
import { versionFrom } from './find-version';
import { filesOf, type ModelOrigin } from './origin';

/**
 * Registers a logged model by the protocol of the MLflow client: create (PENDING_REGISTRATION), copy the files, finalize (READY).
 * A version that an earlier attempt left half-uploaded is completed; what cannot be completed is deleted, never left pending.
 */
export async function register(
  model: string,
  origin: ModelOrigin,
  pending: ModelVersion | undefined,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<ModelVersion> {
  await ensureModel(model, workspace);
  const version = pending ?? (await create(model, origin, workspace));
  context.log.info(`${pending === undefined ? 'Uploading' : 'Completing'} version ${version.version} of ${model}.`);
  try {
    await copyFiles(filesOf(origin), filesPathOfVersion(model, version.version), workspace, context);
    return await workspace.modelVersions.finalize(model, version.version);
  } catch (error) {
    return await finalizedOrDeleted(model, version, workspace.withoutSignal(), error, context);
  }
}

async function ensureModel(model: string, workspace: WorkspaceClient): Promise<void> {
  if ((await workspace.registeredModels.get(model)) !== undefined) {
    return;
  }
  const { registeredModels } = workspace;
  try {
    await orReadBack(
      () => registeredModels.create({ name: model }),
      () => registeredModels.get(model),
    );
  } catch (error) {
    if (!(error instanceof ApiError && error.isAlreadyExists)) {
      throw error;
    }
  }
}

async function create(model: string, origin: ModelOrigin, workspace: WorkspaceClient): Promise<ModelVersion> {
  const { workspaceId } = await workspace.identity.current();
  const version = {
    name: model,
    source: origin.sourceUri,
    ...(origin.mlflowRunId === '' ? {} : { run_id: origin.mlflowRunId, run_tracking_server_id: workspaceId }),
    ...(origin.loggedModelId === '' ? {} : { model_id: origin.loggedModelId }),
  };
  return orReadBack(
    () => workspace.modelVersions.create(version),
    () => versionFrom(workspace, model, origin),
  );
}

async function copyFiles(from: string, to: string, workspace: WorkspaceClient, context: TaskContext): Promise<void> {
  const files = await collect(workspace.files.listDeep(from));
  const folder = writtenHere(from, tmpdir(), () => mkdtempSync(join(tmpdir(), 'databricks-mlops-model-')));
  try {
    for (const [index, { path, file_size: size }] of files.entries()) {
      const name = path.slice(from.length + 1);
      const local = join(folder, 'file');
      const file = { path, ...(size === undefined ? {} : { size: Number(size) }) };
      // A model may be as large as it likes.
      const length = await bringFile(workspace, file, local, Number.POSITIVE_INFINITY, context);
      await workspace.files.upload(`${to}/${name}`, { length, open: () => createReadStream(local) });
      context.log.progress((100 * (index + 1)) / files.length, `${index + 1} of ${counted(files.length, 'file')}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * After a fault: the version is READY after all (only the answer was lost), or it is deleted and the fault stands, also where that fails.
 */
async function finalizedOrDeleted(
  model: string,
  version: ModelVersion,
  workspace: WorkspaceClient,
  fault: unknown,
  context: TaskContext,
): Promise<ModelVersion> {
  try {
    const now = await workspace.modelVersions.get(model, version.version);
    if (now?.status === 'READY') {
      return now;
    }
    await workspace.modelVersions.delete(model, version.version);
  } catch (error) {
    const why = error instanceof TaskError ? error.sentences : String(error);
    context.log.warning(
      `Version ${version.version} of ${model} could not be deleted and may be left half-uploaded: ${why}`,
      'VERSION_NOT_DELETED',
    );
  }
  throw fault;
}
