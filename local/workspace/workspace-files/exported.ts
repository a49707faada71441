import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { ApiError } from '../api';
import { invalid } from '../fields';
import { writeJupyter } from '../notebooks/jupyter-format';
import type { NotebookFormat } from '../notebooks/notebook';
import { type NotebookKind, readNotebook } from '../notebooks/notebook-file';
import { notebookPage } from '../notebooks/notebook-page';
import { writeSource } from '../notebooks/source-format';
import { refusedFormat } from './contents';
import type { WorkspaceObject } from './objects';

/** What `workspace/export` gives of an object. */
interface Exported {
  /** Extension of the file, without a dot. */
  readonly fileType: string;
  readonly content: Buffer | Readable;
}

/**
 * An object in one of the formats of `workspace/export`. A notebook goes out in any form, whatever the one that it came in; AUTO is the one
 * that it came in [U].
 * @param disk where its contents are on this machine
 * @throws ApiError 501 for folders and for formats that the local workspace does not write, 400 for formats that the object cannot have
 */
export async function exported(object: WorkspaceObject, disk: string, format: string): Promise<Exported> {
  if (object.type === 'DIRECTORY') {
    throw new ApiError(501, 'NOT_IMPLEMENTED', 'The local workspace does not export folders: export their objects.');
  }
  const kept = format === 'AUTO' || format === 'RAW';
  if (object.type === 'FILE') {
    if (!kept && format !== 'SOURCE') {
      throw invalid(`${object.path} is a file and no notebook: it cannot be exported as ${format}.`);
    }
    return { fileType: path.extname(object.path).slice(1), content: createReadStream(disk) };
  }
  const kind = notebookKind(object);
  if (format === 'HTML') {
    const notebook = readNotebook(await readFile(disk, 'utf8'));
    return { fileType: 'html', content: Buffer.from(notebookPage(nameOf(object), notebook).text) };
  }
  if (!kept && format !== 'SOURCE' && format !== 'JUPYTER') {
    throw refusedFormat(format, 'export');
  }
  const wanted: NotebookFormat = kept ? kind.format : (format as NotebookFormat);
  return {
    fileType: wanted === 'JUPYTER' ? 'ipynb' : kind.language === 'PYTHON' ? 'py' : 'sql',
    content:
      wanted === kind.format
        ? createReadStream(disk)
        : Buffer.from(converted(await readFile(disk, 'utf8'), wanted, nameOf(object))),
  };
}

/** Form and language of a notebook; those of a data folder from before others were held are Python in source form. */
export function notebookKind({ notebook }: Pick<WorkspaceObject, 'notebook'>): NotebookKind {
  return notebook ?? { format: 'SOURCE', language: 'PYTHON' };
}

function converted(text: string, format: NotebookFormat, name: string): string {
  const notebook = readNotebook(text);
  return format === 'JUPYTER' ? writeJupyter(notebook, name) : writeSource(notebook);
}

function nameOf({ path: full }: WorkspaceObject): string {
  return path.posix.basename(full);
}
