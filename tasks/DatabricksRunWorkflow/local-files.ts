import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { counted } from '../../src/counted';
import type { SubmitRequest } from '../../src/databricks/runs';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { placeOutside, realPlace } from '../../src/workflow/local-place';
import type { Definition } from './definition';
import { type ReferenceKind, withLocalPaths } from './local-references';

/** A local file and its content. */
interface LocalFile {
  /** Below the folder that all have in common, parts joined by `/`. */
  readonly name: string;
  readonly content: Buffer;
  readonly sha256: string;
}

/** The local files that a definition needs in the workspace. */
export interface LocalFiles {
  /** The request with the places that the files get in the workspace. */
  readonly request: SubmitRequest;
  readonly files: readonly LocalFile[];
  /** Folder of the workspace, named by what is in it. */
  readonly folder: string;
}

/** Folders that are no part of a project's sources. */
const LEFT_OUT = new Set(['.git', '.venv', '__pycache__', 'node_modules', '.mlops', '.databricks', '.pytest_cache']);
/** Files are held in memory until they are in the workspace. */
const MOST_FILES = 10_000;
const MOST_BYTES = 200_000_000;
const NOTEBOOK = /\.(py|sql|scala|r|ipynb)$/i;
const NOTEBOOK_MARK = /^(#|--|\/\/) Databricks notebook source/;

/**
 * The local files of a definition: those that it names, and those of `sync.paths`. They keep their places to each other.
 * @param root absolute folder of the workspace below which they are to lie
 * @throws TaskError DEFINITION_FILE_OUTSIDE, DEFINITION_FILE_NOT_FOUND, DEFINITION_FILE_INVALID, DEFINITION_FILES_TOO_LARGE
 */
export function localFilesOf(definition: Definition, root: string): LocalFiles {
  const found = new Map<string, string>();
  const locate = (path: string, kind: ReferenceKind): string => {
    const key = `${kind} ${path}`;
    const place = found.get(key) ?? placeOf(path, kind, definition);
    found.set(key, place);
    return place;
  };
  withLocalPaths(definition.request, locate);
  const places = [...new Set([...found.values(), ...definition.syncPaths.map((path) => locate(path, 'folder'))])];
  const paths = [...new Set(places.flatMap((place) => filesBelow(place, definition)))].toSorted();
  refuseTooLarge(paths, definition);
  const common = commonFolder(paths, places);
  const nameOf = (path: string) => relative(common, path).split(sep).join('/');
  const files = paths.map((path) => fileOf(path, nameOf(path)));
  const digest = sha256(JSON.stringify(files.map((file) => [file.name, file.sha256])));
  const folder = `${root}/${digest.slice(0, 40)}`;
  const request = withLocalPaths(definition.request, (path, kind) => {
    const name = nameOf(locate(path, kind));
    const remote = name === '' ? folder : `${folder}/${name}`;
    return kind === 'notebook' ? remote.replace(NOTEBOOK, '') : remote;
  });
  return { request, files, folder };
}

/** True when the definition names local files at all. */
export function needsLocalFiles(definition: Definition): boolean {
  let count = definition.syncPaths.length;
  withLocalPaths(definition.request, (path) => {
    count += 1;
    return path;
  });
  return count > 0;
}

/**
 * Brings the files into the workspace, once: a folder whose list is there is complete, and its name says what is in it.
 * @returns false when they were there
 */
export async function uploadFiles({ files, folder }: LocalFiles, workspace: WorkspaceClient): Promise<boolean> {
  const { workspaceFiles } = workspace;
  const list = `${folder}.json`;
  if ((await workspaceFiles.status(list)) !== undefined) {
    return false;
  }
  const folders = new Set(files.map(({ name }) => dirname(`${folder}/${name}`)));
  for (const path of [...folders].toSorted()) {
    await workspaceFiles.mkdirs(path);
  }
  for (const { name, content } of files) {
    await workspaceFiles.write(`${folder}/${name}`, content);
  }
  const content = files.map(({ name, sha256: digest }) => ({ name, sha256: digest }));
  await workspaceFiles.write(list, Buffer.from(JSON.stringify(content)));
  return true;
}

/** Absolute place of a local path. `*` in the name of a library stands for the one file that matches. */
function placeOf(path: string, kind: ReferenceKind, { folder, folders, source }: Definition): string {
  const place = resolve(folder, path);
  refuseOutside(place, folders, source);
  if (kind === 'library' && basename(place).includes('*')) {
    return theOneMatch(place, source);
  }
  if (kind === 'notebook' && !isFile(place)) {
    const named = ['.py', '.ipynb', '.sql', '.scala', '.r', '.R'].map((end) => `${place}${end}`).find(isFile);
    return named ?? missing(place, source);
  }
  if (!existsSync(place)) {
    return missing(place, source);
  }
  if (kind !== 'folder' && !isFile(place)) {
    throw new TaskError('DEFINITION_FILE_INVALID', `${place} is no file.`, {
      where: `It is named in ${source}.`,
      todo: 'Name the file itself: links are not followed, and folders are brought along by sync.paths.',
    });
  }
  if (kind === 'notebook' || kind === 'python') {
    refuseOtherKind(place, kind, source);
  }
  return place;
}

/** A definition may come from whoever opens a pull request, and what it uploads is read by the code that it runs. */
function refuseOutside(place: string, folders: readonly string[], source: string): void {
  const outside = placeOutside(place, folders);
  // The agent may keep the credentials of the checkout there.
  if (outside !== undefined || realPlace(place).split(sep).includes('.git')) {
    throw new TaskError('DEFINITION_FILE_OUTSIDE', `${place} is not uploaded.`, {
      where: `It is named in ${source} and leads to ${outside ?? 'a folder of git'}; files of ${folders.join(' and ')} are brought along only.`,
      todo: 'Put the file into the folder of the sources or of the job.',
    });
  }
}

function isFile(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
}

function theOneMatch(place: string, source: string): string {
  const pattern = basename(place)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const folder = dirname(place);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => new RegExp(`^${pattern}$`).test(name)) : [];
  const [only] = names;
  if (only === undefined || names.length > 1) {
    const there = names.length === 0 ? 'none does' : `these do: ${names.toSorted().join(', ')}`;
    throw new TaskError('DEFINITION_FILE_NOT_FOUND', `One file must match ${place}, but ${there}.`, {
      where: `It is named in ${source}.`,
      todo: 'Build it before this step into an empty folder, or name the file.',
    });
  }
  return join(folder, only);
}

/** The workspace turns a marked source into a notebook, which runs as no script, and the other way round. */
function refuseOtherKind(place: string, kind: 'notebook' | 'python', source: string): void {
  const isNotebook = /\.ipynb$/i.test(place) || NOTEBOOK_MARK.test(readFileSync(place, 'utf8'));
  if (isNotebook === (kind === 'notebook')) {
    return;
  }
  const [what, todo] =
    kind === 'notebook'
      ? ['is no notebook', "Begin the file with the line '# Databricks notebook source', or use spark_python_task."]
      : ['is a notebook', "Use notebook_task, or remove the line '# Databricks notebook source'."];
  throw new TaskError('DEFINITION_FILE_INVALID', `The file ${place} ${what}.`, {
    where: `It is named in ${source}.`,
    todo,
  });
}

function missing(place: string, source: string): never {
  throw new TaskError('DEFINITION_FILE_NOT_FOUND', `There is no file or folder ${place}.`, {
    where: `It is named in ${source}; relative paths begin in the folder of the definition's file.`,
    todo: 'Correct the path. What is in the workspace already has an absolute path.',
  });
}

function filesBelow(place: string, definition: Definition): string[] {
  const kind = lstatSync(place);
  if (kind.isFile()) {
    return [place];
  }
  if (!kind.isDirectory()) {
    throw new TaskError('DEFINITION_FILE_INVALID', `${place} is neither a file nor a folder.`, {
      where: `It is needed by ${definition.source}.`,
      todo: 'Put the file itself there: links are not followed.',
    });
  }
  return readdirSync(place)
    .filter((name) => !LEFT_OUT.has(name))
    .flatMap((name) => filesBelow(join(place, name), definition));
}

function refuseTooLarge(paths: readonly string[], { source }: Definition): void {
  const bytes = paths.reduce((sum, path) => sum + lstatSync(path).size, 0);
  if (paths.length > MOST_FILES || bytes > MOST_BYTES) {
    throw new TaskError(
      'DEFINITION_FILES_TOO_LARGE',
      `The local files of the one-time run are too large to be brought along.`,
      {
        where: `These are ${counted(paths.length, 'file')} with ${counted(bytes, 'byte')}, named in ${source}; at most ${MOST_FILES} with ${MOST_BYTES} are taken.`,
        todo: "Name only the sources in 'sync.paths', and put data into a volume.",
      },
    );
  }
}

function commonFolder(paths: readonly string[], places: readonly string[]): string {
  const parts = [...paths.map(dirname), ...places.filter((place) => lstatSync(place).isDirectory())].map((path) =>
    path.split(sep),
  );
  const first = parts[0] ?? [];
  const differs = first.findIndex((part, index) => parts.some((other) => other[index] !== part));
  return (differs < 0 ? first : first.slice(0, differs)).join(sep) || sep;
}

function fileOf(path: string, name: string): LocalFile {
  const content = readFileSync(path);
  return { name, content, sha256: sha256(content) };
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
