import { dateText } from '../date-text';

const DEFAULT_FORMAT = '$(Date:yyyyMMdd)$(Rev:.r)';

/**
 * Number of a run by the format of `name:`. `$(Rev:.r)` counts the runs of one number; texts of variables are put in; what is not known stays.
 * Times are in UTC. Source: the page on run numbers.
 * @param format as the pipeline gives it
 * @param claim takes a number for this run; `false` when an earlier one has it. Asked only where the format counts.
 */
export function runNumber(
  format: string | undefined,
  now: number,
  variable: (name: string) => string | undefined,
  claim: (number: string) => boolean,
): string {
  const text = format === undefined || format.trim() === '' ? DEFAULT_FORMAT : format.trim();
  const counts = /\$\(Rev(?::[^()r]*r[^()]*)?\)/i.test(text);
  for (let revision = 1; ; revision += 1) {
    const number = text.replace(
      /\$\(([^()]+)\)/g,
      (whole, token: string) => tokenText(token, new Date(now), revision) ?? variable(token) ?? whole,
    );
    if (!counts || claim(number)) {
      return number;
    }
  }
}

function tokenText(token: string, time: Date, revision: number): string | undefined {
  const [name = '', form] = split(token);
  switch (name.toLowerCase()) {
    case 'rev':
      return (form ?? '.r').replace(/r+/i, (letters) => String(revision).padStart(letters.length, '0'));
    case 'date':
      return dateText(time, form ?? 'yyyyMMdd');
    case 'dayofmonth':
      return String(time.getUTCDate());
    case 'dayofyear':
      return String(Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0, 0)) / 86_400_000));
    case 'hours':
      return String(time.getUTCHours());
    case 'minutes':
      return String(time.getUTCMinutes());
    case 'seconds':
      return String(time.getUTCSeconds());
    case 'month':
      return String(time.getUTCMonth() + 1);
    case 'year':
      return dateText(time, form ?? 'yyyy');
    default:
      return undefined;
  }
}

function split(token: string): readonly [name: string, form: string | undefined] {
  const colon = token.indexOf(':');
  return colon < 0 ? [token, undefined] : [token.slice(0, colon), token.slice(colon + 1)];
}
