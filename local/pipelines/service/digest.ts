import { createHash } from 'node:crypto';

/** SHA-256 of a text: of equal length whatever the text, for comparisons in constant time. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
