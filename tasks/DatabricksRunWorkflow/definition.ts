import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { SubmitRequest } from '../../src/databricks/runs';
import { TaskError } from '../../src/errors';
import { formOf, invalidDefinition, parseDefinition } from './definition-text';

/** The definition of a one-time run, as it was read. */
export interface Definition {
  readonly request: SubmitRequest;
  /** Files and folders to bring along, as they are written in `sync.paths`; not a field of the Jobs API. */
  readonly syncPaths: readonly string[];
  /** Absolute folder in which its relative paths begin. */
  readonly folder: string;
  /** Folders of which it may name files. */
  readonly folders: readonly string[];
  /** Where it stands, for people: its file, or the input. */
  readonly source: string;
  /** True when it stands in the input itself. */
  readonly inline: boolean;
  /** As it is written. */
  readonly text: string;
}

/**
 * Reads the definition of a one-time run: YAML or JSON in the input, or the path of a file that holds it. It is a path when it is one line
 * without a key (`tasks: …`) and without a brace or bracket in front.
 * @param folders those of the sources and of the job; a relative path begins in the first
 * @throws TaskError DEFINITION_NOT_FOUND, DEFINITION_INVALID with line and column
 */
export async function readDefinition(input: string, folders: readonly string[]): Promise<Definition> {
  const [folder = ''] = folders;
  const inline = isText(input);
  const path = isAbsolute(input) ? input : resolve(folder, input);
  const source = inline ? "input 'definition'" : path;
  const text = inline ? input : contentOf(path);
  const value = await parseDefinition(text, source);
  const invalid = (detail: string) => invalidDefinition(source, formOf(text), detail);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('it is not an object');
  }
  const { sync, ...request } = value as SubmitRequest & { readonly sync?: unknown };
  const { tasks, idempotency_token } = request;
  if (!Array.isArray(tasks) || tasks.length === 0 || tasks.some((task) => typeof task?.task_key !== 'string')) {
    throw invalid("it needs 'tasks', a list in which each task has a 'task_key'");
  }
  if (idempotency_token !== undefined) {
    throw invalid("it must not hold 'idempotency_token': the step sets it (input 'idempotencyKey')");
  }
  return {
    request,
    syncPaths: syncPathsOf(sync, invalid),
    folder: inline ? folder : dirname(path),
    folders,
    source,
    inline,
    text,
  };
}

function syncPathsOf(sync: unknown, invalid: (detail: string) => TaskError): readonly string[] {
  const paths = sync === undefined ? [] : (sync as { readonly paths?: unknown } | null)?.paths;
  if (!Array.isArray(paths) || paths.some((path) => typeof path !== 'string' || path === '')) {
    throw invalid("'sync' needs 'paths', a list of local files and folders");
  }
  return paths;
}

/** YAML or JSON by its form: several lines, an object, a list, or a key with its value. The colon of a drive has no blank behind it. */
function isText(input: string): boolean {
  const text = input.trim();
  return text.includes('\n') || /^(---\s|[[{])/.test(text) || /^(["']?)[\w.-]+\1\s*:(\s|$)/.test(text);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? `there is no file ${path}` : `the file ${path} cannot be read (${code})`;
    throw new TaskError('DEFINITION_NOT_FOUND', `Input 'definition' was taken for a path, and ${problem}.`, {
      where: "It is one line with neither a line break nor 'key: value' nor a brace in front.",
      todo: 'Correct the path, or write the definition itself into the input as YAML or JSON.',
      cause: error,
    });
  }
}
