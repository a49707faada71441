import type { Clock } from '../../../src/clock';

/**
 * The clock of a workspace whose statements are real work in this process: a sleep that a signal can break off is a race against such work,
 * which always wins it; every other sleep ends at once and moves the time.
 */
export class WorkingClock implements Clock {
  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return signal === undefined ? this.clock.sleep(milliseconds) : untilAborted(signal);
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) {
      end();
    }
  });
}
