const ANSI_SEQUENCE =
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[@-Z\\-_]/g;
const CONTROL_CHARACTER = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]/g;
/** Signs that turn the direction of what follows them on the line (Unicode, bidirectional formatting). */
const DIRECTION_SIGN = /[\u202A-\u202E\u2066-\u2069]/g;
/** Characters of a text at most: a name or message of a megabyte makes a log or summary that nobody can open. */
const LONGEST = 10_000;

/** Text without terminal sequences; `sign` takes the place of each control character and each sign of direction. */
export function withoutControls(text: string, sign = '␦'): string {
  return text.replace(ANSI_SEQUENCE, '').replace(CONTROL_CHARACTER, sign).replace(DIRECTION_SIGN, sign);
}

/** Text from outside without terminal sequences, at most 10 000 characters; control characters and signs of direction become `␦`. */
export function visibleText(text: string): string {
  const rest = text.length - LONGEST;
  const visible = withoutControls(text.slice(0, LONGEST));
  return rest > 0 ? `${visible} … (${rest} more characters)` : visible;
}
