import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ApiError, type Call, type Operation, type Reply } from '../api';
import { invalid } from '../fields';
import { byteRange } from './byte-range';
import { entryOf, type FolderEntry } from './listing';
import { type Location, locate } from './locations';

const PATH = '/api/2.0/fs/files/*path';

/** Files of volumes, model versions and MLflow artifacts; uploads and downloads are streams. */
export const fileOperations: readonly Operation[] = [
  { method: 'PUT', path: PATH, note: 'a file appears whole or not at all', handle: upload },
  { method: 'GET', path: PATH, note: 'one byte range at most', handle: download },
  { method: 'HEAD', path: PATH, handle: head },
  { method: 'DELETE', path: PATH, handle: remove },
];

async function upload(call: Call): Promise<Reply> {
  const place = writable(locateFile(call));
  const overwrite = call.query.get('overwrite') === 'true';
  const former = await entryOf(place.local, '');
  if (former !== undefined && (former.isDirectory || !overwrite)) {
    throw alreadyExists(place);
  }
  const unfinished = join(place.uploads, randomUUID());
  await mkdir(place.uploads, { recursive: true });
  try {
    await receive(call, unfinished);
    await makeFolder(place);
    await (overwrite ? rename(unfinished, place.local) : publishOnce(unfinished, place));
  } finally {
    await rm(unfinished, { force: true });
  }
  return { status: 204 };
}

/** A client that goes away in the middle is no defect of the workspace; nobody is left to read the answer. */
async function receive(call: Call, file: string): Promise<void> {
  try {
    await pipeline(call.request, createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    throw call.request.complete
      ? error
      : new ApiError(400, 'MALFORMED_REQUEST', 'The upload broke off before its end.');
  }
}

/** A hard link fails when the name is taken: of two uploads without overwrite at the same time one wins. */
async function publishOnce(unfinished: string, place: Location): Promise<void> {
  try {
    await link(unfinished, place.local);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? alreadyExists(place) : error;
  }
}

async function makeFolder(place: Location): Promise<void> {
  try {
    await mkdir(dirname(place.local), { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOTDIR' || code === 'EEXIST' ? invalid(`A parent of '${place.path}' is a file.`) : error;
  }
}

async function download(call: Call): Promise<Reply> {
  const place = locateFile(call);
  const file = await existingFile(place);
  const range = byteRange(call.headers.range, file.size);
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { 'Content-Range': `bytes */${file.size}` },
      json: { error_code: 'INVALID_PARAMETER_VALUE', message: 'The requested range lies outside the file.' },
    };
  }
  if (range === undefined) {
    return { headers: fileHeaders(file), body: createReadStream(place.local) };
  }
  return {
    status: 206,
    headers: {
      ...fileHeaders(file),
      'Content-Length': String(range.end - range.start + 1),
      'Content-Range': `bytes ${range.start}-${range.end}/${file.size}`,
    },
    body: createReadStream(place.local, range),
  };
}

async function head(call: Call): Promise<Reply> {
  return { headers: fileHeaders(await existingFile(locateFile(call))) };
}

async function remove(call: Call): Promise<Reply> {
  const place = writable(locateFile(call));
  await existingFile(place);
  await rm(place.local);
  return { status: 204 };
}

function fileHeaders(file: FolderEntry): Record<string, string> {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(file.size),
    'Last-Modified': new Date(file.modified).toUTCString(),
    'Accept-Ranges': 'bytes',
  };
}

function locateFile(call: Call): Location {
  const place = locate(call.workspace, call.params.path ?? '');
  if (place.local === place.root) {
    throw invalid(`'${place.path}' is not a file.`);
  }
  return place;
}

/** @throws ApiError 404 NOT_FOUND unless there is a file (not a folder) */
async function existingFile(place: Location): Promise<FolderEntry> {
  const entry = await entryOf(place.local, '');
  if (entry === undefined || entry.isDirectory) {
    throw new ApiError(404, 'NOT_FOUND', `The file being accessed is not found. Path: ${place.path}`);
  }
  return entry;
}

/** @throws ApiError 403 PERMISSION_DENIED for a place that cannot change any more */
export function writable(place: Location): Location {
  if (place.readOnly !== undefined) {
    throw new ApiError(403, 'PERMISSION_DENIED', place.readOnly);
  }
  return place;
}

function alreadyExists(place: Location): ApiError {
  return new ApiError(409, 'ALREADY_EXISTS', `The file being created already exists. Path: ${place.path}`);
}
