import type { RawPredictions } from '../predictions';
import { readCsv } from './csv';
import { unreadable } from './file-problem';
import { readJsonLines } from './json-lines';
import { readParquet } from './parquet';

/**
 * The predictions in a file's bytes. The format is Parquet by its magic number, else by the ending of the name.
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
  return bytes.length >= 4 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString('latin1') === 'PAR1';
}
