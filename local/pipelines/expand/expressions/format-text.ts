import { counted } from '../../../../src/counted';
import { FunctionError } from './function-error';

/**
 * Fills `{0}`, `{1}` …; `{{` and `}}` are braces. The part after a colon (`{0:yyyyMMdd}`) is for dates, which exist only at run time.
 * @param grow is told how long the text will be before it is built
 * @throws FunctionError for a broken pattern or a number without a value
 */
export function formatText(pattern: string, values: readonly (() => string)[], grow: (length: number) => void): string {
  let built = '';
  let at = 0;
  const add = (text: string) => {
    grow(built.length + text.length);
    built += text;
  };
  while (at < pattern.length) {
    const sign = pattern[at] ?? '';
    if ((sign === '{' || sign === '}') && pattern[at + 1] === sign) {
      add(sign);
      at += 2;
      continue;
    }
    if (sign === '}') {
      throw new FunctionError(`The format '${pattern}' has a '}' that closes nothing`, "Write '}}' for a brace.");
    }
    if (sign !== '{') {
      const end = pattern.slice(at).search(/[{}]/);
      add(end < 0 ? pattern.slice(at) : pattern.slice(at, at + end));
      at = end < 0 ? pattern.length : at + end;
      continue;
    }
    const [whole = '', digits = '', specifier] = /^\{(\d{1,3})(?::([^{}]*))?\}/.exec(pattern.slice(at)) ?? [];
    if (whole === '') {
      throw new FunctionError(
        `The format '${pattern}' has a '{' without number and '}'`,
        "Write {0}, or '{{' for a brace.",
      );
    }
    const value = values[Number(digits)];
    if (value === undefined) {
      throw new FunctionError(
        `The format '${pattern}' uses {${digits}}, and only ${counted(values.length, 'value')} ${values.length === 1 ? 'is' : 'are'} given`,
        'Give a value for each number; the first is {0}.',
      );
    }
    if (specifier !== undefined) {
      throw new FunctionError(
        `The format '${pattern}' formats a date, and there are no dates before the run`,
        'Use $[ format(…, pipeline.startTime) ] in a variable.',
      );
    }
    add(value());
    at += whole.length;
  }
  return built;
}
