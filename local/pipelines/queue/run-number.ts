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
  const counts = /\$\(Rev(?::[^()]*r[^()]*)?\)/i.test(text);
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
      return dateText(form ?? 'yyyyMMdd', time);
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
      return dateText(form ?? 'yyyy', time);
    default:
      return undefined;
  }
}

function split(token: string): readonly [name: string, form: string | undefined] {
  const colon = token.indexOf(':');
  return colon < 0 ? [token, undefined] : [token.slice(0, colon), token.slice(colon + 1)];
}

function dateText(form: string, time: Date): string {
  const parts: Readonly<Record<string, number>> = {
    y: time.getUTCFullYear(),
    M: time.getUTCMonth() + 1,
    d: time.getUTCDate(),
    H: time.getUTCHours(),
    h: time.getUTCHours() % 12 || 12,
    m: time.getUTCMinutes(),
    s: time.getUTCSeconds(),
  };
  return form.replace(/y+|M{1,2}|d{1,2}|H{1,2}|h{1,2}|m{1,2}|s{1,2}/g, (letters) => {
    const digits = String(parts[letters.charAt(0)] ?? '').padStart(letters.length, '0');
    return letters === 'yy' ? digits.slice(-2) : digits;
  });
}
