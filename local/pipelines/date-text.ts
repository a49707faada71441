/**
 * A time in the letters of .NET's custom formats: y, M, d, H, h, m, s, f, t; other letters stand for themselves. In UTC.
 * Source: .NET, custom date and time format strings.
 */
export function dateText(time: Date, form: string): string {
  const hours = time.getUTCHours();
  const parts: Readonly<Record<string, number>> = {
    y: time.getUTCFullYear(),
    M: time.getUTCMonth() + 1,
    d: time.getUTCDate(),
    H: hours,
    h: hours % 12 === 0 ? 12 : hours % 12,
    m: time.getUTCMinutes(),
    s: time.getUTCSeconds(),
  };
  return form.replace(/y+|M{1,2}|d{1,2}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|f{1,3}|tt/g, (letters) => {
    const letter = letters.charAt(0);
    if (letter === 'f') {
      return String(time.getUTCMilliseconds()).padStart(3, '0').slice(0, letters.length);
    }
    if (letter === 't') {
      return hours < 12 ? 'AM' : 'PM';
    }
    const digits = String(parts[letter] ?? '').padStart(letters.length, '0');
    return letters === 'yy' ? digits.slice(-2) : digits;
  });
}
