import { rm } from 'node:fs/promises';
import type { Call, Operation, Reply } from '../api';
import { asFile, existingFile, fileHeaders, fileReply, receive, writable, writeFile } from './file-contents';
import { type Location, locate } from './locations';

const PATH = '/api/2.0/fs/files/*path';

/** Files of volumes, model versions and MLflow artifacts; uploads and downloads are streams. */
export const fileOperations: readonly Operation[] = [
  { method: 'PUT', path: PATH, note: 'a file appears whole or not at all', handle: upload },
  { method: 'GET', path: PATH, note: 'one byte range', lacks: 'several byte ranges', handle: download },
  { method: 'HEAD', path: PATH, handle: head },
  { method: 'DELETE', path: PATH, handle: remove },
];

async function upload(call: Call): Promise<Reply> {
  const place = writable(locateFile(call));
  await writeFile(place, call.query.get('overwrite') === 'true', (unfinished) => receive(call.request, unfinished));
  return { status: 204 };
}

function download(call: Call): Promise<Reply> {
  return fileReply(locateFile(call), call.headers.range);
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

function locateFile(call: Call): Location {
  return asFile(locate(call.workspace, call.params.path ?? ''));
}
