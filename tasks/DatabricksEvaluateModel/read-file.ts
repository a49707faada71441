import { readFile } from 'node:fs/promises';
import { TaskError } from '../../src/errors';
import type { PredictionData } from '../../src/evaluation/evaluate';
import { readPredictionFile } from '../../src/evaluation/prediction-files/read-predictions';
import type { ColumnsToRead } from '../../src/evaluation/predictions';

/**
 * Reads a prediction file.
 * @throws TaskError PREDICTIONS_UNREADABLE
 */
export async function readPredictions(path: string, columns: ColumnsToRead): Promise<PredictionData> {
  const wanted = new Set([...columns.required, ...columns.optional]);
  const raw = await readPredictionFile(await bytesOf(path), path, (column) => wanted.has(column));
  return { raw, source: { kind: 'file' } };
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new TaskError('PREDICTIONS_UNREADABLE', `The prediction file cannot be read: ${(error as Error).message}`, {
      todo: "Correct 'predictions'; a relative path begins at the sources, at a terminal in its folder.",
      cause: error,
    });
  }
}
