/**
 * Time as a dependency: built bundles use {@link systemClock}, in-process tests a clock that they drive.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Resolves after `milliseconds`.
   * @throws the signal's reason when `signal` aborts first
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The longest wait that a timer of Node.js can hold; a longer one would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    const end = Date.now() + milliseconds;
    for (let left = milliseconds; left > LONGEST_TIMER_MS; left = end - Date.now()) {
      await timer(LONGEST_TIMER_MS, signal);
    }
    await timer(Math.max(0, end - Date.now()), signal);
  },
};

function timer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clearTimeout(running);
      reject(signal?.reason);
    };
    const running = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
