const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * One text for one label, id or version, whatever the file format made of it: `1`, `1.0`, `"1"` and `1n` are the same, and so are `true`, `True` and `"TRUE"`.
 * Integers beyond 2^53 keep their digits.
 * @returns `undefined` when there is no value (null, empty text, NaN)
 */
export function labelOf(value: unknown): string | undefined {
  if (value === null || value === undefined) {
    return undefined;
  }
  if (typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'number') {
    return Number.isNaN(value) ? undefined : String(value === 0 ? 0 : value);
  }
  const text = String(value);
  if (text === '') {
    return undefined;
  }
  if (/^(?:true|false)$/i.test(text)) {
    return text.toLowerCase();
  }
  if (DECIMAL.test(text)) {
    const number = Number(text);
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : String(number === 0 ? 0 : number);
  }
  return text;
}

/** As {@link labelOf}, for a value that is there. */
export function labelText(value: string | number | boolean): string {
  return labelOf(value) ?? '';
}
