/** A number in a sentence: at most six significant digits, without exponent where that is readable. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) {
    return 'undefined';
  }
  return String(Number(value.toPrecision(6)));
}

/** A number for the report: null when it is not finite, because JSON has no such number. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
