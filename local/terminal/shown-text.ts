import { stripVTControlCharacters } from 'node:util';
import { partedCommands } from '../../src/agent/neutral-text';

/** Signs that a terminal shows in two cells. Source: Unicode Standard Annex 11; emoji by their property. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;
const JOINED = /\p{Mark}|\p{Default_Ignorable_Code_Point}/u;

/**
 * Text from outside as a terminal may show it: on one line, nothing that moves the cursor, colours, rings or turns the direction, and no command
 * to an agent that runs this program.
 */
export function shownText(text: string): string {
  const still = stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\p{Bidi_Control}/gu, '')
    .trim();
  // Last: what was taken away may have stood between the signs of a command.
  return partedCommands(still);
}

/** How many cells of a terminal a text takes. */
export function cellsOf(text: string): number {
  return [...text].reduce((cells, sign) => cells + (JOINED.test(sign) ? 0 : WIDE.test(sign) ? 2 : 1), 0);
}

/** A text in at most so many cells; what was cut away is shown by `…`. */
export function cutTo(text: string, cells: number): string {
  if (cellsOf(text) <= cells) {
    return text;
  }
  let used = 1;
  let kept = '';
  for (const sign of text) {
    used += cellsOf(sign);
    if (used > cells) {
      break;
    }
    kept += sign;
  }
  return cells < 1 ? '' : `${kept}…`;
}
