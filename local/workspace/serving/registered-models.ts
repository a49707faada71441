import { ApiError, type Metastore } from '../api';
import { versionFolder } from '../unity-catalog/version-folder';
import { getVersion, type ModelVersion, parseVersion } from '../unity-catalog/versions';
import type { ServableModels } from './request';

/** The models of Unity Catalog, as serving needs them. */
export function registeredModels(metastore: Metastore): ServableModels {
  return {
    version(fullName, number) {
      const version = found(metastore, fullName, number);
      return version && { status: version.status, folder: versionFolder(metastore, version) };
    },
  };
}

function found(metastore: Metastore, fullName: string, number: string): ModelVersion | undefined {
  try {
    return getVersion(metastore, fullName, parseVersion(number));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}
