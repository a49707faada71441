import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { SubmitRequest } from '../../src/databricks/runs';
import { TaskError } from '../../src/errors';
import { invalidDefinition, parseDefinition } from './definition-text';

/** The definition of a one-time run, as it was read. */
export interface Definition {
  readonly request: SubmitRequest;
  /** Files and folders to bring along, as they are written in `sync.paths`; not a field of the Jobs API. */
  readonly syncPaths: readonly string[];
  /** Absolute folder in which its relative paths begin. */
  readonly folder: string;
  /** Where it stands, for people. */
  readonly source: string;
}

/**
 * Reads the definition of a one-time run: YAML or JSON in the input, or the path of a file that holds it. One line that does not begin with
 * a brace is a path.
 * @param folder where a relative path begins
 * @throws TaskError DEFINITION_NOT_FOUND, DEFINITION_INVALID with line and column
 */
export async function readDefinition(input: string, folder: string): Promise<Definition> {
  const inline = input.trimStart().startsWith('{') || input.trim().includes('\n');
  const path = isAbsolute(input) ? input : resolve(folder, input);
  const source = inline ? "input 'definition'" : path;
  const value = await parseDefinition(inline ? input : contentOf(path), source);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidDefinition(source, 'it is not an object');
  }
  const { sync, ...request } = value as SubmitRequest & { readonly sync?: unknown };
  const { tasks, idempotency_token } = request;
  if (!Array.isArray(tasks) || tasks.length === 0 || tasks.some((task) => typeof task?.task_key !== 'string')) {
    throw invalidDefinition(source, "it needs 'tasks', a list in which each task has a 'task_key'");
  }
  if (idempotency_token !== undefined) {
    throw invalidDefinition(source, "it must not hold 'idempotency_token': the step sets it (input 'idempotencyKey')");
  }
  return { request, syncPaths: syncPathsOf(sync, source), folder: inline ? folder : dirname(path), source };
}

function syncPathsOf(sync: unknown, source: string): readonly string[] {
  const paths = sync === undefined ? [] : (sync as { readonly paths?: unknown } | null)?.paths;
  if (!Array.isArray(paths) || paths.some((path) => typeof path !== 'string' || path === '')) {
    throw invalidDefinition(source, "'sync' needs 'paths', a list of local files and folders");
  }
  return paths;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TaskError(
      'DEFINITION_NOT_FOUND',
      "Input 'definition' is neither YAML or JSON of several lines, nor a JSON object, nor a file that can be read.",
      {
        where: `As a path it is ${path} (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
        todo: 'Write the definition into the input, or give the path of a file that holds it.',
        cause: error,
      },
    );
  }
}
