import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { RawPredictions } from '../predictions';
import { unreadable } from './file-problem';

/**
 * Parquet, flat columns and lists of numbers; compression none, Snappy, gzip or Brotli. Only the wanted columns are decoded.
 * @throws TaskError PREDICTIONS_UNREADABLE
 */
export async function readParquet(
  bytes: Uint8Array,
  name: string,
  wanted: (column: string) => boolean,
): Promise<RawPredictions> {
  // The reader is an ES module; it is loaded when a Parquet file is read and not before.
  const { parquetMetadata, parquetRead, parquetSchema } = await import('hyparquet');
  const file = new Uint8Array(bytes).buffer;
  const columns = new Map<string, unknown[]>();
  try {
    const metadata = parquetMetadata(file);
    const rows = Number(metadata.num_rows);
    const names = parquetSchema(metadata)
      .children.map((child) => child.element.name)
      .filter(wanted);
    for (const column of names) {
      columns.set(column, new Array<unknown>(rows).fill(null));
    }
    if (names.length > 0) {
      await parquetRead({
        file,
        metadata,
        columns: names,
        compressors: {
          GZIP: (input) => new Uint8Array(gunzipSync(input)),
          BROTLI: (input) => new Uint8Array(brotliDecompressSync(input)),
        },
        onChunk: ({ columnName, columnData, rowStart }) => {
          const column = columns.get(columnName);
          for (let at = 0; column !== undefined && at < columnData.length; at += 1) {
            column[rowStart + at] = columnData[at];
          }
        },
      });
    }
    return { rows, columns };
  } catch (error) {
    const reason =
      error instanceof Error && /compression/i.test(error.message)
        ? 'its compression is not supported'
        : 'it is no Parquet file that this version understands';
    throw unreadable(
      name,
      reason,
      'Write it with Snappy, gzip, Brotli or no compression, for example by pandas to_parquet.',
      error,
    );
  }
}
