/** A number of places that are taken and given back, first come, first served: agents of a pool, or legs of a matrix at the same time. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count places; `Infinity`: as many as are wanted */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Takes a place.
   * @returns gives it back
   * @throws the signal's reason when it aborts first
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      await this.#turn(signal);
    }
    let given = false;
    return () => {
      if (!given) {
        given = true;
        this.#giveBack();
      }
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(begin);
    });
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#free += 1;
    } else {
      next();
    }
  }
}
