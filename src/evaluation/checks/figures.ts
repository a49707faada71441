/** Digits of a figure in a sentence; digits before the point are never rounded away. */
const DIGITS = 4;
/** Digits of the end of an interval, which is known less well. */
export const INTERVAL_DIGITS = 3;
/** As many digits as the report itself has. */
const MOST_DIGITS = 12;

/** A number in a sentence: four significant digits, without exponent where that is readable. */
export function figure(value: number): string {
  return Number.isFinite(value) ? String(shortened(value, DIGITS)) : 'undefined';
}

/**
 * As {@link figure}, with as many digits more as it takes to tell the number from a limit that it does not equal.
 * @param least digits to begin with
 */
export function figureBeside(value: number, limit: number, least = DIGITS): string {
  let digits = least;
  while (digits < MOST_DIGITS && value !== limit && shortened(value, digits) === limit) {
    digits += 1;
  }
  return Number.isFinite(value) ? String(shortened(value, digits)) : 'undefined';
}

/** A confidence as people write it: `95 %`. */
export function percent(confidence: number): string {
  return `${figure(confidence * 100)} %`;
}

/** A number for the report: null when it is not finite, because JSON has no such number. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function shortened(value: number, digits: number): number {
  const before = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value))) + 1;
  return Number(value.toPrecision(Math.min(100, Math.max(digits, before)))) + 0;
}
