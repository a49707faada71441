import { nearestName } from './nearest-name';

const NAMES_SHOWN = 10;

/** What may be meant by a name, as a sentence. */
export function suggestion(name: string, seen: readonly string[] | 'hidden'): string {
  if (seen === 'hidden') {
    return 'What else there is, is hidden from it.';
  }
  if (seen.length === 0) {
    return 'It sees none at all.';
  }
  const near = nearestName(name, seen);
  const shown = seen.slice(0, NAMES_SHOWN).join(', ');
  const more = seen.length > NAMES_SHOWN ? `, and ${seen.length - NAMES_SHOWN} more` : '';
  return `${near === undefined ? '' : `Did you mean ${near}? `}It sees: ${shown}${more}.`;
}
