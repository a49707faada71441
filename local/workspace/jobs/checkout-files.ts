import { existsSync } from 'node:fs';
import path from 'node:path';
import { NOTEBOOK_EXTENSIONS } from '../notebooks/notebook-file';
import { fileBelow, TaskStartError } from './task-files';

/** Notebooks that Databricks would find, and the local workspace does not run. */
const OTHER_NOTEBOOKS = ['.scala', '.r', '.R'];

/**
 * A file that a task takes from its Git source, by a path from the root of the repository.
 * @param what the setting that names it, for the message
 * @throws TaskStartError when it is absolute, missing or outside of the repository
 */
export function fileInCheckout(checkout: string, name: string, what: string): Promise<string> {
  return fileBelow(checkout, path.join(checkout, relativePath(name, what)), `${what} '${name}' of the Git repository`);
}

/**
 * A notebook that a task takes from its Git source; as in the service the path has no extension.
 * @throws TaskStartError as {@link fileInCheckout}, also for a path with the extension and for notebooks in Scala and R
 */
export function notebookInCheckout(checkout: string, name: string): Promise<string> {
  const wanted = relativePath(name, 'notebook_path');
  const named = (extension: string) => existsSync(path.join(checkout, `${wanted}${extension}`));
  const extension = NOTEBOOK_EXTENSIONS.find(named);
  if (extension === undefined && OTHER_NOTEBOOKS.some(named)) {
    throw new TaskStartError(`The notebook_path '${name}' is not in Python or SQL; only Databricks runs it.`);
  }
  const own = path.extname(wanted);
  if (extension === undefined && NOTEBOOK_EXTENSIONS.some((known) => known === own) && named('')) {
    throw new TaskStartError(
      `The notebook_path '${name}' has an extension. Of a Git source it is named without: '${wanted.slice(0, -own.length)}'.`,
    );
  }
  return fileInCheckout(checkout, `${wanted}${extension ?? ''}`, 'notebook_path');
}

function relativePath(name: string, what: string): string {
  if (name.startsWith('/')) {
    throw new TaskStartError(
      `The ${what} '${name}' must be relative to the root of the Git repository. For a file of the workspace give the task the source WORKSPACE.`,
    );
  }
  return name;
}
