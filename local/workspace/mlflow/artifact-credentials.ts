import type { Call, Operation, Reply } from '../api';
import { type Fields, invalid, textList } from '../fields';
import { asFile, writable } from '../files/file-contents';
import { filesPathOfArtifacts, locate } from '../files/locations';
import { BLOB_HEADERS } from '../files/presigned-urls';
import { signedUrl } from '../files/signed-urls';
import { runIdOf } from './runs';
import { trackingOf } from './tracking';

const HOUR = 3_600_000;
const MOST_PATHS = 2_000;

/**
 * Signed URLs for artifacts (MLflow's databricks_artifacts.proto): what the MLflow client takes when the Files API refuses.
 * Which kind of Azure URL the service hands out is [U]; here runs have those of Blob Storage and logged models those of Data Lake Storage,
 * so that the client uses both protocols.
 */
export const artifactCredentialOperations: readonly Operation[] = [
  { method: 'POST', path: '/api/2.0/mlflow/artifacts/credentials-for-read', handle: (call) => ofRun(call, 'r') },
  { method: 'POST', path: '/api/2.0/mlflow/artifacts/credentials-for-write', handle: (call) => ofRun(call, 'w') },
  {
    method: 'POST',
    path: '/api/2.0/mlflow/logged-models/:model_id/artifacts/credentials-for-download',
    handle: (call) => ofLoggedModel(call, 'r'),
  },
  {
    method: 'POST',
    path: '/api/2.0/mlflow/logged-models/:model_id/artifacts/credentials-for-upload',
    handle: (call) => ofLoggedModel(call, 'w'),
  },
];

async function ofRun(call: Call, right: 'r' | 'w'): Promise<Reply> {
  const body = await call.json<Fields>();
  const { run_id, artifact_uri } = trackingOf(call.workspace).run(runIdOf(body)).info;
  const infos = pathsOf(body, 'path').map((path) => ({
    run_id,
    path,
    signed_uri: urlOf(call, artifact_uri, path, right),
    headers: right === 'w' ? BLOB_HEADERS : undefined,
    type: 'AZURE_SAS_URI',
  }));
  return { json: { credential_infos: infos } };
}

async function ofLoggedModel(call: Call, right: 'r' | 'w'): Promise<Reply> {
  const { model_id, artifact_uri } = trackingOf(call.workspace).loggedModel(call.params.model_id ?? '').info;
  const infos = pathsOf(await call.json<Fields>(), 'paths').map((path) => ({
    model_id,
    credential_info: {
      path,
      signed_uri: urlOf(call, artifact_uri, path, right),
      type: 'AZURE_ADLS_GEN2_SAS_URI',
    },
  }));
  return { json: { credentials: infos } };
}

function pathsOf(body: Fields, name: string): readonly string[] {
  const paths = textList(body, name);
  if (paths.length === 0 || paths.length > MOST_PATHS) {
    throw invalid(`Parameter '${name}' names 1 to ${MOST_PATHS} paths, got ${paths.length}.`);
  }
  return paths;
}

function urlOf(call: Call, artifactUri: string, path: string, right: 'r' | 'w'): string {
  const place = asFile(locate(call.workspace, `${filesPathOfArtifacts(artifactUri)}/${path}`));
  const { path: filesPath } = right === 'w' ? writable(place) : place;
  return signedUrl(call.workspace, { path: filesPath, right, expires: call.workspace.clock.now() + HOUR });
}
