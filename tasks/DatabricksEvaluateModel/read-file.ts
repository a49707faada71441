import { readFile } from 'node:fs/promises';
import { TaskError } from '../../src/errors';
import type { PredictionData } from '../../src/evaluation/evaluate';
import type { Policy } from '../../src/evaluation/policy/schema';
import { readPredictionFile } from '../../src/evaluation/prediction-files/read-predictions';
import type { ColumnsToRead } from '../../src/evaluation/predictions';
import { versionsNamed } from '../../src/evaluation/prepare-predictions';
import type { ReportVersion } from '../../src/evaluation/report-types';

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
      todo: "Correct 'predictions' on this step; a relative path begins at the sources.",
      cause: error,
    });
  }
}

/**
 * The versions that the rows of a file name, when no registry is asked.
 * @throws TaskError PREDICTIONS_OF_ANOTHER_VERSION when the file does not name exactly one challenger and at most one champion
 */
export function versionsOfFile(
  data: PredictionData,
  policy: Policy,
): { readonly challenger: ReportVersion; readonly champion: ReportVersion | null } {
  const { challenger, champion } = versionsNamed(data.raw, policy.model);
  const [only] = challenger;
  const [reigning] = champion;
  if (only === undefined || challenger.length > 1 || champion.length > 1) {
    throw new TaskError(
      'PREDICTIONS_OF_ANOTHER_VERSION',
      'The file does not say which one version its predictions are of.',
      {
        where: `It names ${challenger.length} challenger and ${champion.length} champion versions.`,
        todo: "Write the columns of 'model.versionColumns' of the policy in every row, or give connection and model.",
      },
    );
  }
  return { challenger: { version: only }, champion: reigning === undefined ? null : { version: reigning } };
}
