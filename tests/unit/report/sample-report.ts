import { evaluate, type Subject } from '../../../src/evaluation/evaluate';
import { type SealedReport, sealReport } from '../../../src/report/seal-report';
import { columnsOf, regressionPolicy, regressionRows } from '../evaluation/sample-policy';

const SECTIONS = `compliance: [{id: description, check: description, minLength: 10}]
thresholds:
  - {metric: rmse, direction: lower, max: 10}
  - {metric: r2, direction: higher, min: 0.99, useBound: lower, severity: warn, iterations: 500}
champion: {primary: {metric: rmse, hypothesis: superior, iterations: 500}, guardrails: [{metric: mae, margin: 1, iterations: 500}]}`;

/** A sealed report of a challenger whose errors are `noise` wide, against a champion of 30. */
export function sampleReport(
  noise = 20,
  changes: Partial<Subject> = {},
  made: { readonly createdAt?: string; readonly provenance?: Readonly<Record<string, string>> } = {},
  policy = regressionPolicy(SECTIONS),
): SealedReport {
  const subject: Subject = {
    model: 'prod.diabetes.progression',
    challenger: { version: '18', runId: 'abc', aliases: ['challenger'] },
    champion: { version: '17' },
    facts: { description: 'predicts the progression', tags: {}, signature: undefined },
    ...changes,
  };
  const rows = regressionRows(60, noise, 30).map((row) =>
    subject.champion === null ? { ...row, champion_version: null, p_champion: null } : row,
  );
  const source = { kind: 'table', table: 'prod.diabetes.eval', deltaVersion: '4' } as const;
  return sealReport(
    evaluate(policy, subject, { raw: columnsOf(rows), source }),
    made.createdAt ?? '2024-01-01T00:00:00.000Z',
    made.provenance ?? {},
  );
}
