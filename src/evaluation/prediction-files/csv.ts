import { CsvError, parse } from 'csv-parse/sync';
import type { RawPredictions } from '../predictions';
import { decodeText } from './decode-text';
import { unreadable } from './file-problem';

/**
 * CSV by RFC 4180 with a header line, UTF-8, comma-separated. All values stay text; an empty field is no value.
 * @throws TaskError PREDICTIONS_UNREADABLE
 */
export function readCsv(bytes: Uint8Array, name: string): RawPredictions {
  const text = decodeText(bytes, name);
  let records: string[][];
  try {
    records = parse(text, { skip_empty_lines: true });
  } catch (error) {
    if (error instanceof CsvError) {
      // The parser's own message quotes the record, which is a row of data.
      const line = typeof error['lines'] === 'number' ? ` at line ${error['lines']}` : '';
      throw unreadable(
        name,
        `it is no well-formed CSV${line} (${error.code})`,
        'Write comma-separated values with a header line and as many fields in each line.',
      );
    }
    throw error;
  }
  const [header, ...rows] = records;
  if (header === undefined) {
    throw unreadable(name, 'it is empty', 'Write a header line and one line per example.');
  }
  const twice = header.findIndex((column, index) => header.indexOf(column) !== index);
  if (twice >= 0) {
    // Positions, not the name: in a file without a header the first line is a row of data.
    throw unreadable(
      name,
      `columns ${header.indexOf(header[twice] as string) + 1} and ${twice + 1} have the same name in the header`,
      'Write a header line that names each column once.',
    );
  }
  return {
    rows: rows.length,
    columns: new Map(header.map((column, index) => [column, rows.map((row) => row[index] ?? '')])),
  };
}
