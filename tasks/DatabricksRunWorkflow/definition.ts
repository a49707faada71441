import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { SubmitRequest } from '../../src/databricks/runs';
import { TaskError } from '../../src/errors';
import { parseJson } from '../../src/json';

/**
 * Reads the definition of a one-time run: JSON in the input, or the path of a JSON file.
 * @param folder where a relative path begins
 * @throws TaskError DEFINITION_NOT_FOUND, DEFINITION_INVALID with line and column
 */
export function readDefinition(input: string, folder: string): SubmitRequest {
  const inline = input.trimStart().startsWith('{');
  const path = isAbsolute(input) ? input : resolve(folder, input);
  const text = inline ? input : contentOf(path);
  const source = inline ? "input 'definition'" : path;
  const definition = parsed(text, source);
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    throw invalid(source, 'it is not a JSON object');
  }
  const { tasks, idempotency_token } = definition as SubmitRequest;
  if (!Array.isArray(tasks) || tasks.length === 0 || tasks.some((task) => typeof task?.task_key !== 'string')) {
    throw invalid(source, "it needs 'tasks', a list in which each task has a 'task_key'");
  }
  if (idempotency_token !== undefined) {
    throw invalid(source, "it must not hold 'idempotency_token': the step sets it (input 'idempotencyKey')");
  }
  return definition as SubmitRequest;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TaskError(
      'DEFINITION_NOT_FOUND',
      "Input 'definition' is neither a JSON object nor a file that can be read.",
      {
        where: `As a path it is ${path} (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
        todo: 'Write the definition as a JSON object, or give the path of a file that holds it.',
        cause: error,
      },
    );
  }
}

function parsed(text: string, source: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw invalid(
      source,
      (error as Error).message.replace(/at position (\d+)/, (_, at) => `at ${place(text, Number(at))}`),
    );
  }
}

function place(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function invalid(source: string, detail: string): TaskError {
  return new TaskError('DEFINITION_INVALID', `The definition of the one-time run cannot be used: ${detail}.`, {
    where: `It stands in ${source}.`,
    todo: 'See runs/submit of the Databricks Jobs API for its fields.',
  });
}
