/** Major, minor and patch of a release of this extension. */
export type ReleaseVersion = readonly [major: number, minor: number, patch: number];

/** `1`, `1.2` or `1.2.3`, missing numbers are 0; `undefined` for anything else. */
export function parseVersion(text: string): ReleaseVersion | undefined {
  const parts = /^(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?$/.exec(text);
  return parts === null ? undefined : [Number(parts[1]), Number(parts[2] ?? 0), Number(parts[3] ?? 0)];
}

/** True when `version` is older than `minimum`. */
export function isOlder(version: ReleaseVersion, minimum: ReleaseVersion): boolean {
  for (const [index, wanted] of minimum.entries()) {
    const have = version[index] ?? 0;
    if (have !== wanted) {
      return have < wanted;
    }
  }
  return false;
}
