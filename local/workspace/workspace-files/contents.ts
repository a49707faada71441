import { ApiError } from '../api';
import { type Fields, flag, invalid, optionalText, requiredText } from '../fields';
import { NOTEBOOK_MARKER } from './objects';
import { canonicalPath } from './paths';

const MOST_BYTES = 10 * 1024 * 1024;

/** What an upload puts where. */
export interface Contents {
  /** Canonical path; a notebook's has lost its extension. */
  readonly path: string;
  readonly type: 'NOTEBOOK' | 'FILE';
  readonly bytes: Buffer;
}

/**
 * The contents of `workspace/import` (databricks-api 10.1).
 * @throws ApiError 400 for bad input, 501 for formats and languages that the local workspace does not hold
 */
export function importedContents(fields: Fields): Contents {
  const path = canonicalPath(requiredText(fields, 'path'));
  const bytes = Buffer.from(optionalText(fields, 'content') ?? '', 'base64');
  if (bytes.length > MOST_BYTES) {
    throw new ApiError(
      400,
      'MAX_NOTEBOOK_SIZE_EXCEEDED',
      `content size (${bytes.length}) exceeded the limit ${MOST_BYTES}.`,
    );
  }
  const format = optionalText(fields, 'format') ?? 'SOURCE';
  switch (format) {
    case 'AUTO':
      return uploadedContents(path, bytes);
    case 'RAW':
      return { path, type: 'FILE', bytes };
    case 'SOURCE':
      return notebook(path, bytes, optionalText(fields, 'language'));
    default:
      throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace does not import the format ${format}.`);
  }
}

/** A plain upload: a `.py` file that begins with the notebook marker becomes a notebook without the extension. */
export function uploadedContents(path: string, bytes: Buffer): Contents {
  const isNotebook =
    path.endsWith('.py') && bytes.subarray(0, NOTEBOOK_MARKER.length).toString('utf8') === NOTEBOOK_MARKER;
  return isNotebook ? { path: path.slice(0, -'.py'.length), type: 'NOTEBOOK', bytes } : { path, type: 'FILE', bytes };
}

function notebook(path: string, bytes: Buffer, language: string | undefined): Contents {
  if (language === undefined) {
    throw invalid('The language is required for the format SOURCE.');
  }
  if (language !== 'PYTHON') {
    throw new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace holds Python notebooks only, not ${language}.`);
  }
  const marked = bytes.subarray(0, NOTEBOOK_MARKER.length).toString('utf8') === NOTEBOOK_MARKER;
  return {
    path,
    type: 'NOTEBOOK',
    bytes: marked ? bytes : Buffer.concat([Buffer.from(`${NOTEBOOK_MARKER}\n`), bytes]),
  };
}

/** Whether what is there may be replaced. */
export function mayOverwrite(fields: Fields): boolean {
  return flag(fields, 'overwrite');
}
