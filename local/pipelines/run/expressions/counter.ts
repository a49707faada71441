import { asNumber, toText } from '../../expand/expressions/casts';
import { FunctionError } from '../../expand/expressions/function-error';
import type { FunctionDefinition } from '../../expand/expressions/functions';

/**
 * `counter(prefix, seed)`: a number that rises with each run for the same prefix, from the seed on. Source: the page on expressions.
 * @param next the number of this run
 */
export function counterFunction(next: (prefix: string, seed: number) => number): FunctionDefinition {
  return {
    least: 0,
    most: 2,
    evaluate: ({ count, value }) => {
      const prefix = count > 0 ? toText(value(0)) : '';
      const seed = count > 1 ? asNumber(value(1)) : 0;
      if (seed === undefined || !Number.isInteger(seed)) {
        throw new FunctionError('The seed of a counter is no whole number', 'Write counter(prefix, 1).');
      }
      return next(prefix, seed);
    },
  };
}
