import { modelVersionUrl } from '../../src/databricks/links';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';

/** A model version as this step means it from its first to its last request. */
export interface PinnedVersion {
  /** Number, as text. */
  readonly version: string;
  /** Number that the alias `champion` names now, empty when it names none. */
  readonly champion: string;
}

/** The number that `champion` names, empty when it names none. */
export async function championOf(client: WorkspaceClient, model: string): Promise<string> {
  return (await client.registeredModels.versionByAlias(model, 'champion'))?.version ?? '';
}

/**
 * Resolves a number or alias once.
 * @throws TaskError VERSION_NOT_FOUND, VERSION_NOT_READY
 */
export async function pinVersion(client: WorkspaceClient, model: string, wanted: string): Promise<PinnedVersion> {
  const champion = await championOf(client, model);
  const number = /^\d+$/.test(wanted)
    ? wanted
    : wanted === 'champion'
      ? champion
      : ((await client.registeredModels.versionByAlias(model, wanted))?.version ?? '');
  if (number === '') {
    throw new TaskError('VERSION_NOT_FOUND', `The alias '${wanted}' of ${model} names no version.`, {
      todo: wanted === 'champion' ? 'Promote a version first.' : "Correct 'version', or set the alias.",
    });
  }
  const found = await client.modelVersions.get(model, number);
  if (found === undefined) {
    throw new TaskError('VERSION_NOT_FOUND', `Version ${number} of ${model} does not exist.`, {
      todo: "Correct 'model' or 'version', and check that the identity may see the model.",
    });
  }
  if (found.status !== 'READY') {
    throw new TaskError(
      'VERSION_NOT_READY',
      `Version ${number} of ${model} is ${found.status ?? 'of unknown status'}.`,
      {
        where: `It is ${modelVersionUrl(client.url, model, number)}.`,
        todo: 'Wait until its registration has ended; only a READY version can be served.',
      },
    );
  }
  return { version: number, champion };
}
