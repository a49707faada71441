import type { Clock } from '../../src/clock';
import type { VirtualClock } from './virtual-clock';

/**
 * A view of a virtual clock whose sleeps move it: the one who holds it waits, and whatever else sleeps on the same clock wakes in order.
 * While its holder does something else, such as a request, time stands.
 */
export class DrivingClock implements Clock {
  /** Called before each sleep with its number, from 1. */
  onSleep: (sleep: number) => void | Promise<void> = () => undefined;
  #sleeps = 0;

  constructor(private readonly clock: VirtualClock) {}

  now(): number {
    return this.clock.now();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.#sleeps += 1;
    await this.onSleep(this.#sleeps);
    signal?.throwIfAborted();
    await this.clock.advance(milliseconds);
    signal?.throwIfAborted();
  }
}
