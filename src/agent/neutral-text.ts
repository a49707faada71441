import { visibleText } from '../visible-text';

const COMMAND_START = /##(?=(?:vso)?\[)/gi;

/** A text in which no agent finds a command: the two signs that one begins with are parted. */
export function partedCommands(text: string): string {
  return text.replace(COMMAND_START, '# #');
}

/** JSON that says the same and in which no agent finds a command: such signs stand in its texts only, where they may be written as numbers. */
export function partedInJson(json: string): string {
  return json.replace(COMMAND_START, '\\u0023#');
}

/**
 * Makes text from outside safe to print on one line of a pipeline log: the agent looks for `##vso[` anywhere in a line, in any case,
 * on standard output and standard error alike, and acts on it (Azure Pipelines logging commands).
 * Line breaks become blanks, terminal sequences go, control characters (CR and line separators too) and signs of direction become `␦`, the
 * two signs of a command are parted, and what is longer than 10 000 characters is cut.
 */
export function neutralLine(text: string): string {
  return partedCommands(visibleText(onOneLine(text)));
}

/** One blank for each run of blanks that has a line break in it. An expression for it would read a run of blanks anew from each of them. */
function onOneLine(text: string): string {
  const lines = text.split('\n');
  return lines
    .map((line, index) => {
      const begun = index === 0 ? line : line.trimStart();
      return index === lines.length - 1 ? begun : begun.trimEnd();
    })
    .filter((line, index) => line !== '' || index === 0 || index === lines.length - 1)
    .join(' ');
}

/** As {@link neutralLine} for text of many lines (LF, CRLF or lone CR end a line). */
export function neutralLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map(neutralLine);
}
