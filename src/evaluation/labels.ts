/** A decimal number as formats write one; no leading zeros, because `007` is a code and not a number. */
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * One text for one label or version, whatever the file format made of it: `1`, `1.0`, `"1"` and `1n` are the same, and so are `true`, `True` and `"TRUE"`.
 * Integers beyond 2^53 keep their digits.
 * @returns `undefined` when there is no value (null, empty text, NaN)
 */
export function labelOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined) {
    return undefined;
  }
  if (/^(?:true|false)$/i.test(text)) {
    return text.toLowerCase();
  }
  const number = DECIMAL.test(text) ? Number(text) : Number.NaN;
  const exact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return exact ? String(number + 0) : text;
}

/**
 * The text that tells rows apart. Text stays as it is: `0e1` and `0e2`, `07` and `7` are different rows, although they are the same numbers.
 * @returns `undefined` when there is no value
 */
export function idOf(value: unknown): string | undefined {
  return textOf(value);
}

/** As {@link labelOf}, for a value that is there. */
export function labelText(value: string | number | boolean): string {
  return labelOf(value) ?? '';
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '' || Number.isNaN(value)) {
    return undefined;
  }
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  }
  return typeof value === 'number' ? String(value + 0) : String(value);
}
