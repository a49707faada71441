import { TaskError } from '../errors';
import { modelVersionUrl } from './links';
import type { ModelVersion } from './model-versions';
import type { WorkspaceClient } from './workspace-client';

/**
 * The version that a number or an alias means, with its tags and aliases; undefined only when there is definitely none.
 * @throws TaskError VERSION_NOT_FOUND when the alias is there and its version is not: that never counts as "there is none"
 */
export async function versionNamed(
  { modelVersions, registeredModels }: Pick<WorkspaceClient, 'modelVersions' | 'registeredModels'>,
  model: string,
  wanted: string,
): Promise<ModelVersion | undefined> {
  if (/^\d+$/.test(wanted)) {
    return modelVersions.get(model, wanted);
  }
  const number = (await registeredModels.versionByAlias(model, wanted))?.version;
  if (number === undefined) {
    return undefined;
  }
  const version = await modelVersions.get(model, number);
  if (version === undefined) {
    throw new TaskError(
      'VERSION_NOT_FOUND',
      `Alias '${wanted}' of ${model} names version ${number}, which is not there.`,
      { todo: 'Run the step again; if it stays so, look at the aliases of the model in the workspace.' },
    );
  }
  return version;
}

/**
 * @param todo what the caller wants of a version, as a sentence
 * @throws TaskError VERSION_NOT_READY unless the files of the version are complete
 */
export function refuseUnready(version: ModelVersion, workspaceUrl: string, todo: string): void {
  if (version.status !== 'READY') {
    throw new TaskError(
      'VERSION_NOT_READY',
      `Version ${version.version} of ${version.name} is ${version.status ?? 'of unknown status'}.`,
      { where: `It is ${modelVersionUrl(workspaceUrl, version.name, version.version)}.`, todo },
    );
  }
}
