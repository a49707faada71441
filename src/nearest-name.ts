import { distance } from 'fastest-levenshtein';

/**
 * The nearest of `known` by edit distance, when it is near enough to be what was meant; else one that has the name in it, or is in it
 * (`job` for `jobName`). Upper and lower case do not differ.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({
    candidate,
    edits: edits(name.toLowerCase(), candidate.toLowerCase()),
  }));
  ranked.sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= allowedEdits(name)
    ? best.candidate
    : ranked.find(({ candidate }) => contains(name.toLowerCase(), candidate.toLowerCase()))?.candidate;
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
