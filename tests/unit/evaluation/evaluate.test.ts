import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluate, type Subject } from '../../../src/evaluation/evaluate';
import type { ModelFacts } from '../../../src/evaluation/model-facts';
import type { EffectivePolicy } from '../../../src/evaluation/policy/parse-policy';
import { parsePolicy } from '../../../src/evaluation/policy/parse-policy';
import type { CheckResult } from '../../../src/evaluation/report-types';
import { sealReport } from '../../../src/report/seal-report';
import { columnsOf, regressionPolicy, regressionPolicyText, regressionRows } from './sample-policy';

const FACTS: ModelFacts = {
  description: 'predicts the progression',
  tags: { owner: 'a@b.example' },
  signature: { inputs: true, outputs: true },
};
const SUBJECT: Subject = {
  model: 'prod.diabetes.progression',
  challenger: { version: '18' },
  champion: { version: '17' },
  facts: FACTS,
};
const FIRST: Subject = { ...SUBJECT, champion: null };
const COMPARED =
  'champion: {primary: {metric: rmse, hypothesis: superior, minImprovement: 0.5, iterations: 1000}, guardrails: [{metric: mae, margin: 1, iterations: 1000}]}';

type Rows = readonly Readonly<Record<string, unknown>>[];
const judge = (policy: EffectivePolicy, rows: Rows, subject: Subject = SUBJECT) =>
  evaluate(policy, subject, { raw: columnsOf(rows), source: { kind: 'file' } });
const checkOf = (checks: readonly CheckResult[], id: string) => {
  const check = checks.find((candidate) => candidate.id === id);
  assert.ok(check, `no check ${id}`);
  return check;
};
const alone = (rows: Rows) => rows.map(({ p_champion: _p, champion_version: _v, ...row }) => row);

describe('evaluate', () => {
  it('passes a better challenger and says by how much', () => {
    const content = judge(regressionPolicy(COMPARED), regressionRows(300, 20, 30));
    assert.equal(content.verdict, 'PASS');
    assert.equal(content.nextAction, 'promote');
    const primary = checkOf(content.checks, 'champion.rmse');
    assert.ok(primary.test?.ci && primary.test.ci[0] > 0.5 && typeof primary.improvement === 'number');
    assert.equal(primary.difference, -primary.improvement);
    assert.deepEqual(
      [primary.test.scheme, primary.test.n, primary.test.iterations, primary.test.required],
      ['multinomial', 300, 1000, 0.5],
    );
  });

  it('fails a worse one and leaves a tie open', () => {
    const worse = judge(regressionPolicy(COMPARED), regressionRows(300, 40, 30));
    assert.deepEqual(
      [worse.verdict, worse.nextAction, worse.failedChecks],
      ['FAIL', 'reject', ['champion.rmse', 'guardrail.mae']],
    );
    const policy = regressionPolicy('champion: {primary: {metric: rmse, hypothesis: superior, iterations: 1000}}');
    const tie = judge(policy, regressionRows(300, 30, 30));
    assert.deepEqual(
      [tie.verdict, tie.nextAction, tie.approvalRequired, tie.failedChecks],
      ['INCONCLUSIVE', 'approve', true, []],
    );
  });

  it('takes two equal models for non-inferior and not for superior by 0.5', () => {
    const rows = regressionRows(50, 20, 30).map((row) => ({ ...row, p_champion: row.p_challenger }));
    const content = judge(regressionPolicy(COMPARED), rows);
    assert.deepEqual(checkOf(content.checks, 'champion.rmse').test?.ci, [0, 0]);
    assert.equal(checkOf(content.checks, 'champion.rmse').verdict, 'FAIL');
    assert.equal(checkOf(content.checks, 'guardrail.mae').verdict, 'PASS');
  });

  it('judges the first model by the bars alone, or as onMissing says', () => {
    const rows = alone(regressionRows(60, 20, 30));
    const policy = (onMissing: string) =>
      regressionPolicy(
        `thresholds: [{metric: rmse, direction: lower, max: 10}]\n${COMPARED.replace('{primary', `{onMissing: ${onMissing}, primary`)}`,
      );
    const outcome = (onMissing: string) => {
      const { verdict, nextAction, checks } = judge(policy(onMissing), rows, FIRST);
      return [verdict, nextAction, checkOf(checks, 'champion.rmse').verdict];
    };
    assert.deepEqual(outcome('thresholdsOnly'), ['PASS', 'promote', 'SKIPPED']);
    assert.deepEqual(outcome('manual'), ['PASS', 'approve', 'SKIPPED']);
    assert.deepEqual(outcome('fail'), ['FAIL', 'reject', 'FAIL']);
  });

  it('takes the end of the interval that useBound names', () => {
    const rows = alone(regressionRows(100, 20, 30));
    const rmse = checkOf(
      judge(regressionPolicy('thresholds: [{metric: rmse, direction: lower, max: 100, useBound: upper}]'), rows, FIRST)
        .checks,
      'threshold.rmse',
    );
    const [, upper] = rmse.test?.ci ?? [];
    assert.ok(typeof upper === 'number' && typeof rmse.challenger === 'number' && upper > rmse.challenger);
    const between = (upper + rmse.challenger) / 2;
    const verdictAt = (more: string) =>
      judge(regressionPolicy(`thresholds: [{metric: rmse, direction: lower, max: ${between}${more}}]`), rows, FIRST)
        .verdict;
    assert.equal(verdictAt(''), 'PASS');
    assert.equal(verdictAt(', useBound: upper'), 'FAIL');
    assert.equal(
      judge(
        regressionPolicy('thresholds: [{metric: mean_signed_error, direction: zero, maxAbs: 0.0001, useBound: both}]'),
        rows,
        FIRST,
      ).verdict,
      'FAIL',
    );
  });

  it('lets a warning pass and an undefined metric not', () => {
    const rows = alone(regressionRows(40, 20, 30));
    const warned = judge(
      regressionPolicy('thresholds: [{metric: rmse, direction: lower, max: 0.1, severity: warn}]'),
      rows,
      FIRST,
    );
    assert.deepEqual([warned.verdict, warned.summary.warn, warned.failedChecks], ['PASS', 1, []]);
    const flat = rows.map((row) => ({ ...row, y: 7 }));
    const undefinedR2 = judge(
      regressionPolicy('thresholds: [{metric: r2, direction: higher, min: 0.1, severity: warn}]'),
      flat,
      FIRST,
    );
    const check = checkOf(undefinedR2.checks, 'threshold.r2');
    assert.deepEqual([undefinedR2.verdict, undefinedR2.nextAction], ['ERROR', 'retry']);
    assert.deepEqual(
      [check.challenger, check.code, check.reason],
      [null, 'METRIC_UNDEFINED', 'undefined on this data'],
    );
  });

  it('gives ERROR, and no interval, when some resample leaves a metric undefined', () => {
    const rows = Array.from({ length: 5 }, (_, id) => ({
      id,
      y: id === 0 ? 1 : 0,
      p_challenger: 0.5,
      challenger_version: 18,
    }));
    const content = judge(
      regressionPolicy('thresholds: [{metric: r2, direction: higher, min: 0.1, useBound: lower}]'),
      rows,
      FIRST,
    );
    const check = checkOf(content.checks, 'threshold.r2');
    assert.deepEqual([check.verdict, check.code, check.test?.ci], ['ERROR', 'METRIC_UNDEFINED', null]);
    assert.match(check.reason ?? '', /^undefined in \d+ of 5000 resamples$/);
  });

  it('shows no aggregate of too few rows', () => {
    const content = judge(
      regressionPolicy(`thresholds: [{metric: rmse, direction: lower, max: 1}]\n${COMPARED}`),
      regressionRows(4, 20, 30),
    );
    assert.deepEqual([content.verdict, content.nextAction, content.data.hash], ['ERROR', 'retry', null]);
    assert.equal(checkOf(content.checks, 'data').code, 'TOO_FEW_ROWS');
    assert.ok(content.checks.every((check) => check.challenger === undefined && check.test === undefined));
  });

  it('is at best inconclusive against a champion without version columns', () => {
    const text = regressionPolicyText(COMPARED)
      .replace('owner:', 'preset: minimal, owner:')
      .replace('target: y', 'target: y, versionColumns: none');
    const policy = parsePolicy(text, 'p.yml');
    assert.equal(judge(policy, regressionRows(300, 20, 30)).verdict, 'INCONCLUSIVE');
    const bars = parsePolicy(
      text.replace(COMPARED, 'thresholds: [{metric: rmse, direction: lower, max: 100}]'),
      'p.yml',
    );
    assert.equal(judge(bars, regressionRows(300, 20, 30)).verdict, 'INCONCLUSIVE');
    assert.equal(judge(bars, alone(regressionRows(300, 20, 30)), FIRST).verdict, 'PASS');
  });

  it('judges what the model must come with, and is partial where nobody was asked', () => {
    const policy = regressionPolicy(`compliance:
  - {id: description, check: description, minLength: 10}
  - {id: signature, check: signature}
  - {id: tags, check: tags, required: {owner: "[a-z]+@b[.]example"}}
thresholds: [{metric: rmse, direction: lower, max: 100}]`);
    const rows = alone(regressionRows(60, 20, 30));
    const verdicts = (facts: ModelFacts | undefined) =>
      judge(policy, rows, { ...FIRST, facts })
        .checks.slice(0, 3)
        .map((check) => check.verdict);
    assert.deepEqual(verdicts(FACTS), ['PASS', 'PASS', 'PASS']);
    assert.deepEqual(
      verdicts({
        description: '  short   ',
        tags: { owner: 'xa@b.examples' },
        signature: { inputs: true, outputs: false },
      }),
      ['FAIL', 'FAIL', 'FAIL'],
    );
    assert.deepEqual(verdicts({ description: '', tags: {}, signature: undefined }), ['FAIL', 'FAIL', 'FAIL']);
    const unasked = judge(policy, rows, { ...FIRST, facts: undefined });
    assert.deepEqual([unasked.partial, unasked.verdict, unasked.nextAction], [true, 'INCONCLUSIVE', 'retry']);
  });

  it('gives the same bytes for the same rows in any order, and another stream for another check', () => {
    const policy = regressionPolicy(COMPARED);
    const rows = regressionRows(80, 20, 25);
    const bytes = (of: Rows) => sealReport(judge(policy, of), '2024-01-01T00:00:00.000Z', {}).json;
    const expected = bytes(rows);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        assert.equal(bytes(shuffled), expected);
      }),
      { seed: 41, numRuns: 10 },
    );
    const [primary, guardrail] = judge(policy, rows).checks.slice(1);
    assert.notEqual(primary?.test?.seed, guardrail?.test?.seed);
  });

  it('keeps its verdict when both predictions and the truth move by the same amount', () => {
    const policy = regressionPolicy(COMPARED);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: -500, max: 500 }), (seed, shift) => {
        const rows = regressionRows(60, 20, 26, seed);
        const moved = rows.map((row) => ({
          ...row,
          y: row.y + shift,
          p_challenger: row.p_challenger + shift,
          p_champion: row.p_champion + shift,
        }));
        const [before, after] = [rows, moved].map(
          (of) => checkOf(judge(policy, of).checks, 'champion.rmse').improvement ?? Number.NaN,
        ) as [number, number];
        assert.ok(Math.abs(before - after) < 1e-9);
      }),
      { seed: 42, numRuns: 20 },
    );
  });

  it('never shows a value of a row', () => {
    const canary = 'canary-7d1f2c9e';
    const policy = regressionPolicy(COMPARED);
    const good = regressionRows(40, 20, 30);
    for (const column of ['id', 'y', 'p_challenger', 'p_champion', 'challenger_version', 'champion_version', 'note']) {
      for (const rows of [
        good.map((row, at) => (at === 3 ? { ...row, [column]: canary } : row)),
        good.map((row) => ({ ...row, [column]: canary })),
      ]) {
        assert.ok(!JSON.stringify(judge(policy, rows)).includes(canary), column);
      }
    }
  });
});
