import { durationText as wholeSeconds } from '../src/workflow/polling';

/** A length of time as tasks say it, but with tenths below ten seconds and in days from two on: `3.4 s`, `2 min 10 s`, `1 h 05 min`, `30 d 0 h`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 9950) {
    return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
  }
  const hours = Math.floor(milliseconds / 3_600_000);
  return hours < 48 ? wholeSeconds(milliseconds) : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
