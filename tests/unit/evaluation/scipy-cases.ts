import assert from 'node:assert/strict';
import { evaluate } from '../../../src/evaluation/evaluate';
import { parsePolicy } from '../../../src/evaluation/policy/parse-policy';
import type { RawPredictions } from '../../../src/evaluation/predictions';

/** Output of tests/clients/python/bootstrap_reference.py. */
export interface ScipyReference {
  readonly resamples: number;
  readonly confidence: number;
  readonly cases: readonly ScipyCase[];
}

export interface ScipyCase {
  readonly name: string;
  readonly problem: 'regression' | 'classification';
  readonly classes?: number;
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  readonly figures: Readonly<
    Record<
      string,
      { readonly challenger: number; readonly champion: number; readonly interval: readonly [number, number] }
    >
  >;
}

const ITERATIONS = 20_000;

/** Judges a case with our own code and holds metrics to 1e-9 and interval ends to the Monte-Carlo error of both sides. */
export function assertAgreesWithScipy(reference: ScipyReference, scipyCase: ScipyCase): void {
  const content = evaluate(parsePolicy(policyText(scipyCase), 'policy.yml'), subject, {
    raw: rawOf(scipyCase),
    source: { kind: 'file' },
  });
  for (const [metric, expected] of Object.entries(scipyCase.figures)) {
    const check = content.checks.find((candidate) => candidate.metric === metric);
    assert.ok(check?.test?.ci, `${metric} was compared`);
    assert.ok(
      Math.abs((check.challenger ?? Number.NaN) - expected.challenger) < 1e-9,
      `${metric} of the challenger: ${check.challenger}, scikit-learn ${expected.challenger}`,
    );
    assert.ok(
      Math.abs((check.champion ?? Number.NaN) - expected.champion) < 1e-9,
      `${metric} of the champion: ${check.champion}, scikit-learn ${expected.champion}`,
    );
    const tolerance =
      4 * monteCarloError(expected.interval, reference.resamples) + latticeStep(metric, rowsOf(scipyCase));
    for (const end of [0, 1] as const) {
      const apart = Math.abs(check.test.ci[end] - expected.interval[end]);
      assert.ok(
        apart < tolerance,
        `${metric}, end ${end}: ${check.test.ci[end]}, SciPy ${expected.interval[end]}, apart ${apart} of ${tolerance}`,
      );
    }
  }
}

/** Accuracies are multiples of 1/n: a percentile beside a step may fall on either side of it. */
function latticeStep(metric: string, rows: number): number {
  return metric === 'accuracy' ? 1.000001 / rows : 0;
}

function rowsOf(scipyCase: ScipyCase): number {
  return scipyCase.rows['truth']?.length ?? 0;
}

/** Standard error of the difference of two 2.5 % percentiles of nearly normal replicates. */
function monteCarloError([low, high]: readonly [number, number], resamples: number): number {
  const sigma = (high - low) / (2 * 1.959964);
  const densityAtEnd = 0.058445 / sigma;
  return (Math.sqrt(0.025 * 0.975) / densityAtEnd) * Math.sqrt(1 / resamples + 1 / ITERATIONS);
}

const subject = { model: 'c.s.m', challenger: { version: '2' }, champion: { version: '1' }, facts: undefined };

function policyText(scipyCase: ScipyCase): string {
  const metrics = Object.keys(scipyCase.figures);
  const rule = (metric: string) =>
    `{metric: ${metric}, hypothesis: nonInferior, margin: 0.5, iterations: ${ITERATIONS}}`;
  const classes =
    scipyCase.classes === undefined
      ? ''
      : `, classes: [${Array.from({ length: scipyCase.classes }, (_, label) => label).join(', ')}]`;
  const weight = 'weight' in scipyCase.rows ? ', weightColumn: weight' : '';
  return `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: reference}
model: {problem: ${scipyCase.problem}, idColumn: id, target: truth, columns: {challenger: challenger, champion: champion}${classes}${weight}}
champion:
  primary: ${rule(metrics[0] as string)}
  guardrails: [${metrics.slice(1).map(rule).join(', ')}]
`;
}

function rawOf(scipyCase: ScipyCase): RawPredictions {
  const rows = rowsOf(scipyCase);
  const columns = new Map<string, readonly unknown[]>(Object.entries(scipyCase.rows));
  columns.set(
    'id',
    Array.from({ length: rows }, (_, row) => row),
  );
  columns.set('challenger_version', new Array(rows).fill('2'));
  columns.set('champion_version', new Array(rows).fill('1'));
  return { rows, columns };
}
