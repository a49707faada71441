import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { TaskError } from '../../errors';
import type { RawPredictions } from '../predictions';
import { unreadable } from './file-problem';

/** More rows than an agent should hold. The number stands in the file and decides what is allocated, so it is not believed without a bound. */
const MAX_ROWS = 5_000_000;

/**
 * Parquet, flat columns and lists of numbers; compression none, Snappy, gzip or Brotli. Only the wanted columns are decoded.
 * @throws TaskError PREDICTIONS_UNREADABLE
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
  wanted: (column: string) => boolean,
): Promise<RawPredictions> {
  try {
    return await decode(new Uint8Array(bytes).buffer, name, wanted);
  } catch (error) {
    if (error instanceof TaskError) {
      throw error;
    }
    // The reader's own message may quote what it met, which may be a value of a row.
    const unpacked = error instanceof Error && /compression/i.test(error.message);
    throw unreadable(
      name,
      unpacked ? 'its compression is not supported' : 'it is no Parquet file that this version understands',
      'Write it with Snappy, gzip, Brotli or no compression, for example by pandas to_parquet.',
    );
  }
}

async function decode(file: ArrayBuffer, name: string, wanted: (column: string) => boolean): Promise<RawPredictions> {
  // The reader is an ES module; it is loaded when a Parquet file is read and not before.
  const { parquetMetadata, parquetRead, parquetSchema } = await import('hyparquet');
  const metadata = parquetMetadata(file);
  const rows = Number(metadata.num_rows);
  if (!(rows >= 0 && rows <= MAX_ROWS)) {
    throw unreadable(
      name,
      `it says that it has ${rows} rows, and at most ${MAX_ROWS} can be read`,
      'Write a holdout of fewer rows, or use table: predictions.',
    );
  }
  const names = parquetSchema(metadata)
    .children.map((child) => child.element.name)
    .filter(wanted);
  const columns = new Map(names.map((column) => [column, new Array<unknown>(rows).fill(null)]));
  if (names.length > 0) {
    await parquetRead({
      file,
      metadata,
      columns: names,
      // A page of nulls alone unpacks to nothing, and zlib takes no bound of 0.
      compressors: {
        GZIP: (input, length) => new Uint8Array(gunzipSync(input, { maxOutputLength: Math.max(length, 1) })),
        BROTLI: (input, length) =>
          new Uint8Array(brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) })),
      },
      onChunk: ({ columnName, columnData, rowStart }) => {
        const column = columns.get(columnName);
        for (let at = 0; column !== undefined && at < columnData.length && rowStart + at < rows; at += 1) {
          column[rowStart + at] = columnData[at];
        }
      },
    });
  }
  return { rows, columns };
}
