/** Digits that survive differences in the order of floating-point operations. */
const SIGNIFICANT_DIGITS = 12;

/**
 * A copy in which every number has 12 significant digits. The caller has already replaced numbers that are not finite.
 * @throws RangeError on a number that JSON cannot hold
 */
export function roundNumbers<T>(value: T): T {
  return rounded(value) as T;
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      throw new RangeError('a report holds finite numbers only');
    }
    return Number(value.toPrecision(SIGNIFICANT_DIGITS)) + 0;
  }
  if (Array.isArray(value)) {
    return value.map(rounded);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rounded(member)]));
  }
  return value;
}
