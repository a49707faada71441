import { unreadable } from './file-problem';

/**
 * The text of a file: UTF-8, a byte order mark is dropped.
 * @throws TaskError PREDICTIONS_UNREADABLE; replacing what is no UTF-8 could make two ids one
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(name, 'it is no text in UTF-8', 'Write it in UTF-8.', error);
  }
}
