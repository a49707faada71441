import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The numbers of `counter(prefix, seed)`: kept over runs, one for each prefix of a pipeline. A number is taken by making its folder, so that
 * two runs at the same moment never get the same.
 */
export class Counters {
  /** @param folder where they are kept */
  constructor(
    private readonly folder: string,
    private readonly pipelineId: string,
  ) {}

  /** Number of a run: one more than the highest so far, the seed for the first; the same when a run asks again. */
  next(prefix: string, seed: number, runId: string): number {
    const key = createHash('sha256')
      .update(JSON.stringify([this.pipelineId, prefix, seed]))
      .digest('hex');
    const folder = join(this.folder, key.slice(0, 32));
    mkdirSync(folder, { recursive: true });
    const taken = readdirSync(folder).map((name) => Number.parseInt(name, 10));
    const own = taken.find((number) => existsSync(join(folder, String(number), runId)));
    if (own !== undefined) {
      return own;
    }
    for (let number = taken.length === 0 ? seed : Math.max(...taken) + 1; ; number += 1) {
      try {
        mkdirSync(join(folder, String(number)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
          continue;
        }
        throw error;
      }
      writeFileSync(join(folder, String(number), runId), '');
      return number;
    }
  }
}
