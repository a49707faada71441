import { percentEncoded } from '../percent-encoded';

/**
 * Tagged template that percent-encodes every part, so that no name can change which resource a request is for:
 * `` path`/api/2.0/serving-endpoints/${name}/config` ``.
 * @throws RangeError when a part is empty, `.` or `..` (URL resolution would remove the segment)
 */
export function path(literals: TemplateStringsArray, ...parts: readonly (string | number)[]): string {
  return literals.reduce((built, literal, index) => `${built}${encodedSegment(parts[index - 1] ?? '')}${literal}`);
}

/**
 * An absolute file path of the workspace as part of a URL path: segments encoded, slashes kept
 * (Files API, `/api/2.0/fs/files/Volumes/…`).
 * @throws RangeError when it is not absolute or a segment is empty, `.` or `..`
 */
export function filePath(absolute: string): string {
  if (!absolute.startsWith('/')) {
    throw new RangeError(`not an absolute path: ${JSON.stringify(absolute)}`);
  }
  return absolute.split('/').slice(1).map(encodedSegment).join('/');
}

/** Whether {@link path} takes the text as a part. */
export function isPathSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..';
}

/** Whether {@link filePath} takes the text. */
export function isFilePath(text: string): boolean {
  return text.startsWith('/') && text.split('/').slice(1).every(isPathSegment);
}

function encodedSegment(part: string | number): string {
  const text = String(part);
  if (!isPathSegment(text)) {
    throw new RangeError(`not a path segment: ${JSON.stringify(text)}`);
  }
  return percentEncoded(text);
}
