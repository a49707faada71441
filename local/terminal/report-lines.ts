import { neutralLine } from '../../src/agent/neutral-text';
import type { PromotionReport } from '../../src/evaluation/report-types';
import { nextStep } from '../../src/report/next-step';

/** A report for a terminal: what "(partial)" means, each check with its figures in one line, what to do next. */
export function reportLines(report: PromotionReport): string[] {
  const width = Math.max(0, ...report.checks.map(({ verdict }) => verdict.length));
  const leftOut = report.checks.filter(({ verdict }) => verdict === 'SKIPPED').map(({ id }) => id);
  return [
    ...(report.partial
      ? [`Partial: what only the registry knows was not judged (${leftOut.join(', ')}), so the verdict cannot be PASS.`]
      : []),
    ...report.checks.map(({ verdict, id, message }) => `  ${verdict.padEnd(width)}  ${id}: ${message}`),
    ...report.notes,
    nextStep(report),
  ].map(neutralLine);
}
