import { shellWord } from '../src/shell-word';

/** A command line; `undefined` when one of its words holds signs that no terminal should be handed. */
export function commandLine(words: readonly string[]): string | undefined {
  return words.some((word) => /\p{C}|##(?:vso)?\[/iu.test(word)) ? undefined : words.map(shellWord).join(' ');
}
