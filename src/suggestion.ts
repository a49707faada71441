import { didYouMean } from './nearest-name';

const NAMES_SHOWN = 10;

/** Names that an identity sees; `cut`: the list was not read to its end. `hidden`: it may not list them. `unknown`: reading the list failed. */
export type SeenNames = { readonly names: readonly string[]; readonly cut: boolean } | 'hidden' | 'unknown';

/** What may be meant by a name, as a sentence. */
export function suggestion(name: string, seen: SeenNames): string {
  if (seen === 'hidden') {
    return 'What else there is, is hidden from it.';
  }
  if (seen === 'unknown') {
    return 'What else there is, is not known.';
  }
  const { names, cut } = seen;
  if (names.length === 0) {
    return 'It sees none at all.';
  }
  return `${didYouMean(name, names)} It sees: ${names.slice(0, NAMES_SHOWN).join(', ')}${restOf(names.length, cut)}.`.trimStart();
}

function restOf(count: number, cut: boolean): string {
  if (cut) {
    return ', and more';
  }
  return count > NAMES_SHOWN ? `, and ${count - NAMES_SHOWN} more` : '';
}
