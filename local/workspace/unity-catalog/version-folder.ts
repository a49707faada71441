import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metastore } from '../api';
import type { ModelVersion } from './versions';

/**
 * The local folder with the files of a model version (`MLmodel` at its top). It goes by the version's own id, so that neither a new name nor
 * a later version with the same number ever meets old files.
 */
export function versionFolder(metastore: Metastore, version: ModelVersion): string {
  return join(metastore.folder, 'models', version.id);
}

/** Removes the files of versions that were deleted. */
export async function removeFiles(metastore: Metastore, versions: readonly ModelVersion[]): Promise<void> {
  for (const version of versions) {
    await rm(versionFolder(metastore, version), { recursive: true, force: true });
  }
}
