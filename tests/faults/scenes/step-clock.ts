import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../src/clock';

/** What a statement of the workspace may take of real time between two looks at it, so that looking costs no minutes of the clock. */
const PAUSE_MS = 5;

/** A clock for steps that counts what they themselves wait: other sleepers, such as statements of the workspace, move the same clock. */
export class StepClock implements Clock {
  /** Milliseconds. */
  slept = 0;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.slept += milliseconds;
    await pause(PAUSE_MS);
    await this.clock.sleep(milliseconds, signal);
  }
}
