import { randomUUID } from 'node:crypto';
import { ApiError, type Call, type Operation, type Reply, type Workspace } from '../api';
import { type Fields, invalid, objectList, optionalInteger } from '../fields';
import { asFile, writable, writeFile } from './file-contents';
import { entryOf } from './listing';
import { type Location, locate } from './locations';
import { dropParts, joinBlocks, missingBlocks, partBlockId } from './staged-blocks';

/** An upload in parts that has begun and not ended. */
interface UploadSession {
  readonly path: string;
  readonly overwrite: boolean;
}

/** Uploads in parts as the SDKs do them above 50 MB: begin, one signed URL for each part, end. */
export const uploadSessionOperations: readonly Operation[] = [
  {
    method: 'POST',
    path: '/api/2.0/fs/files/*path',
    note: 'action=initiate-upload and complete-upload, in parts',
    lacks: 'resumable uploads (Google Cloud)',
    handle: (call) => (call.query.get('action') === 'initiate-upload' ? begin(call) : complete(call)),
  },
];

async function begin(call: Call): Promise<Reply> {
  const place = writable(asFile(locate(call.workspace, call.params.path ?? '')));
  const overwrite = call.query.get('overwrite') === 'true';
  if (!overwrite && (await entryOf(place.local, '')) !== undefined) {
    throw new ApiError(409, 'ALREADY_EXISTS', `The file being created already exists. Path: ${place.path}`);
  }
  const token = randomUUID();
  sessions(call.workspace).put(token, { path: place.path, overwrite });
  return { json: { multipart_upload: { session_token: token } } };
}

async function complete(call: Call): Promise<Reply> {
  const action = call.query.get('action') ?? '';
  if (action !== 'complete-upload' || call.query.get('upload_type') !== 'multipart') {
    throw invalid(`Unknown action '${action}': initiate-upload, or complete-upload with upload_type=multipart.`);
  }
  const place = writable(asFile(locate(call.workspace, call.params.path ?? '')));
  const token = call.query.get('session_token') ?? '';
  const { overwrite } = uploadSession(call.workspace, place, token);
  const ids = objectList(await call.json<Fields>(), 'parts')
    .map((part) => optionalInteger(part, 'part_number') ?? 0)
    .sort((a, b) => a - b)
    .map((number) => partBlockId(token, number));
  const missing = await missingBlocks(place, ids);
  if (ids.length === 0 || missing.length > 0) {
    throw invalid(`${missing.length} of ${ids.length} parts of '${place.path}' were not uploaded.`);
  }
  await writeFile(place, overwrite, (unfinished) => joinBlocks(place, ids, unfinished));
  await dropParts(place, token);
  sessions(call.workspace).remove(token);
  return { json: {} };
}

/** @throws ApiError 404 NOT_FOUND when no upload to this path goes by the token */
export function uploadSession(workspace: Workspace, place: Location, token: string): UploadSession {
  const session = sessions(workspace).get(token);
  if (session === undefined || session.path !== place.path) {
    throw new ApiError(404, 'NOT_FOUND', `There is no upload session '${token}' for '${place.path}'.`);
  }
  return session;
}

function sessions(workspace: Workspace) {
  return workspace.store.collection<UploadSession>('upload-sessions');
}
