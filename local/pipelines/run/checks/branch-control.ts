/**
 * Whether every ref is allowed. A pattern is a full ref; `*` stands for any signs. [U] whether `*` stops at a slash: here it does not.
 * @returns the first ref that is not
 */
export function refNotAllowed(refs: readonly string[], allowed: readonly string[]): string | undefined {
  const patterns = allowed.map((pattern) => new RegExp(`^${pattern.trim().split('*').map(escaped).join('.*')}$`, 's'));
  return refs.find((ref) => !patterns.some((pattern) => pattern.test(ref)));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
