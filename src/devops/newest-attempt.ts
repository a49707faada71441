/**
 * The artifact of the newest attempt: artifacts cannot be replaced, so that a step that runs again publishes `NAME-2`, `NAME-3` …
 * (contract 0.4). The highest number wins, wherever the attempts before it are.
 * @param names names of all artifacts of the run
 * @returns `undefined` when there is none
 */
export function newestAttempt(names: readonly string[], name: string): string | undefined {
  const attempts = names.flatMap((candidate) => {
    const attempt = attemptOf(candidate, name);
    return attempt === undefined ? [] : [{ candidate, attempt }];
  });
  return attempts.sort((a, b) => b.attempt - a.attempt)[0]?.candidate;
}

function attemptOf(candidate: string, name: string): number | undefined {
  if (candidate === name) {
    return 1;
  }
  const digits = candidate.startsWith(`${name}-`) ? candidate.slice(name.length + 1) : '';
  // As {@link artifactNameOfAttempt} writes it: from 2 on, without leading zeros.
  return /^([2-9]|[1-9]\d{1,8})$/.test(digits) ? Number(digits) : undefined;
}
