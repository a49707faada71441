import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, requiredText } from '../fields';
import { fullNameOf } from './names';
import { getVersion, parseVersion } from './versions';

const HOUR = 3_600_000;

/**
 * Temporary credentials for the files of a model version. The local workspace keeps them as a workspace with default storage does: the
 * answer names no cloud secret, and clients go on with the pre-signed URLs of the Files API.
 */
export const temporaryCredentialOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/api/2.0/mlflow/unity-catalog/model-versions/generate-temporary-credentials',
    note: 'storage_mode DEFAULT_STORAGE',
    handle: async (call) => {
      const body = await call.json<Fields>();
      const writes = operationOf(body, 'MODEL_VERSION_OPERATION_READ', 'MODEL_VERSION_OPERATION_READ_WRITE');
      return { json: { credentials: credentials(call, requiredText(body, 'name'), body, writes) } };
    },
  },
  {
    method: 'POST',
    path: '/api/2.1/unity-catalog/temporary-model-version-credentials',
    note: 'storage_mode DEFAULT_STORAGE',
    handle: async (call): Promise<Reply> => {
      const body = await call.json<Fields>();
      const writes = operationOf(body, 'READ_MODEL_VERSION', 'READ_WRITE_MODEL_VERSION');
      const [catalog, schema, model] = ['catalog_name', 'schema_name', 'model_name'].map((at) =>
        requiredText(body, at),
      );
      return { json: credentials(call, fullNameOf(catalog ?? '', schema ?? '', model ?? ''), body, writes) };
    },
  },
];

/** True when the operation of the request writes. @throws ApiError 400 INVALID_PARAMETER_VALUE for any other */
function operationOf(body: Fields, read: string, write: string): boolean {
  const operation = requiredText(body, 'operation');
  if (operation !== read && operation !== write) {
    throw invalid(`Invalid operation '${operation}': ${read} or ${write}.`);
  }
  return operation === write;
}

/** @throws ApiError 404 for a missing version, 403 for writing to one that is registered */
function credentials(call: Call, name: string, body: Fields, writes: boolean) {
  const version = getVersion(call.workspace.metastore, name, parseVersion(requiredText(body, 'version')));
  if (writes && version.status !== 'PENDING_REGISTRATION') {
    throw new ApiError(
      403,
      'PERMISSION_DENIED',
      `Version ${version.version} of model '${version.fullName}' is ${version.status}: its files cannot change.`,
    );
  }
  return { storage_mode: 'DEFAULT_STORAGE', expiration_time: call.workspace.clock.now() + HOUR };
}
