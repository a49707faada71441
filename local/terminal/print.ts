import { partedCommands, partedInJson } from '../../src/agent/neutral-text';

/**
 * Writes to standard output. All that people read there goes through here: it holds names of others, and where a pipeline runs this
 * program, its agent would take a command in them for one of its own. What may move a cursor is the caller's to take away (`shownText`).
 */
export function print(text: string): void {
  process.stdout.write(partedCommands(text));
}

/**
 * Writes a value as JSON on lines of its own. What is read from it is the value, unchanged: in a command a sign is written as its number.
 * @param indent blanks for each level; default: all on one line
 */
export function printJson(value: unknown, indent = 0): void {
  process.stdout.write(`${partedInJson(JSON.stringify(value, undefined, indent))}\n`);
}
