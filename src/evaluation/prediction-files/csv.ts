import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { RawPredictions } from '../predictions';
import { unreadable } from './file-problem';

/**
 * CSV by RFC 4180 with a header line, UTF-8, comma-separated. All values stay text; an empty field is no value.
 * @throws TaskError PREDICTIONS_UNREADABLE
 */
export function readCsv(bytes: Uint8Array, name: string): RawPredictions {
  let records: string[][];
  try {
    records = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      bom: true,
      skip_empty_lines: true,
    });
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
  const twice = header.find((column, index) => header.indexOf(column) !== index);
  if (twice !== undefined) {
    throw unreadable(name, `the column ${JSON.stringify(twice)} stands twice in the header`, 'Name each column once.');
  }
  return {
    rows: rows.length,
    columns: new Map(header.map((column, index) => [column, rows.map((row) => row[index] ?? '')])),
  };
}
