import type { Paint } from '../terminal/paint';

/** What a run shows in the closing table. */
export interface DemoRow {
  readonly says: string;
  /** How the run ended. */
  readonly result: string;
  /** Version that is champion afterwards; empty: none yet. */
  readonly staging: string;
  readonly production: string;
  /** What the endpoint answered afterwards; empty: there is none yet. */
  readonly answer: string;
  /** Path of the run's page. */
  readonly page: string;
}

const HEADER = ['run', 'result', 'champion in staging', 'in production', 'the endpoint answers'] as const;

/** The closing table of the demo, a line a run. */
export function resultTable(runs: readonly DemoRow[], paint: Paint): string {
  const rows = runs.map(({ says, result, staging, production, answer }) =>
    [says, result, staging, production, answer].map((cell) => cell || '–'),
  );
  const widths = HEADER.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const coloured = (text: string) =>
    text.replace(/\bsucceeded\b/, (word) => paint.green(word)).replace(/\bfailed\b/, (word) => paint.red(word));
  return [paint.dim(line(HEADER)), ...rows.map((row) => coloured(line(row)))].join('\n');
}
