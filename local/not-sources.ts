import { basename, resolve } from 'node:path';

const NOT_SOURCES = new Set(['.git', '.mlops', '.databricks', 'node_modules', '__pycache__', '.pytest_cache', '.venv']);

/** Whether a file or folder of this name belongs to sources, and not to this machine: no environments of Python or Node.js, no caches, no state of ours. */
export function isSourceName(name: string): boolean {
  return !NOT_SOURCES.has(name);
}

/**
 * Whether something in a folder of sources belongs to them.
 * @param leftOut absolute paths of what lies there for other reasons, such as the runs themselves
 */
export function isSource(path: string, leftOut: readonly string[]): boolean {
  return isSourceName(basename(path)) && !leftOut.includes(resolve(path));
}
