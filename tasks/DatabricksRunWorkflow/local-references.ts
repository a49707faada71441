import type { SubmitRequest } from '../../src/databricks/runs';

/** How a definition names a local file or folder. */
export type ReferenceKind = 'notebook' | 'python' | 'file' | 'folder' | 'library';

/** Gives what stands instead of a local path. */
export type Replace = (path: string, kind: ReferenceKind) => string;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The request with every local path replaced. Local is a relative path where the Jobs API wants a file: of notebooks, Python and SQL files,
 * dbt projects, libraries, init scripts; and of the dependencies of serverless environments one that begins with `./` or `../`, or `-r` and a
 * relative path. What has a scheme, is absolute, comes from git or is filled in at run time (`{{…}}`) stays.
 */
export function withLocalPaths(request: SubmitRequest, replace: Replace): SubmitRequest {
  const fromGit = request.git_source !== undefined;
  return {
    ...request,
    ...list(request, 'tasks', (task) => ofTask(task, fromGit, replace)),
    ...list(request, 'environments', (environment) => ofEnvironment(environment, replace)),
  };
}

function ofTask(task: Fields, fromGit: boolean, replace: Replace): Fields {
  const source = (part: Fields): Replace =>
    (part.source === undefined ? fromGit : part.source === 'GIT') ? (path) => path : replace;
  return {
    ...task,
    ...object(task, 'notebook_task', (notebook) => paths(notebook, ['notebook_path'], 'notebook', source(notebook))),
    ...object(task, 'spark_python_task', (script) => paths(script, ['python_file'], 'python', source(script))),
    ...object(task, 'sql_task', (sql) => ({
      ...sql,
      ...object(sql, 'file', (file) => paths(file, ['path'], 'file', source(file))),
    })),
    ...object(task, 'dbt_task', (dbt) =>
      paths(dbt, ['project_directory', 'profiles_directory'], 'folder', source(dbt)),
    ),
    ...object(task, 'for_each_task', (loop) => ({
      ...loop,
      ...object(loop, 'task', (inner) => ofTask(inner, fromGit, replace)),
    })),
    ...list(task, 'libraries', (library) => paths(library, ['whl', 'jar', 'requirements'], 'library', replace)),
    ...object(task, 'new_cluster', (cluster) => ofCluster(cluster, replace)),
  };
}

function ofCluster(cluster: Fields, replace: Replace): Fields {
  const ofScript = (script: Fields) =>
    object(script, 'workspace', (place) => paths(place, ['destination'], 'file', replace));
  return { ...cluster, ...list(cluster, 'init_scripts', (script) => ({ ...script, ...ofScript(script) })) };
}

function ofEnvironment(environment: Fields, replace: Replace): Fields {
  const dependency = (text: unknown) => (typeof text === 'string' ? ofDependency(text, replace) : text);
  const ofSpec = (spec: Fields) =>
    Object.fromEntries(
      ['dependencies', 'java_dependencies']
        .filter((name) => Array.isArray(spec[name]))
        .map((name) => [name, (spec[name] as readonly unknown[]).map(dependency)]),
    );
  return { ...environment, ...object(environment, 'spec', (spec) => ({ ...spec, ...ofSpec(spec) })) };
}

const REQUIREMENTS = /^(-r\s+|--requirement[\s=]+)(.+)$/;

function ofDependency(text: string, replace: Replace): string {
  const [, option = '', requirements = ''] = REQUIREMENTS.exec(text) ?? [];
  if (requirements !== '') {
    return isLocal(requirements) ? `${option}${replace(requirements, 'library')}` : text;
  }
  return /^\.{1,2}\//.test(text) ? replace(text, 'library') : text;
}

function paths(fields: Fields, names: readonly string[], kind: ReferenceKind, replace: Replace): Fields {
  const found = names.flatMap((name) => {
    const path = fields[name];
    return typeof path === 'string' && isLocal(path) ? [[name, replace(path, kind)] as const] : [];
  });
  return { ...fields, ...Object.fromEntries(found) };
}

/** A drive letter is no scheme: no workspace has one. */
function isLocal(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.startsWith('{{') && !/^[a-z][a-z0-9+.-]+:/i.test(path);
}

function object(fields: Fields, name: string, change: (value: Fields) => Fields): Fields {
  const value = fields[name];
  return isObject(value) ? { [name]: change(value) } : {};
}

function list(fields: Fields, name: string, change: (value: Fields) => Fields): Fields {
  const value = fields[name];
  return Array.isArray(value) ? { [name]: value.map((item) => (isObject(item) ? change(item) : item)) } : {};
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
