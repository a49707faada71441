import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The numbers that runs of a pipeline have: a folder each, so that two runs that begin at the same moment never get the same. */
export class RunNumbers {
  /** @param folder where they are kept */
  constructor(
    private readonly folder: string,
    private readonly pipelineId: string,
  ) {}

  /** Takes a number; `false` when a run of this pipeline has it already. */
  claim(number: string): boolean {
    const pipeline = join(this.folder, this.pipelineId);
    mkdirSync(pipeline, { recursive: true });
    try {
      // A number may hold any sign and be longer than a name of a file.
      mkdirSync(join(pipeline, createHash('sha256').update(number).digest('hex').slice(0, 32)));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        return false;
      }
      throw error;
    }
  }
}
