import { ApiError } from '../api';
import { type Fields, flag, invalid, optionalText, requiredText } from '../fields';
import { readJupyter } from '../notebooks/jupyter-format';
import { NotebookFailure } from '../notebooks/notebook';
import { LONGEST_MARKER_BYTES, uploadedKind } from '../notebooks/notebook-file';
import { sourceLanguage, sourceMarker } from '../notebooks/source-format';
import type { NewObject } from './objects';
import { canonicalPath } from './paths';

const MOST_BYTES = 10 * 1024 * 1024;

/** What an upload puts where. */
export interface Contents {
  /** Canonical path; a notebook's has lost its extension. */
  readonly path: string;
  readonly object: NewObject;
  readonly bytes: Buffer;
}

/** Why the local workspace takes or gives no notebook in these formats of the service. */
const OTHER_FORMATS: ReadonlyMap<string, string> = new Map([
  ['DBC', 'an archive of Databricks; move each notebook as SOURCE or JUPYTER'],
  ['HTML', 'a page that only Databricks can turn into a notebook again; move the notebook as SOURCE or JUPYTER'],
  ['R_MARKDOWN', 'a notebook in R; the local workspace holds Python and SQL'],
]);

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
      return { path, object: { type: 'FILE' }, bytes };
    case 'SOURCE':
      return sourceNotebook(path, bytes, optionalText(fields, 'language'));
    case 'JUPYTER':
      return jupyterNotebook(path, bytes);
    default:
      throw refusedFormat(format, 'import');
  }
}

/** A plain upload: what is a notebook by name and contents becomes one, without the extension. @throws ApiError 400 for an `.ipynb` that is none */
export function uploadedContents(path: string, bytes: Buffer): Contents {
  const notebook = orRefused(path, () => uploadedKind(path, bytes));
  return notebook === undefined
    ? { path, object: { type: 'FILE' }, bytes }
    : { path: path.slice(0, path.lastIndexOf('.')), object: { type: 'NOTEBOOK', notebook }, bytes };
}

/** 501 for a format that the service knows, 400 for what is none. */
export function refusedFormat(format: string, verb: 'import' | 'export'): ApiError {
  const what = OTHER_FORMATS.get(format);
  return what === undefined
    ? invalid(`There is no format '${format}'; formats are AUTO, SOURCE, JUPYTER and RAW.`)
    : new ApiError(501, 'NOT_IMPLEMENTED', `The local workspace does not ${verb} the format ${format}: ${what}.`);
}

function jupyterNotebook(path: string, bytes: Buffer): Contents {
  const { language } = orRefused(path, () => readJupyter(bytes.toString('utf8')));
  return { path, object: { type: 'NOTEBOOK', notebook: { format: 'JUPYTER', language } }, bytes };
}

function sourceNotebook(path: string, bytes: Buffer, language: string | undefined): Contents {
  if (language === undefined) {
    throw invalid('The language is required for the format SOURCE.');
  }
  if (language === 'SCALA' || language === 'R') {
    throw new ApiError(
      501,
      'NOT_IMPLEMENTED',
      `The local workspace holds notebooks in Python and SQL, not in ${language}: nothing here could run it.`,
    );
  }
  if (language !== 'PYTHON' && language !== 'SQL') {
    throw invalid(`There is no language '${language}'; languages are PYTHON, SQL, SCALA and R.`);
  }
  const marked = sourceLanguage(bytes.subarray(0, LONGEST_MARKER_BYTES).toString('utf8')) === language;
  return {
    path,
    object: { type: 'NOTEBOOK', notebook: { format: 'SOURCE', language } },
    bytes: marked ? bytes : Buffer.concat([Buffer.from(`${sourceMarker(language)}\n`), bytes]),
  };
}

/** The status codes and words of the service for such files are [U]. */
function orRefused<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotebookFailure) {
      const message = `${path} cannot be imported. ${error.message}`;
      throw error.unsupported ? new ApiError(501, 'NOT_IMPLEMENTED', message) : invalid(message);
    }
    throw error;
  }
}

/** Whether what is there may be replaced. */
export function mayOverwrite(fields: Fields): boolean {
  return flag(fields, 'overwrite');
}
