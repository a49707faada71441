import { isInteger, isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';

/**
 * JSON text to values. Integers beyond 2^53 become text, so that 64-bit ids of Databricks survive; all other numbers are numbers.
 * @throws SyntaxError on anything that is not JSON, and on what is nested too deep to be read (some thousand times)
 */
export function parseJson(text: string): unknown {
  try {
    return parse(text, undefined, (digits) => (isInteger(digits) && !isSafeNumber(digits) ? digits : Number(digits)));
  } catch (error) {
    // The parser calls itself for each level, until there is no room left on the stack.
    throw error instanceof RangeError ? new SyntaxError('It is nested too deep.', { cause: error }) : error;
  }
}

/**
 * As {@link parseJson}, with integers beyond 2^53 as numbers for the wire: for what is sent on as it was written.
 * @throws SyntaxError on anything that is not JSON; RangeError on an integer of more than 64 bits
 */
export function parseJsonForWire(text: string): unknown {
  return parse(text, undefined, (digits) =>
    isInteger(digits) && !isSafeNumber(digits) ? integerId(digits) : Number(digits),
  );
}

/** A 64-bit id, kept as text inside and written as a bare JSON number by {@link stringifyJson}. */
export type IntegerId = LosslessNumber;

/** Whether a text is a 64-bit id as the service writes it: a decimal integer. */
export function isIntegerId(text: string): boolean {
  return /^-?\d{1,19}$/.test(text);
}

/**
 * Marks an id's text as an integer for the wire.
 * @throws RangeError when the text is not a decimal integer
 */
export function integerId(text: string): IntegerId {
  if (!isIntegerId(text)) {
    throw new RangeError(`not an integer id: ${JSON.stringify(text)}`);
  }
  return new LosslessNumber(text);
}

/** Values to JSON text; {@link IntegerId} is written as a number, `undefined` members are left out. */
export function stringifyJson(value: unknown): string {
  return stringify(value) ?? 'null';
}

/** The text of an id that may have arrived as a number or as text; `''` when absent. */
export function idText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
