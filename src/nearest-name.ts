import { distance } from 'fastest-levenshtein';

/** The question after a name that there is not, or '' when no known one is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? '' : `Did you mean ${near}?`;
}

/**
 * The nearest of `known` by edit distance, when it is near enough to be what was meant; else one that has the name in it, or is in it
 * (`job` for `jobName`). Such a one comes first among equally near ones too (`branches` before `batch` for `branch`). Upper and lower case do
 * not differ, and the levels that two names of several levels share say nothing.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name === '') {
    return undefined;
  }
  const ranked = known.map((candidate) => {
    const [wanted, own] = withoutSharedLevels(name.toLowerCase(), candidate.toLowerCase());
    const slips = edits(wanted, own);
    return { candidate, slips, near: slips <= allowedEdits(wanted), within: contains(wanted, own) };
  });
  ranked.sort((a, b) => a.slips - b.slips || Number(b.within) - Number(a.within));
  return (ranked.find(({ near }) => near) ?? ranked.find(({ within }) => within))?.candidate;
}

/** `main.ml.churn` and `main.ml.price` differ in their last level only. */
function withoutSharedLevels(name: string, candidate: string): readonly [string, string] {
  const [levels, others] = [name.split('.'), candidate.split('.')];
  const most = Math.min(levels.length, others.length) - 1;
  const differs = levels.findIndex((level, index) => level !== others[index]);
  const shared = differs < 0 ? most : Math.min(differs, most);
  return [levels.slice(shared).join('.'), others.slice(shared).join('.')];
}

/** Two letters are in too many names to mean one. */
function contains(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.includes(b) || b.includes(a));
}

/** Two neighbours in the wrong order are one slip. */
function edits(from: string, to: string): number {
  const at = from.split('').findIndex((letter, index) => letter !== to[index]);
  const swapped = from.slice(0, at) + from.slice(at + 1, at + 2) + from.slice(at, at + 1) + from.slice(at + 2);
  return at >= 0 && swapped === to ? 1 : distance(from, to);
}

/** More in a name of three letters would be almost any other name. */
function allowedEdits(name: string): number {
  return name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
}
