/** A version of two to four parts, as expressions compare them. */
export interface Version {
  readonly kind: 'version';
  readonly parts: readonly number[];
}

const LARGEST_PART = 2_147_483_647;

/** Reads a version; a literal of an expression has at least three parts, a converted text at least two. */
export function parseVersion(text: string, fewestParts = 2): Version | undefined {
  const parts = text.trim().split('.');
  if (parts.length < fewestParts || parts.length > 4 || !parts.every((part) => /^\d{1,10}$/.test(part))) {
    return undefined;
  }
  const numbers = parts.map(Number);
  return numbers.every((part) => part <= LARGEST_PART) ? { kind: 'version', parts: numbers } : undefined;
}

export function versionText({ parts }: Version): string {
  return parts.join('.');
}

/** Part by part; a part that is absent is less than 0, so that 1.2 < 1.2.0. */
export function compareVersions(left: Version, right: Version): number {
  for (let index = 0; index < 4; index += 1) {
    const difference = (left.parts[index] ?? -1) - (right.parts[index] ?? -1);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
