import { buffer } from 'node:stream/consumers';
import { integerId } from '../../../src/json';
import { ApiError, type Call, type Reply, type Service, type Workspace } from '../api';
import { flag, invalid, optionalText, queryFields, requiredText } from '../fields';
import { listMembers } from '../identity/directory';
import { administrator } from '../identity/principals';
import { unlessEmpty } from '../paging';
import { type Contents, importedContents, mayOverwrite, uploadedContents } from './contents';
import { exported, notebookKind } from './exported';
import { multipartFields } from './multipart';
import { ObjectPaths } from './object-paths';
import { missing, type WorkspaceObject, WorkspaceObjects } from './objects';
import { canonicalPath } from './paths';
import { treePermissionOperations } from './permissions';

const prefix = '/api/2.0/workspace';

/** The tree of folders, notebooks and files, as real files under the workspace's folder. */
export function createWorkspaceFiles(workspace: Workspace): Service {
  const objects = new WorkspaceObjects(workspace);
  return {
    operations: [
      { method: 'POST', path: `${prefix}/mkdirs`, handle: (call) => makeFolder(objects, call) },
      {
        method: 'POST',
        path: `${prefix}/import`,
        note: 'formats AUTO, SOURCE (Python, SQL), JUPYTER, RAW; JSON or multipart',
        lacks: 'DBC, HTML and R_MARKDOWN; SOURCE in Scala and R',
        handle: (call) => importObject(objects, call),
      },
      {
        method: 'GET',
        path: `${prefix}/export`,
        note: 'formats AUTO, SOURCE, JUPYTER, HTML and RAW, also direct_download',
        lacks: 'DBC and R_MARKDOWN; folders; results of cells in the notebooks that it converts',
        handle: (call) => exportObject(objects, call),
      },
      { method: 'GET', path: `${prefix}/get-status`, handle: (call) => getStatus(objects, call) },
      { method: 'GET', path: `${prefix}/list`, handle: (call) => list(objects, call) },
      { method: 'POST', path: `${prefix}/delete`, handle: (call) => remove(objects, call) },
      {
        method: 'POST',
        path: '/api/2.0/workspace-files/import-file/*path',
        note: 'a marked .py or .sql and an .ipynb become notebooks; overwrite=false conflicts when the file exists, also between writers at the same time',
        handle: (call) => importFile(objects, call),
      },
      ...treePermissionOperations(workspace, objects),
    ],
    start: async () => {
      for (const { userName } of [administrator(), ...listMembers(workspace.metastore)]) {
        await objects.makeFolder(`/Users/${userName}`);
      }
      await objects.makeFolder('/Shared');
    },
  };
}

async function makeFolder(objects: WorkspaceObjects, call: Call): Promise<Reply> {
  await objects.makeFolder(canonicalPath(requiredText(await call.json(), 'path')));
  return {};
}

async function importObject(objects: WorkspaceObjects, call: Call): Promise<Reply> {
  const contentType = call.headers['content-type'] ?? '';
  const fields = contentType.startsWith('multipart/')
    ? await multipartFields(contentType, await call.bytes())
    : await call.json();
  const contents = importedContents(fields);
  if (!(await put(objects, contents, mayOverwrite(fields)))) {
    throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Path (${requiredText(fields, 'path')}) already exists.`);
  }
  return {};
}

async function importFile(objects: WorkspaceObjects, call: Call): Promise<Reply> {
  const given = `/${call.params.path ?? ''}`;
  const contents = uploadedContents(canonicalPath(given), await call.bytes());
  if (!(await put(objects, contents, mayOverwrite(queryFields(call.query))))) {
    throw contents.object.type === 'NOTEBOOK' ? notebookExists(given, contents) : fileExists(given);
  }
  return {};
}

function fileExists(given: string): ApiError {
  return new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `File already exists at (${given}).`);
}

/** The Databricks CLI knows this case by status and text, which names the notebook without its extension. */
function notebookExists(given: string, { path: canonical }: Contents): ApiError {
  return new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Path (${rootOf(given)}${canonical}) already exists.`);
}

function put(objects: WorkspaceObjects, contents: Contents, overwrite: boolean): Promise<boolean> {
  if (contents.path === '/') {
    throw invalid('The root folder cannot be replaced.');
  }
  return objects.write(contents.path, contents.object, contents.bytes, overwrite);
}

async function exportObject(objects: WorkspaceObjects, call: Call): Promise<Reply> {
  const fields = queryFields(call.query);
  const object = await objects.get(requiredText(fields, 'path'));
  const format = optionalText(fields, 'format') ?? 'SOURCE';
  const { content, fileType } = await exported(object, objects.disk(object), format);
  if (flag(fields, 'direct_download')) {
    return { headers: { 'content-type': 'application/octet-stream' }, body: content };
  }
  const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
  return { json: { content: bytes.toString('base64'), file_type: fileType } };
}

async function getStatus(objects: WorkspaceObjects, call: Call): Promise<Reply> {
  const fields = queryFields(call.query);
  const given = requiredText(fields, 'path');
  const object = await objects.get(given);
  const isAsked = object.type === 'NOTEBOOK' && flag(fields, 'return_export_info');
  const form = isAsked ? { repos_export_format: notebookKind(object).format } : {};
  return { json: { ...onWire(call, object, given), ...form } };
}

async function list(objects: WorkspaceObjects, call: Call): Promise<Reply> {
  const given = requiredText(queryFields(call.query), 'path');
  const object = await objects.get(given);
  if (object.type !== 'DIRECTORY') {
    return { json: { objects: [onWire(call, object, given)] } };
  }
  const children = await objects.children(object);
  return { json: { objects: unlessEmpty(children.map((child) => onWire(call, child, given))) } };
}

async function remove(objects: WorkspaceObjects, call: Call): Promise<Reply> {
  const fields = await call.json();
  const given = requiredText(fields, 'path');
  const object = await objects.find(canonicalPath(given));
  if (object === undefined) {
    throw missing(given);
  }
  if (object.path === '/') {
    throw invalid('The root folder cannot be deleted.');
  }
  const full = object.type === 'DIRECTORY' && (await objects.children(object)).length > 0;
  if (full && !flag(fields, 'recursive')) {
    throw new ApiError(400, 'DIRECTORY_NOT_EMPTY', `Folder (${given}) is not empty.`);
  }
  await objects.remove(object);
  return {};
}

/** @param asked how the client wrote the path: who asks below `/Workspace` gets paths below it */
function onWire({ workspace }: Call, object: WorkspaceObject, asked: string): Record<string, unknown> {
  new ObjectPaths(workspace).note(object);
  const root = rootOf(asked);
  return {
    object_id: integerId(object.objectId),
    object_type: object.type,
    path: root + object.path,
    ...(object.type === 'NOTEBOOK' ? { language: notebookKind(object).language } : {}),
    ...(object.type === 'DIRECTORY' ? {} : { size: object.size }),
    created_at: object.createdAt,
    modified_at: object.modifiedAt,
    resource_id: object.objectId,
  };
}

function rootOf(asked: string): '/Workspace' | '' {
  return /^\/+Workspace(\/|$)/.test(asked) ? '/Workspace' : '';
}
