import { distance } from 'fastest-levenshtein';

/** The nearest of `known` by edit distance, when it is near enough to be what was meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((candidate) => ({
    candidate,
    edits: distance(name.toLowerCase(), candidate.toLowerCase()),
  }));
  ranked.sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= allowedEdits(name) ? best.candidate : undefined;
}

/** Two letters in the wrong order are two edits; in a name of three letters that would be almost any other name. */
function allowedEdits(name: string): number {
  return name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
}
