import { ExpandError } from '../expand/expand-error';
import type { Knowledge } from './expressions/world';
import { evaluatedText, runtimeExpression } from './variables/evaluate-variables';
import { expandText } from './variables/variable-scope';

type Known = Omit<Knowledge, 'functions'>;

/** A text that may be an expression of the run or hold macros, once the job starts. @throws ExpandError PIPELINE_EXPRESSION */
export function readText(text: string, known: Known): string {
  const source = runtimeExpression(text);
  return source === undefined ? expandText(text, known.variables) : evaluatedText(source, known);
}

/** @throws ExpandError PIPELINE_RUN where it is neither true nor false; blank is false */
export function readFlag(what: string, text: string, known: Known): boolean {
  const value = readText(text, known).trim().toLowerCase();
  if (!['true', 'false', ''].includes(value)) {
    throw new ExpandError('PIPELINE_RUN', `${what} has become '${value}'.`, known.at, 'It has to be true or false.');
  }
  return value === 'true';
}

/** @throws ExpandError PIPELINE_RUN where it is no whole number */
export function readCount(what: string, text: string, known: Known): number {
  const value = readText(text, known).trim();
  if (!/^\d{1,9}$/.test(value)) {
    throw new ExpandError(
      'PIPELINE_RUN',
      `${what} has become '${value}'.`,
      known.at,
      'It has to be a whole number, 0 or more.',
    );
  }
  return Number(value);
}
