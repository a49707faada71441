import { visibleText } from '../visible-text';

const COMMAND_START = /##(?=(?:vso)?\[)/gi;

/**
 * Makes text from outside safe to print on one line of a pipeline log: the agent looks for `##vso[` anywhere in a line, in any case,
 * on standard output and standard error alike, and acts on it (Azure Pipelines logging commands).
 * Line breaks become blanks, terminal sequences go, control characters (CR and line separators too) and signs of direction become `␦`, the
 * two signs of a command are parted, and what is longer than 10 000 characters is cut.
 */
export function neutralLine(text: string): string {
  return visibleText(text.replace(/\s*\n\s*/g, ' ')).replace(COMMAND_START, '# #');
}

/** As {@link neutralLine} for text of many lines (LF, CRLF or lone CR end a line). */
export function neutralLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map(neutralLine);
}
