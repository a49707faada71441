import { withoutSlashesAtEnd } from '../../../src/slashes';
import type { Call, Operation, Reply } from '../api';
import { optionalText, queryFields } from '../fields';
import { type FolderEntry, folderEntries } from '../files/listing';
import { filesPathOfArtifacts, locate } from '../files/locations';
import { pageOf, unlessEmpty } from '../paging';
import { runIdOf } from './runs';
import { trackingOf } from './tracking';

/** Listing of artifacts; their contents go through the Files API. */
export const artifactOperations: readonly Operation[] = [
  { method: 'GET', path: '/api/2.0/mlflow/artifacts/list', handle: listOfRun },
  { method: 'GET', path: '/api/2.0/mlflow/logged-models/:model_id/artifacts/directories', handle: listOfLoggedModel },
];

async function listOfRun(call: Call): Promise<Reply> {
  const { info } = trackingOf(call.workspace).run(runIdOf(queryFields(call.query)));
  return list(call, info.artifact_uri, optionalText(queryFields(call.query), 'path') ?? '');
}

async function listOfLoggedModel(call: Call): Promise<Reply> {
  const { info } = trackingOf(call.workspace).loggedModel(call.params.model_id ?? '');
  return list(call, info.artifact_uri, optionalText(queryFields(call.query), 'artifact_directory_path') ?? '');
}

/** A path without files is an empty list, as MLflow has it. */
async function list(call: Call, artifactUri: string, path: string): Promise<Reply> {
  const place = locate(
    call.workspace,
    [filesPathOfArtifacts(artifactUri), path].filter((part) => part !== '').join('/'),
  );
  const entries = (await folderEntries(place.local)) ?? [];
  const page = pageOf(entries, queryFields(call.query), { standard: 1_000, most: 1_000 });
  const files = page.items.map((entry) => fileInfo(path, entry));
  return { json: { root_uri: artifactUri, files: unlessEmpty(files), next_page_token: page.nextPageToken } };
}

function fileInfo(folder: string, entry: FolderEntry) {
  const path = folder === '' ? entry.name : `${withoutSlashesAtEnd(folder)}/${entry.name}`;
  return entry.isDirectory ? { path, is_dir: true } : { path, is_dir: false, file_size: entry.size };
}
