import { dateText } from '../../date-text';
import { toText } from '../../expand/expressions/casts';
import { formatText } from '../../expand/expressions/format-text';
import { FunctionError } from '../../expand/expressions/function-error';
import type { FunctionDefinition } from '../../expand/expressions/functions';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/**
 * `format` in the run, where a value may be a time (`pipeline.startTime`) and its place say how it is written: `{0:yyyyMMdd}`. The letters are
 * those of .NET's custom formats for dates and times: y, M, d, H, h, m, s, f, t; other letters than these stand for themselves. Times are in UTC.
 */
export const FORMAT_WITH_DATES: FunctionDefinition = {
  least: 1,
  most: Number.POSITIVE_INFINITY,
  evaluate: ({ count, value, grow }) => {
    const values = Array.from({ length: count - 1 }, (_, index) => toText(value(index + 1)));
    const pattern = toText(value(0)).replace(
      /\{\{|\}\}|\{(\d{1,3}):([^{}]+)\}/g,
      (whole, digits?: string, form?: string) => {
        if (digits === undefined || form === undefined) {
          return whole;
        }
        values.push(timeText(values[Number(digits)] ?? '', form));
        return `{${values.length - 1}}`;
      },
    );
    return formatText(
      pattern,
      values.map((text) => () => text),
      grow,
    );
  },
};

function timeText(text: string, form: string): string {
  if (!TIME.test(text)) {
    throw new FunctionError(
      `'${text.slice(0, 60)}' is no time and cannot be written as '${form}'`,
      'Give pipeline.startTime.',
    );
  }
  return dateText(new Date(text), form);
}
