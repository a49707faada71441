import { ApiError, type Call, type Operation, type Reply } from '../api';
import { type Fields, invalid, optionalInteger, optionalText, requiredText } from '../fields';
import { fieldsOf } from '../request-fields';
import { asFile, existingFile, writable } from './file-contents';
import { type Location, locate } from './locations';
import { signedUrl } from './signed-urls';
import { partBlockId } from './staged-blocks';
import { uploadSession } from './upload-sessions';

const ROOT = '/api/2.0/fs';
const HOUR = 3_600_000;
/** What Azure wants with every upload of a whole blob. */
export const BLOB_HEADERS = [{ name: 'x-ms-blob-type', value: 'BlockBlob' }];

/**
 * URLs for the contents of files, good for an hour or until the `expire_time` of the request, whose fields the SDKs send in the query and
 * MLflow in the body.
 */
export const presignedUrlOperations: readonly Operation[] = [
  { method: 'POST', path: `${ROOT}/create-download-url`, handle: createDownloadUrl },
  { method: 'POST', path: `${ROOT}/create-upload-url`, handle: createUploadUrl },
  { method: 'POST', path: `${ROOT}/create-upload-part-urls`, handle: createUploadPartUrls },
  { method: 'POST', path: `${ROOT}/create-abort-upload-url`, handle: createAbortUrl },
];

async function createDownloadUrl(call: Call): Promise<Reply> {
  const fields = await fieldsOf(call);
  const place = placeOf(call, fields);
  await existingFile(place);
  return { json: { url: urlFor(call, place, 'r', fields), headers: [] } };
}

async function createUploadUrl(call: Call): Promise<Reply> {
  const fields = await fieldsOf(call);
  const place = writable(placeOf(call, fields));
  return { json: { url: urlFor(call, place, 'w', fields), headers: BLOB_HEADERS } };
}

/** Part numbers begin at 1; at most 100 URLs at once. */
async function createUploadPartUrls(call: Call): Promise<Reply> {
  const fields = await fieldsOf(call);
  const place = writable(placeOf(call, fields));
  const token = requiredText(fields, 'session_token');
  uploadSession(call.workspace, place, token);
  const first = optionalInteger(fields, 'start_part_number') ?? 1;
  const count = optionalInteger(fields, 'count') ?? 1;
  if (first < 1 || count < 1 || count > 100) {
    throw invalid('start_part_number is at least 1, count is 1 to 100.');
  }
  const parts = Array.from({ length: count }, (_, index) => first + index).map((part_number) => ({
    part_number,
    url: urlFor(call, place, 'w', fields, { comp: 'block', blockid: partBlockId(token, part_number) }),
    headers: [],
  }));
  return { json: { upload_part_urls: parts } };
}

async function createAbortUrl(call: Call): Promise<Reply> {
  const fields = await fieldsOf(call);
  const place = placeOf(call, fields);
  const token = requiredText(fields, 'session_token');
  uploadSession(call.workspace, place, token);
  return { json: { abort_upload_url: { url: urlFor(call, place, 'w', fields, { session: token }), headers: [] } } };
}

function placeOf(call: Call, fields: Fields): Location {
  return asFile(locate(call.workspace, requiredText(fields, 'path')));
}

function urlFor(
  call: Call,
  { path }: Location,
  right: 'r' | 'w',
  fields: Fields,
  query: Readonly<Record<string, string>> = {},
): string {
  return signedUrl(call.workspace, { path, right, expires: expiryOf(call, fields) }, query);
}

/** @throws ApiError 400 for an `expire_time` that is no time or has passed */
function expiryOf(call: Call, fields: Fields): number {
  const now = call.workspace.clock.now();
  const text = optionalText(fields, 'expire_time') ?? '';
  if (text === '') {
    return now + HOUR;
  }
  const time = Date.parse(text);
  if (Number.isNaN(time) || time <= now) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `expire_time '${text}' is no time in the future (RFC 3339).`);
  }
  return time;
}
