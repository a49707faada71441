import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../../src/clock';

/** The log file of a step: each line begins with its time in UTC. Nothing is kept in memory. */
export class StepLog {
  readonly #file: number;

  constructor(
    path: string,
    private readonly clock: Clock,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
  }

  /** @param line masked; of several lines each gets its time */
  write(line: string): void {
    const time = new Date(this.clock.now()).toISOString();
    writeSync(
      this.#file,
      `${line
        .split('\n')
        .map((part) => `${time} ${part}\n`)
        .join('')}`,
    );
  }

  close(): void {
    closeSync(this.#file);
  }
}
