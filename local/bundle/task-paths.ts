import { posix } from 'node:path';
import { type Fields, fieldListAt, fieldsAt, isFields } from './fields';

/** Where the relative paths of a job lead. */
export interface PathPlace {
  /** Folder of the file that names them, from the bundle's folder. */
  readonly folder: string;
  /** Where the bundle's files lie in the workspace. */
  readonly root: string;
  /** Told each path from the bundle's folder that has to be a file of it, and where it is named. */
  readonly named: (path: string, where: string) => void;
}

const NOTEBOOK_FILE = /\.(py|sql|scala|r|ipynb)$/i;

/** A job whose relative paths have become paths of the workspace; paths in a Git repository stay. */
export function withWorkspacePaths(job: Fields, where: string, place: PathPlace): Fields {
  const fromGit = job.git_source !== undefined;
  return {
    ...job,
    ...(job.tasks === undefined
      ? {}
      : {
          tasks: fieldListAt(job, 'tasks').map((task, index) =>
            withTaskPaths(task, `${where}.tasks[${index}]`, fromGit, place),
          ),
        }),
    ...(job.environments === undefined
      ? {}
      : { environments: fieldListAt(job, 'environments').map((environment) => withDependencies(environment, place)) }),
  };
}

function withTaskPaths(task: Fields, where: string, fromGit: boolean, place: PathPlace): Fields {
  const changed: Record<string, unknown> = {};
  const file = (type: string, field: string, at: Fields, isNotebook = false): Fields => {
    const path = at[field];
    const source = at.source ?? (fromGit && type !== 'spark_python_task' ? 'GIT' : 'WORKSPACE');
    if (typeof path !== 'string' || source === 'GIT' || !isRelative(path)) {
      return at;
    }
    place.named(posix.join(place.folder, path), `${where}.${type}`);
    const absolute = posix.join(place.root, place.folder, path);
    return { ...at, [field]: isNotebook ? absolute.replace(NOTEBOOK_FILE, '') : absolute };
  };
  if (isFields(task.spark_python_task)) {
    changed.spark_python_task = file('spark_python_task', 'python_file', task.spark_python_task);
  }
  if (isFields(task.notebook_task)) {
    changed.notebook_task = file('notebook_task', 'notebook_path', task.notebook_task, true);
  }
  if (isFields(task.sql_task) && isFields(task.sql_task.file)) {
    changed.sql_task = { ...task.sql_task, file: file('sql_task.file', 'path', task.sql_task.file) };
  }
  if (isFields(task.for_each_task) && isFields(task.for_each_task.task)) {
    const nested = withTaskPaths(task.for_each_task.task, `${where}.for_each_task.task`, fromGit, place);
    changed.for_each_task = { ...task.for_each_task, task: nested };
  }
  if (Array.isArray(task.libraries)) {
    changed.libraries = fieldListAt(task, 'libraries').map((library) =>
      Object.fromEntries(
        Object.entries(library).map(([kind, value]) => [
          kind,
          typeof value === 'string' ? dependencyPath(value, place) : value,
        ]),
      ),
    );
  }
  return { ...task, ...changed };
}

function withDependencies(environment: Fields, place: PathPlace): Fields {
  const spec = fieldsAt(environment, 'spec');
  return Array.isArray(spec.dependencies)
    ? {
        ...environment,
        spec: { ...spec, dependencies: spec.dependencies.map((line) => dependencyPath(String(line), place)) },
      }
    : environment;
}

/** A requirement that names a file by `./` or `../`, alone or after `-r`. */
function dependencyPath(line: string, { folder, root }: PathPlace): string {
  return line.replace(
    /^(-r\s*)?(\.{1,2}\/\S+)$/,
    (_, option: string | undefined, path: string) => `${option ?? ''}${posix.join(root, folder, path)}`,
  );
}

/** Neither of the workspace, nor of a store such as `dbfs:/`, nor of a value that only the run knows. */
function isRelative(path: string): boolean {
  return !/^(?:\/|[a-z][\w+.-]*:|\{\{|\$\{)/i.test(path);
}
