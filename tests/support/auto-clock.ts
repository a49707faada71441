import type { Clock } from '../../src/clock';

/** A clock whose sleeps end at once and move its time: waits are recorded, nothing waits. */
export class AutoClock implements Clock {
  readonly waits: number[] = [];

  constructor(private time = 1_700_000_000_000) {}

  /** Whole milliseconds, as of every clock; waits may have parts of one. */
  now(): number {
    return Math.floor(this.time);
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.waits.push(milliseconds);
    this.time += milliseconds;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}
