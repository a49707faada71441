import type { RawPredictions } from '../predictions';
import { readCsv } from './csv';
import { unreadable } from './file-problem';
import { readJsonLines } from './json-lines';
import { readParquet } from './parquet';

/**
 * The predictions in a file's bytes. The format is Parquet by its magic number at both ends, else by the ending of the name.
 * @param wanted which columns are needed; formats that hold whole rows give all of them
 * @throws TaskError PREDICTIONS_UNREADABLE
 */
export async function readPredictionFile(
  bytes: Uint8Array,
  name: string,
  wanted: (column: string) => boolean,
): Promise<RawPredictions> {
  if (isParquet(bytes)) {
    return readParquet(bytes, name, wanted);
  }
  switch (/\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase()) {
    case 'parquet':
      return readParquet(bytes, name, wanted);
    case 'csv':
      return readCsv(bytes, name);
    case 'jsonl':
    case 'ndjson':
      return readJsonLines(bytes, name);
    default:
      throw unreadable(name, 'its format is not known', 'Use a file that ends in .csv, .parquet, .jsonl or .ndjson.');
  }
}

function isParquet(bytes: Uint8Array): boolean {
  const magic = (at: number) => Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
  return bytes.length >= 8 && magic(0) === 'PAR1' && magic(bytes.length - 4) === 'PAR1';
}
