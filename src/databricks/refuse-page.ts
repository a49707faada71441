import { type CallPlace, ConnectionError } from '../http/errors';
import type { HttpAnswer } from '../http/request';

/**
 * The service sends files as `application/octet-stream` [U]; a page in place of a file comes from a proxy or a login.
 * @param answer to the request for a file's content; undefined when there is none
 * @param path of the file: one that is a page itself is let through
 * @throws ConnectionError ANSWER_NOT_JSON for a page in place of a file that is none
 */
export function refusePage(answer: HttpAnswer<unknown> | undefined, path: string, place: CallPlace): void {
  const isPage = answer?.headers['content-type']?.startsWith('text/html') === true;
  if (isPage && !/\.html?$/i.test(path)) {
    throw new ConnectionError('ANSWER_NOT_JSON', 'The answer is an HTML page and not the wanted file.', place);
  }
}
