import { mkdir, rmdir } from 'node:fs/promises';
import { ApiError, type Call, type Operation, type Reply } from '../api';
import { invalid, optionalInteger, queryFields } from '../fields';
import { pageOf, unlessEmpty } from '../paging';
import { writable } from './file-contents';
import { entryOf, folderEntries } from './listing';
import { type Location, locate } from './locations';

const PATH = '/api/2.0/fs/directories/*path';

/** Folders of volumes, model versions and MLflow artifacts. */
export const directoryOperations: readonly Operation[] = [
  { method: 'GET', path: PATH, handle: list },
  { method: 'HEAD', path: PATH, handle: head },
  { method: 'PUT', path: PATH, handle: create },
  { method: 'DELETE', path: PATH, note: 'only when empty', handle: remove },
];

async function list(call: Call): Promise<Reply> {
  const place = placeOf(call);
  const fields = queryFields(call.query);
  const entries = (await folderEntries(place.local)) ?? emptyRoot(place);
  if (entries === undefined) {
    throw notFound(place);
  }
  const size = optionalInteger(fields, 'page_size') ?? 0;
  const page = pageOf(entries, { ...fields, max_results: size }, { standard: 1_000, most: 1_000 });
  const contents = page.items.map((entry) => ({
    path: `${place.path}/${entry.name}`,
    name: entry.name,
    is_directory: entry.isDirectory,
    ...(entry.isDirectory ? {} : { file_size: entry.size }),
    last_modified: entry.modified,
  }));
  return { json: { contents: unlessEmpty(contents), next_page_token: page.nextPageToken } };
}

async function head(call: Call): Promise<Reply> {
  const place = placeOf(call);
  if ((await entryOf(place.local, ''))?.isDirectory !== true && emptyRoot(place) === undefined) {
    throw notFound(place);
  }
  return { status: 200 };
}

async function create(call: Call): Promise<Reply> {
  const place = writable(placeOf(call));
  try {
    await mkdir(place.local, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOTDIR' || code === 'EEXIST'
      ? new ApiError(409, 'ALREADY_EXISTS', `'${place.path}' or a parent of it is a file.`)
      : error;
  }
  return { status: 204 };
}

async function remove(call: Call): Promise<Reply> {
  const place = writable(placeOf(call));
  if (place.local === place.root) {
    throw invalid(`'${place.path}' is a root and cannot be deleted.`);
  }
  const entries = await folderEntries(place.local);
  if (entries === undefined) {
    throw notFound(place);
  }
  // The reason is what the Databricks CLI reads; code and text are [U], and so is the code for a file in the way of a new folder.
  if (entries.length > 0) {
    const message = `The directory is not empty. Path: ${place.path}`;
    throw new ApiError(400, 'DIRECTORY_NOT_EMPTY', message, 'FILES_API_DIRECTORY_IS_NOT_EMPTY');
  }
  await rmdir(place.local);
  return { status: 204 };
}

/** A volume, version or run that exists has a root, also before the first file makes its folder on this machine. */
function emptyRoot(place: Location): readonly [] | undefined {
  return place.local === place.root ? [] : undefined;
}

function placeOf(call: Call): Location {
  return locate(call.workspace, call.params.path ?? '');
}

function notFound(place: Location): ApiError {
  return new ApiError(404, 'NOT_FOUND', `The directory being accessed is not found. Path: ${place.path}`);
}
