import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ApiError, type Reply } from '../api';
import { invalid } from '../fields';
import { publishOnce } from '../publish-once';
import { byteRange } from './byte-range';
import { entryOf, type FolderEntry } from './listing';
import type { Location } from './locations';

/**
 * Makes a file from what `fill` writes: it appears whole or not at all.
 * @param fill writes the contents to the path that it gets
 * @throws ApiError 409 ALREADY_EXISTS without `overwrite` when the name is taken, 400 when a parent is a file
 */
export async function writeFile(
  place: Location,
  overwrite: boolean,
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  const former = await entryOf(place.local, '');
  if (former !== undefined && (former.isDirectory || !overwrite)) {
    throw alreadyExists(place);
  }
  const unfinished = join(place.uploads, randomUUID());
  await mkdir(place.uploads, { recursive: true });
  try {
    await fill(unfinished);
    await makeFolder(place);
    await (overwrite ? rename(unfinished, place.local) : publishNew(unfinished, place));
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Writes the body of a request to a new local file. A client that goes away in the middle is no defect of the workspace. */
export async function receive(request: IncomingMessage, file: string): Promise<void> {
  try {
    await pipeline(request, createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    throw request.complete ? error : new ApiError(400, 'MALFORMED_REQUEST', 'The upload broke off before its end.');
  }
}

/** Of two uploads without overwrite at the same time one wins. */
async function publishNew(unfinished: string, place: Location): Promise<void> {
  try {
    await publishOnce(unfinished, place.local);
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

/** A file, or the one byte range of it that the `Range` header names. @throws ApiError 404 NOT_FOUND */
export async function fileReply(place: Location, rangeHeader: string | undefined): Promise<Reply> {
  const file = await existingFile(place);
  const range = byteRange(rangeHeader, file.size);
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

/** What is known of a file without its contents. */
export function fileHeaders(file: FolderEntry): Record<string, string> {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(file.size),
    'Last-Modified': new Date(file.modified).toUTCString(),
    'Accept-Ranges': 'bytes',
  };
}

/** @throws ApiError 404 NOT_FOUND unless there is a file (not a folder) */
export async function existingFile(place: Location): Promise<FolderEntry> {
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

/** A path that names a file, not the root of what it belongs to. @throws ApiError 400 INVALID_PARAMETER_VALUE */
export function asFile(place: Location): Location {
  if (place.local === place.root) {
    throw invalid(`'${place.path}' is not a file.`);
  }
  return place;
}

function alreadyExists(place: Location): ApiError {
  return new ApiError(409, 'ALREADY_EXISTS', `The file being created already exists. Path: ${place.path}`);
}
