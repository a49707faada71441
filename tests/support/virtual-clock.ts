import type { Clock } from '../../src/clock';

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** A {@link Clock} that stands still until a test moves it. */
export class VirtualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now: number;

  /** @param start milliseconds since the epoch */
  constructor(start = 1_700_000_000_000) {
    this.#now = start;
  }

  /** Whole milliseconds, as of every clock; waits may have parts of one. */
  now(): number {
    return Math.floor(this.#now);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        due: this.#now + milliseconds,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** How many sleeps wait for the clock. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /**
   * Moves time on and wakes who is due, the earliest first, each at its own time. Sleeps that are begun by those who woke
   * and that are due within the same span wake too.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await drained();
    for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.wake();
      await drained();
    }
    this.#now = end;
  }

  #earliest(end: number): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.due <= end && (earliest === undefined || sleeper.due < earliest.due)) {
        earliest = sleeper;
      }
    }
    return earliest;
  }
}

/** Lets everything run that is ready: all microtasks, then one turn of the event loop. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
