import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../../src/clock';

/**
 * The log file of a step: each line begins with its time in UTC. Nothing is kept in memory. After a line that could not be written none is any more:
 * a log with a hole in it would be taken for whole.
 */
export class StepLog {
  readonly #file: number;
  /** Why the log is not whole: the disk is full, or gone. */
  failure: Error | undefined;

  constructor(
    path: string,
    private readonly clock: Clock,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
  }

  /** @param line masked; of several lines each gets its time */
  write(line: string): void {
    if (this.failure !== undefined) {
      return;
    }
    const time = new Date(this.clock.now()).toISOString();
    const lines = line.split('\n').map((part) => `${time} ${part}\n`);
    try {
      writeSync(this.#file, lines.join(''));
    } catch (error) {
      this.failure = error as Error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
