const ANSI_SEQUENCE =
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[@-Z\\-_]/g;
const CONTROL_CHARACTER = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]/g;
/** Signs that turn the direction of what follows them on the line (Unicode, bidirectional formatting). */
const DIRECTION_SIGN = /[\u202A-\u202E\u2066-\u2069]/g;
/** Characters of a text at most: a name or message of a megabyte makes a log or summary that nobody can open. */
const LONGEST = 10_000;

/** Text from outside without terminal sequences, at most 10 000 characters; control characters and signs of direction become `␦`. */
export function visibleText(text: string): string {
  const rest = text.length - LONGEST;
  const visible = text
    .slice(0, LONGEST)
    .replace(ANSI_SEQUENCE, '')
    .replace(CONTROL_CHARACTER, '␦')
    .replace(DIRECTION_SIGN, '␦');
  return rest > 0 ? `${visible} … (${rest} more characters)` : visible;
}
