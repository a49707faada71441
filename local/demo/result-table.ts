import type { Paint } from '../terminal/paint';

/** What a round shows in the closing table. */
export interface RoundResult {
  readonly commit: string;
  readonly says: string;
  readonly version: string;
  readonly verdict: string;
  readonly champion: string;
  readonly served: string;
  readonly report: string;
}

const HEADER = ['commit', 'what', 'version', 'verdict', 'champion', 'served'] as const;

/** The closing table of the demo, one row a round. */
export function resultTable(rounds: readonly RoundResult[], paint: Paint): string {
  const rows = rounds.map(({ commit, says, version, verdict, champion, served }) => [
    commit || '–',
    says,
    version,
    verdict || '–',
    champion,
    served,
  ]);
  const widths = HEADER.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const coloured = (text: string) =>
    text.replace(/\bPASS\b/, (word) => paint.green(word)).replace(/\bFAIL\b/, (word) => paint.red(word));
  return [paint.dim(line(HEADER)), ...rows.map((row) => coloured(line(row)))].join('\n');
}
