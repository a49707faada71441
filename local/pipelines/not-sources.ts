import { basename, resolve } from 'node:path';

const NOT_SOURCES = new Set(['.git', '.mlops', 'node_modules', '__pycache__', '.venv']);

/**
 * Whether something in a folder of sources belongs to them, and not to this machine: no environments of Python or Node.js, no state of ours.
 * @param leftOut absolute paths of what lies there for other reasons, such as the runs themselves
 */
export function isSource(path: string, leftOut: readonly string[]): boolean {
  return !NOT_SOURCES.has(basename(path)) && !leftOut.includes(resolve(path));
}
