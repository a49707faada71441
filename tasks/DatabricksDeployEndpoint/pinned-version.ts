import { refuseUnready, versionNamed } from '../../src/databricks/named-version';
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
  // 'champion' is read once: what is compared with it is what is served.
  const named = wanted === 'champion' ? champion : wanted;
  const found = named === '' ? undefined : await versionNamed(client, model, named);
  if (found === undefined) {
    throw new TaskError('VERSION_NOT_FOUND', `${model} has no version of the number or alias '${wanted}'.`, {
      todo:
        wanted === 'champion'
          ? 'Promote a version first.'
          : "Correct 'model' or 'version', and check that the identity may see the model.",
    });
  }
  refuseUnready(found, client.url, 'Wait until its registration has ended; only a READY version can be served.');
  return { version: found.version, champion };
}
