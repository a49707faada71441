import type { Result } from '../record/run-record';

/** From the one that counts least. */
const SEVERITY: readonly Result[] = ['skipped', 'succeeded', 'succeededWithIssues', 'canceled', 'failed'];

/** The result of a whole from those of its parts: the worst; `otherwise` where it has none. */
export function worst(results: readonly Result[], otherwise: Result): Result {
  return (
    results.reduce<Result | undefined>(
      (found, result) => (found === undefined || SEVERITY.indexOf(result) > SEVERITY.indexOf(found) ? result : found),
      undefined,
    ) ?? otherwise
  );
}

export function isSuccess(result: Result | undefined): boolean {
  return result === 'succeeded' || result === 'succeededWithIssues';
}

/** A result as expressions read it: `Succeeded`, `SucceededWithIssues`, `Failed`, `Canceled`, `Skipped`. */
export function resultText(result: Result): string {
  return `${result.charAt(0).toUpperCase()}${result.slice(1)}`;
}
