const ANSI_SEQUENCE =
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B[@-Z\\-_]/g;
const CONTROL_CHARACTER = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]/g;
const COMMAND_START = /##(?=(?:vso)?\[)/gi;

/**
 * Makes text from outside safe to print on one line of a pipeline log: the agent looks for `##vso[` anywhere in a line, in any case,
 * on standard output and standard error alike, and acts on it (Azure Pipelines logging commands).
 * Line breaks become blanks, terminal sequences go, control characters (CR and line separators too) become `␦`, and the two signs of a command are parted.
 */
export function neutralLine(text: string): string {
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(ANSI_SEQUENCE, '')
    .replace(CONTROL_CHARACTER, '␦')
    .replace(COMMAND_START, '# #');
}

/** As {@link neutralLine} for text of many lines (LF, CRLF or lone CR end a line). */
export function neutralLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map(neutralLine);
}
