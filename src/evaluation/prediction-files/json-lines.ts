import { parseJson } from '../../json';
import type { RawPredictions } from '../predictions';
import { decodeText } from './decode-text';
import { unreadable } from './file-problem';

/**
 * JSON lines: one object a line, blank lines are skipped. A key that a line lacks is no value there.
 * @throws TaskError PREDICTIONS_UNREADABLE
 */
export function readJsonLines(bytes: Uint8Array, name: string): RawPredictions {
  const text = decodeText(bytes, name);
  const columns = new Map<string, unknown[]>();
  let rows = 0;
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') {
      return;
    }
    for (const [key, value] of Object.entries(objectOf(line, index + 1, name))) {
      const column = columns.get(key) ?? [];
      columns.set(key, column);
      while (column.length < rows) {
        column.push(null);
      }
      column.push(value);
    }
    rows += 1;
  });
  for (const column of columns.values()) {
    while (column.length < rows) {
      column.push(null);
    }
  }
  return { rows, columns };
}

function objectOf(line: string, number: number, name: string): object {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (error) {
    if (error instanceof SyntaxError) {
      // The parser's own message may quote the line, which is a row of data.
      throw unreadable(name, `line ${number} is no JSON`, 'Write one JSON object a line.');
    }
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(name, `line ${number} is no JSON object`, 'Write one JSON object a line.');
  }
  return value;
}
