import { TaskError } from '../../src/errors';
import { parseJson } from '../../src/json';

/** One request body. */
export type SampleRequest = object;

const kinds = ['dataframe_split', 'dataframe_records', 'inputs', 'instances'];

/**
 * Requests of a sample file: JSON (one request or a list of them) or JSON lines.
 * @param text contents of the file
 * @param path of the file, for messages; rows of data are never quoted
 * @throws TaskError SAMPLE_REQUESTS_INVALID
 */
export function parseSampleRequests(text: string, path: string): SampleRequest[] {
  const parsed = parsedWhole(text) ?? parsedLines(text, path);
  const requests = Array.isArray(parsed) ? parsed : [parsed];
  if (requests.length === 0) {
    throw invalid(path, 'The file holds no request.');
  }
  return requests.map((request, index) => {
    if (!isObject(request) || Object.keys(request).filter((key) => kinds.includes(key)).length !== 1) {
      throw invalid(path, `Request ${index + 1} must be an object with exactly one of ${kinds.join(', ')}.`);
    }
    return request;
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsedWhole(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // Not one JSON document: then it must be JSON lines, whose own errors name the line.
    return undefined;
  }
}

function parsedLines(text: string, path: string): unknown[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') {
      return [];
    }
    try {
      return [parseJson(line)];
    } catch (cause) {
      throw invalid(path, `Line ${index + 1} is not JSON.`, cause);
    }
  });
}

function invalid(path: string, what: string, cause?: unknown): TaskError {
  return new TaskError('SAMPLE_REQUESTS_INVALID', `The sample requests cannot be used: ${what}`, {
    where: `File: ${path}.`,
    todo: 'Write one request, a JSON list of requests, or one request a line.',
    ...(cause !== undefined && { cause }),
  });
}
