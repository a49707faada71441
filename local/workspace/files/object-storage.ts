import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { ApiError, type Reply, type Workspace } from '../api';
import { readBytes } from '../request-body';
import { pathSegments } from '../router';
import { asFile, existingFile, fileHeaders, fileReply, receive, writable, writeFile } from './file-contents';
import { type Location, locate } from './locations';
import { checkSignature, STORAGE_PATH, type StorageRight } from './signed-urls';
import { dropBlocks, dropParts, joinBlocks, missingBlocks, stageBlock, stagedBlocks } from './staged-blocks';

/**
 * Answers signed URLs as a storage account of Azure does, without a bearer token: Get Blob, Put Blob, Put Block, Put Block List
 * (https://learn.microsoft.com/rest/api/storageservices/put-block-list) and, of Data Lake Storage, Path Create and Path Update
 * (https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update). Errors are XML.
 * @returns `undefined` for a path outside {@link STORAGE_PATH}
 */
export async function answerStorage(
  workspace: Workspace,
  request: IncomingMessage,
  url: URL,
): Promise<Reply | undefined> {
  if (!url.pathname.startsWith(`${STORAGE_PATH}/`)) {
    return undefined;
  }
  const path = `/${pathSegments(url.pathname.slice(STORAGE_PATH.length)).join('/')}`;
  const signed = checkSignature(workspace, path, url.searchParams);
  if ('refused' in signed) {
    return refusedLink(signed.refused);
  }
  try {
    return await act(request, url.searchParams, signed.right, asFile(locate(workspace, signed.path)));
  } catch (error) {
    if (error instanceof ApiError) {
      return storageError(error.status, storageCode(error), error.message);
    }
    throw error;
  }
}

async function act(
  request: IncomingMessage,
  query: URLSearchParams,
  right: StorageRight,
  place: Location,
): Promise<Reply> {
  const { method } = request;
  if (method === 'GET' || method === 'HEAD') {
    return right === 'r' ? read(request, place) : notAllowed(right);
  }
  if (right !== 'w') {
    return notAllowed(right);
  }
  switch (`${method} ${query.get('comp') ?? query.get('resource') ?? query.get('action') ?? ''}`) {
    case 'PUT ':
      return putBlob(request, writable(place));
    case 'PUT block':
      return putBlock(request, query.get('blockid') ?? '', writable(place));
    case 'PUT blocklist':
      return putBlockList(request, writable(place));
    case 'PUT file':
      return createPath(writable(place));
    case 'PATCH append':
      return appendToPath(request, query, writable(place));
    case 'PATCH flush':
      return flushPath(Number(query.get('position') ?? Number.NaN), writable(place));
    case 'DELETE ':
      return abortUpload(query.get('session') ?? '', place);
    default:
      return storageError(400, 'InvalidQueryParameterValue', `${method} with this query is not known here.`);
  }
}

async function read(request: IncomingMessage, place: Location): Promise<Reply> {
  if (request.method === 'HEAD') {
    return { headers: fileHeaders(await existingFile(place)) };
  }
  return fileReply(place, request.headers.range);
}

/** The header is one that a signed URL comes with, so a client that drops those is found out. */
async function putBlob(request: IncomingMessage, place: Location): Promise<Reply> {
  if (request.headers['x-ms-blob-type'] !== 'BlockBlob') {
    return storageError(400, 'MissingRequiredHeader', 'The header x-ms-blob-type must be BlockBlob.');
  }
  await writeFile(place, true, (unfinished) => receive(request, unfinished));
  return created();
}

async function putBlock(request: IncomingMessage, blockId: string, place: Location): Promise<Reply> {
  if (blockId === '') {
    return storageError(400, 'InvalidQueryParameterValue', 'The parameter blockid is missing.');
  }
  await stageBlock(request, place, blockId);
  return created();
}

/** An empty list makes an empty file. */
async function putBlockList(request: IncomingMessage, place: Location): Promise<Reply> {
  const text = (await readBytes(request)).toString('utf8');
  const ids = [...text.matchAll(/<(?:Uncommitted|Latest)>([A-Za-z0-9+/=]+)<\/(?:Uncommitted|Latest)>/g)].map(
    ([, id = '']) => id,
  );
  const missing = await missingBlocks(place, ids);
  if (missing.length > 0) {
    return storageError(400, 'InvalidBlockList', `${missing.length} of ${ids.length} blocks were not staged.`);
  }
  await writeFile(place, true, (unfinished) => joinBlocks(place, ids, unfinished));
  await dropBlocks(place);
  return created();
}

async function abortUpload(sessionToken: string, place: Location): Promise<Reply> {
  if (sessionToken === '') {
    return storageError(400, 'InvalidQueryParameterValue', 'Only the URL that aborts an upload in parts is deleted.');
  }
  await dropParts(place, sessionToken);
  return { status: 200, body: '' };
}

async function createPath(place: Location): Promise<Reply> {
  await dropBlocks(place);
  await writeFile(place, true, (unfinished) => appendFile(unfinished, ''));
  return created();
}

/** Data Lake Storage takes bytes at positions, in any order, and shows them at the flush, which may come with the last of them. */
async function appendToPath(request: IncomingMessage, query: URLSearchParams, place: Location): Promise<Reply> {
  await existingFile(place);
  const position = query.get('position') ?? '';
  if (!/^\d{1,15}$/.test(position)) {
    return storageError(400, 'InvalidQueryParameterValue', 'The parameter position is no number of bytes.');
  }
  await stageBlock(request, place, position);
  if (query.get('flush') !== 'true') {
    return { status: 202, body: '' };
  }
  const appended = (await stagedBlocks(place)).find(({ id }) => id === position);
  return flushPath(Number(position) + (appended?.size ?? 0), place);
}

/** @param length of the file: what was appended has to fill it without a hole */
async function flushPath(length: number, place: Location): Promise<Reply> {
  const blocks = [...(await stagedBlocks(place))].sort((a, b) => Number(a.id) - Number(b.id));
  const end = blocks.reduce((at, { id, size }) => (Number(id) === at ? at + size : Number.NaN), 0);
  if (end !== length) {
    return storageError(400, 'InvalidFlushPosition', 'The uploaded data is not contiguous or does not end there.');
  }
  await writeFile(place, true, (unfinished) =>
    joinBlocks(
      place,
      blocks.map(({ id }) => id),
      unfinished,
    ),
  );
  await dropBlocks(place);
  return { status: 200, body: '' };
}

function created(): Reply {
  return { status: 201, headers: { ETag: `"0x${randomBytes(8).toString('hex').toUpperCase()}"` }, body: '' };
}

function notAllowed(right: StorageRight): Reply {
  const what = right === 'r' ? 'read' : 'write';
  return storageError(403, 'AuthorizationPermissionMismatch', `This URL allows to ${what} only.`);
}

/** What a signed URL gets that gives nothing. */
export function refusedLink(reason: 'signature' | 'expired' | 'authorization' | 'missing'): Reply {
  switch (reason) {
    case 'expired':
      return expired();
    case 'signature':
      return storageError(403, 'AuthenticationFailed', 'Wrong signature.');
    case 'authorization':
      return storageError(400, 'InvalidAuthenticationInfo', 'A signed URL takes no Authorization header.');
    case 'missing':
      return storageError(404, 'BlobNotFound', 'The specified blob does not exist.');
  }
}

/** By these texts clients tell a URL that has run out from one that never held. */
function expired(): Reply {
  return storageError(
    403,
    'AuthenticationFailed',
    'Server failed to authenticate the request.',
    'Signature not valid in the specified time frame',
  );
}

function storageCode({ status }: ApiError): string {
  return (
    new Map([
      [403, 'AuthorizationFailure'],
      [404, 'BlobNotFound'],
      [409, 'BlobAlreadyExists'],
    ]).get(status) ?? 'InvalidInput'
  );
}

function storageError(status: number, code: string, message: string, detail?: string): Reply {
  const more =
    detail === undefined ? '' : `<AuthenticationErrorDetail>${escapeXml(detail)}</AuthenticationErrorDetail>`;
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message>${more}</Error>`;
  return { status, headers: { 'Content-Type': 'application/xml', 'x-ms-error-code': code }, body };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
