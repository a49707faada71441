/** Lets a fixed number of job tasks run at once, over all workspaces; the others wait in order. */
export class TaskSlots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(slots: number) {
    this.#free = slots;
  }

  /**
   * Waits for a free slot.
   * @returns what gives the slot back; further calls do nothing
   * @throws the signal's reason when it aborts first
   */
  acquire(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const take = () => {
        signal.removeEventListener('abort', onAbort);
        this.#free -= 1;
        resolve(this.#releaser());
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(take);
      this.#hand();
    });
  }

  #releaser(): () => void {
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.#free += 1;
        this.#hand();
      }
    };
  }

  #hand(): void {
    if (this.#free > 0) {
      this.#waiting.shift()?.();
    }
  }
}
