import type { IncomingMessage } from 'node:http';
import type { Reply, Workspace } from '../api';
import { refusedLink } from '../files/object-storage';
import { checkSignature, STORAGE_PATH, signedUrl } from '../files/signed-urls';
import type { StatementResult } from './result';
import { chunkBytes, chunkRows } from './result-chunks';
import type { ResultFormat } from './statement-request';

const FOLDER = '/SqlResults';
/** Links run out after 15 minutes at the latest. */
const LINK_MILLISECONDS = 15 * 60_000;

/** `ResultData` of one chunk by a link that needs, and takes, no bearer token. @throws ApiError 404 when there is no such chunk */
export function linkReply(
  workspace: Workspace,
  statementId: string,
  result: StatementResult,
  format: ResultFormat,
  index: number,
): Record<string, unknown> {
  if (result.rows.length === 0 && index === 0) {
    return {};
  }
  const { rows: _rows, ...place } = chunkRows(statementId, result, index);
  const expires = workspace.clock.now() + LINK_MILLISECONDS;
  return {
    external_links: [
      {
        ...place,
        byte_count: chunkBytes(result, format, index).length,
        external_link: signedUrl(workspace, { path: `${FOLDER}/${statementId}/${index}`, right: 'r', expires }),
        expiration: new Date(expires).toISOString(),
      },
    ],
  };
}

/**
 * Answers such a link as a storage account does.
 * @param find the result of a statement; undefined once it is gone
 * @returns undefined for a path that is no such link
 */
export function answerLink(
  workspace: Workspace,
  request: IncomingMessage,
  url: URL,
  find: (statementId: string) => { readonly result: StatementResult; readonly format: ResultFormat } | undefined,
): Reply | undefined {
  const [, statementId, index] =
    new RegExp(`^${STORAGE_PATH}${FOLDER}/([0-9a-f-]{36})/(\\d{1,9})$`).exec(url.pathname) ?? [];
  if (statementId === undefined || index === undefined) {
    return undefined;
  }
  const signed = checkSignature(workspace, `${FOLDER}/${statementId}/${index}`, url.searchParams);
  if ('refused' in signed) {
    return refusedLink(signed.refused);
  }
  if (request.headers.authorization !== undefined) {
    // A storage account takes the signature or the header; clients must not send it their token.
    return refusedLink('authorization');
  }
  const found = find(statementId);
  if ((request.method !== 'GET' && request.method !== 'HEAD') || found === undefined) {
    return refusedLink('missing');
  }
  const type = found.format === 'CSV' ? 'text/csv' : 'application/json';
  return { headers: { 'content-type': type }, body: chunkBytes(found.result, found.format, Number(index)) };
}
