import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiError, type Workspace } from '../api';
import { numericId } from '../identity/principals';
import { LONGEST_MARKER_BYTES, type NotebookKind } from '../notebooks/notebook-file';
import { sourceLanguage } from '../notebooks/source-format';
import { TreePermissions } from '../permissions/tree-permissions';
import { publishOnce } from '../publish-once';
import { canonicalPath, diskPath, filesFolder } from './paths';

export type ObjectType = 'NOTEBOOK' | 'FILE' | 'DIRECTORY';

/** What is remembered of an object besides its contents on disk. */
interface ObjectRecord {
  readonly type: ObjectType;
  /** Of a notebook; absent: Python in source form. */
  readonly notebook?: NotebookKind;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What is put at a path: a file, or a notebook of some kind. */
export type NewObject = { readonly type: 'FILE' } | { readonly type: 'NOTEBOOK'; readonly notebook: NotebookKind };

/** An object of the workspace tree. */
export interface WorkspaceObject extends ObjectRecord {
  /** Canonical path. */
  readonly path: string;
  readonly objectId: string;
  readonly size: number;
  readonly modifiedAt: number;
}

/** The tree of folders, notebooks and files of one workspace, kept as real files. */
export class WorkspaceObjects {
  readonly #records;

  constructor(private readonly workspace: Workspace) {
    this.#records = workspace.store.collection<ObjectRecord>('workspace-objects');
  }

  /** @returns `undefined` when there is nothing at the canonical path */
  async find(canonical: string): Promise<WorkspaceObject | undefined> {
    const disk = diskPath(this.workspace, canonical);
    const found = await ifThere(() => lstat(disk));
    if (found === undefined || !(found.isFile() || found.isDirectory()) || (await this.#leadsOut(canonical))) {
      return undefined;
    }
    const record = this.#records.get(canonical);
    const object = found.isDirectory() ? { type: 'DIRECTORY' as const } : (record ?? (await sniffed(disk)));
    return {
      ...object,
      path: canonical,
      objectId: this.idOf(canonical),
      createdAt: record?.createdAt ?? Math.trunc(found.birthtimeMs),
      modifiedAt: Math.trunc(found.mtimeMs),
      size: found.isDirectory() ? 0 : found.size,
    };
  }

  /** The id of whatever is at the canonical path. */
  idOf(canonical: string): string {
    return numericId(`${this.workspace.id}:${canonical}`);
  }

  /** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST with the path as the client wrote it */
  async get(given: string): Promise<WorkspaceObject> {
    const found = await this.find(canonicalPath(given));
    if (found === undefined) {
      throw missing(given);
    }
    return found;
  }

  async children(folder: WorkspaceObject): Promise<readonly WorkspaceObject[]> {
    const names = (await readdir(diskPath(this.workspace, folder.path))).sort();
    const prefix = folder.path === '/' ? '' : folder.path;
    const found = await Promise.all(names.map((name) => this.find(`${prefix}/${name}`)));
    return found.filter((object) => object !== undefined);
  }

  /**
   * Makes a folder and its parents.
   * @throws ApiError 400 RESOURCE_ALREADY_EXISTS when a file is in the way
   */
  async makeFolder(canonical: string): Promise<void> {
    await this.#refuseLinks(canonical);
    try {
      await mkdir(diskPath(this.workspace, canonical), { recursive: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' || code === 'ENOTDIR') {
        throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `A file is in the way of the folder (${canonical}).`);
      }
      throw error;
    }
  }

  /**
   * Puts contents at a path in one step: nobody sees half of it, and of two writers without `overwrite` exactly one succeeds.
   * @returns false when something is there and `overwrite` is false
   * @throws ApiError 404 when the parent folder is missing, 400 when a folder is at the path
   */
  async write(canonical: string, object: NewObject, bytes: Buffer, overwrite: boolean): Promise<boolean> {
    await this.#refuseLinks(canonical);
    const target = diskPath(this.workspace, canonical);
    const staged = path.join(await this.#staging(), randomUUID());
    try {
      await writeFile(staged, bytes);
      await (overwrite ? rename(staged, target) : publishOnce(staged, target));
    } catch (error) {
      return writeFailure(error, canonical, overwrite);
    } finally {
      await rm(staged, { force: true });
    }
    const createdAt = this.#records.get(canonical)?.createdAt ?? this.workspace.clock.now();
    this.#records.put(canonical, { ...object, createdAt });
    return true;
  }

  /** Removes an object and all below it. */
  async remove(object: WorkspaceObject): Promise<void> {
    await rm(diskPath(this.workspace, object.path), { recursive: true, force: true });
    this.#records.remove(object.path);
    new TreePermissions(this.workspace).forget(object.path);
    for (const [below] of this.#records.entries(`${object.path}/`)) {
      this.#records.remove(below);
    }
  }

  disk(object: WorkspaceObject): string {
    return diskPath(this.workspace, object.path);
  }

  /** Whether a symbolic link lies on the way: one that a job made could lead anywhere, so it is not part of the tree. */
  async #leadsOut(canonical: string): Promise<boolean> {
    let folder = filesFolder(this.workspace);
    for (const name of canonical.split('/').filter((segment) => segment !== '')) {
      folder = path.join(folder, name);
      const found = await ifThere(() => lstat(folder));
      if (found === undefined || found.isSymbolicLink()) {
        return found !== undefined;
      }
    }
    return false;
  }

  async #refuseLinks(canonical: string): Promise<void> {
    if (await this.#leadsOut(canonical)) {
      throw new ApiError(403, 'PERMISSION_DENIED', `The path (${canonical}) goes through a symbolic link.`);
    }
  }

  /** A folder on the same file system as the tree, so that renames into the tree are one step. */
  async #staging(): Promise<string> {
    const folder = path.join(path.dirname(filesFolder(this.workspace)), 'staging');
    await mkdir(folder, { recursive: true });
    return folder;
  }
}

/** @param given the path as the client wrote it */
export function missing(given: string): ApiError {
  return new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Path (${given}) doesn't exist.`);
}

function writeFailure(error: unknown, canonical: string, overwrite: boolean): false {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' && !overwrite) {
    return false;
  }
  if (code === 'EISDIR' || code === 'EEXIST' || code === 'ENOTEMPTY') {
    throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `A folder is at the path (${canonical}).`);
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const parent = path.posix.dirname(canonical);
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `The parent folder (${parent}) does not exist.`);
  }
  throw error;
}

/** Files that were put on disk by other hands: a notebook is what has no extension and begins with the marker. */
async function sniffed(disk: string): Promise<NewObject> {
  if (path.extname(disk) !== '') {
    return { type: 'FILE' };
  }
  const file = await open(disk);
  try {
    const head = Buffer.alloc(LONGEST_MARKER_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const language = sourceLanguage(head.toString('utf8', 0, bytesRead));
    return language === undefined ? { type: 'FILE' } : { type: 'NOTEBOOK', notebook: { format: 'SOURCE', language } };
  } finally {
    await file.close();
  }
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') {
      return undefined;
    }
    throw error;
  }
}
