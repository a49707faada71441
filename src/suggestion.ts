import { didYouMean } from './nearest-name';

const NAMES_SHOWN = 10;

/** What may be meant by a name, as a sentence. */
export function suggestion(name: string, seen: readonly string[] | 'hidden'): string {
  if (seen === 'hidden') {
    return 'What else there is, is hidden from it.';
  }
  if (seen.length === 0) {
    return 'It sees none at all.';
  }
  const shown = seen.slice(0, NAMES_SHOWN).join(', ');
  const more = seen.length > NAMES_SHOWN ? `, and ${seen.length - NAMES_SHOWN} more` : '';
  return `${didYouMean(name, seen)} It sees: ${shown}${more}.`.trimStart();
}
