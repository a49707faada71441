const SHORTEST_MS = 250;
const SHORT_MS = 1_500;
const LONGEST_MS = 30_000;
/** Of the elapsed time: less than the hundredth within which the end is to be seen, since a look takes time and a timer is never early. */
const SHARE = 0.009;

/**
 * Milliseconds until the next look at something that has been running for `elapsedMs`: a quarter of a second at first, growing to one
 * and a half, then 0.9 % of the elapsed time, at most 30 s. So the end is seen within 2 s or 1 % of the length, and the number of
 * calls grows with its logarithm.
 * @param lookMs milliseconds that the last look took; the end may come just after a look, so two of them count too. A look at a run of a
 * thousand tasks is ten requests: no more than half of the time is spent on looking
 */
export function pollingDelay(elapsedMs: number, lookMs = 0): number {
  const early = Math.min(SHORT_MS, SHORTEST_MS + elapsedMs / 4);
  return Math.min(LONGEST_MS, Math.max(early, elapsedMs * SHARE - 2 * lookMs, Math.min(SHORT_MS, lookMs)));
}

/** A heartbeat line is due after this long without another line (contract 0.13). */
export const HEARTBEAT_MS = 60_000;

/** `1 h 02 min`, `3 min 05 s`, `12 s`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) {
    return `${seconds} s`;
  }
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
    : `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
}
