import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROW_CANARY } from '../../../support/captured-output';
import { csvOf, evaluationStep, POLICY, writeSources } from './evaluation-step';

const withFiles = (policy: string, csv: string, inputs: Record<string, string> = {}) => {
  const { policyFile, predictions } = writeSources(policy, csv);
  return evaluationStep({ policyFile, predictions, ...inputs });
};

describe('DatabricksEvaluateModel on files alone', () => {
  it('judges the versions that the file names and writes report, tests and summary', async () => {
    const host = await withFiles(POLICY, csvOf(100, 20, '18', '17'), { publishArtifact: 'evidence' });
    assert.equal(host.result, 'Succeeded', host.printed);
    const { reportPath = '', summaryPath = '', reportId, reportDigest, ...outputs } = Object.fromEntries(host.outputs);
    assert.deepEqual(outputs, {
      result: 'succeeded',
      verdict: 'PASS',
      nextAction: 'promote',
      approvalRequired: 'false',
      modelName: '',
      challengerVersion: '18',
      championVersion: '17',
      failedChecks: '',
      artifactName: 'evidence',
    });
    const bytes = readFileSync(reportPath);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), reportDigest);
    const report = JSON.parse(bytes.toString());
    assert.equal(report.reportId, reportId);
    assert.equal(report.createdAt, '2023-11-14T22:13:20.000Z');
    const decision = `Promote diabetes 18 (champion is 17): PASS, report ${reportId}`;
    assert.ok(readFileSync(summaryPath, 'utf8').startsWith(`**${decision}**`));
    assert.equal(host.message, decision);
    assert.deepEqual(
      host.attachments.map(({ type, path }) => [type, readFileSync(path).equals(bytes)]),
      [['databricks-mlops.report', true]],
    );
    assert.match(
      readFileSync(host.testResults[0] ?? '', 'utf8'),
      /<testcase classname="diabetes\.champion" name="champion\.rmse"/,
    );
  });

  it('fails on the verdicts of failOn and sets every output all the same', async () => {
    const worse = csvOf(100, 60, '18', '17');
    const failed = await withFiles(POLICY, worse);
    assert.deepEqual([failed.result, failed.error?.code], ['Failed', 'VERDICT_FAIL']);
    assert.deepEqual(
      ['verdict', 'nextAction', 'failedChecks', 'result'].map((name) => failed.outputs.get(name)),
      ['FAIL', 'reject', 'champion.rmse', 'failed'],
    );
    const tolerated = await withFiles(POLICY, worse, { failOn: 'ERROR' });
    assert.deepEqual([tolerated.result, tolerated.outputs.get('verdict')], ['Succeeded', 'FAIL']);
    const open = await withFiles(POLICY, csvOf(100, 30, '18', '17'), { failOn: 'INCONCLUSIVE' });
    assert.deepEqual(
      [open.error?.code, open.outputs.get('nextAction'), open.outputs.get('approvalRequired')],
      ['VERDICT_INCONCLUSIVE', 'approve', 'true'],
    );
  });

  it('judges a first model by the bars', async () => {
    const host = await withFiles(POLICY, csvOf(100, 20, '1', ''));
    assert.deepEqual(
      [host.outputs.get('verdict'), host.outputs.get('championVersion'), host.outputs.get('nextAction')],
      ['PASS', '', 'promote'],
    );
  });

  it('publishes no tests where none are wanted', async () => {
    assert.deepEqual((await withFiles(POLICY, csvOf(100, 20, '18', '17'), { publishTests: 'false' })).testResults, []);
  });

  it('gives one report id to the same evaluation', async () => {
    const csv = csvOf(100, 20, '18', '17');
    const [first, second] = [await withFiles(POLICY, csv), await withFiles(POLICY, csv)];
    assert.equal(first.outputs.get('reportId'), second.outputs.get('reportId'));
  });

  it('checks a policy alone', async () => {
    const { policyFile } = writeSources(POLICY, '');
    const good = await evaluationStep({ action: 'lint', policyFile });
    assert.deepEqual([good.result, good.outputs.get('verdict')], ['Succeeded', '']);
    const { policyFile: bad } = writeSources(
      POLICY.replace('superior', 'superor').replace('rmse, direction', 'rmse, directon'),
      '',
    );
    const refused = await evaluationStep({ action: 'lint', policyFile: bad });
    assert.equal(refused.error?.code, 'POLICY_INVALID');
    assert.match(
      refused.printed,
      /policy\.yml:6:14: thresholds\[0\]\.direction is missing\. Is it meant by "directon"\?/,
    );
    assert.match(refused.printed, /policy\.yml:7:48: .*Did you mean superior\?/);
  });

  const refusals: readonly [string, Record<string, string>, string][] = [
    ['a preset', { policyFile: 'preset:minimal' }, 'PRESET_UNKNOWN'],
    ['a policy that is not there', { policyFile: '/nonexistent/policy.yml' }, 'POLICY_UNREADABLE'],
    ['predictions that are not there', { predictions: 'file:/nonexistent/p.csv' }, 'PREDICTIONS_UNREADABLE'],
    ['a query', { predictions: 'query:p.sql' }, 'INPUT_INVALID'],
    ['a table of two levels', { predictions: 'table:a.b' }, 'INPUT_INVALID'],
    ['a table without a connection', { predictions: 'table:a.b.c' }, 'CONNECTION_REQUIRED'],
    ['an unknown verdict', { failOn: 'WARN' }, 'INPUT_INVALID'],
    ['an unknown action', { action: 'merge' }, 'INPUT_INVALID'],
    ['a macro that was left over', { policyFile: '$(policyFile)' }, 'UNEXPANDED_MACRO'],
    ['an empty challenger', { challenger: '' }, 'EMPTY_INPUT'],
    ['a version that the file does not name', { challenger: '19' }, 'PREDICTIONS_OF_ANOTHER_VERSION'],
    ['an alias without a registry', { champion: 'production' }, 'CONNECTION_REQUIRED'],
    ['no champion where the file names one', { champion: 'none' }, 'CHAMPION_EXISTS'],
  ];
  for (const [name, inputs, code] of refusals) {
    it(`refuses ${name} with a sentence`, async () => {
      const host = await withFiles(POLICY, csvOf(20, 20, '18', '17'), inputs);
      assert.equal(host.result, 'Failed');
      assert.equal(host.error?.code, code, host.printed);
      assert.ok(!/\n\s+at /.test(host.printed));
      assert.equal(host.outputs.get('result'), 'failed');
    });
  }

  it('takes no champion for absent that the file has predictions of, and no version for its own champion', async () => {
    const unnamed = await withFiles(POLICY, csvOf(20, 20, '18', '17').replaceAll(/,17$/gm, ','));
    assert.equal(unnamed.error?.code, 'PREDICTIONS_OF_ANOTHER_VERSION', unnamed.printed);
    assert.match(unnamed.printed, /has predictions of a champion, but names no version of it/);
    const itself = await withFiles(POLICY, csvOf(20, 20, '18', '18'));
    assert.equal(itself.error?.code, 'CHALLENGER_IS_CHAMPION', itself.printed);
    const mixed = await withFiles(POLICY, csvOf(20, 20, '18', '17').replace(',18,17', ',19,17'));
    assert.equal(mixed.error?.code, 'PREDICTIONS_OF_ANOTHER_VERSION', mixed.printed);
  });

  it('says in whole sentences that the policy is not there', async () => {
    const host = await evaluationStep({ policyFile: join(tmpdir(), 'absent.yml'), predictions: 'file:absent.csv' });
    assert.equal(host.error?.code, 'POLICY_UNREADABLE');
    assert.match(host.message, /absent\.yml'\. Correct 'policyFile'/);
  });

  it('takes versions from the inputs where the policy has no version columns', async () => {
    const policy = POLICY.replace('{name: diabetes', '{preset: minimal, name: diabetes').replace(
      'target: y',
      'target: y, versionColumns: none',
    );
    const csv = csvOf(100, 20, '18', '17');
    assert.equal((await withFiles(policy, csv)).error?.code, 'PREDICTIONS_OF_ANOTHER_VERSION');
    const unnamed = await withFiles(policy, csv, { challenger: '18' });
    assert.equal(unnamed.error?.code, 'PREDICTIONS_OF_ANOTHER_VERSION', unnamed.printed);
    assert.match(unnamed.printed, /has predictions of a champion, but 'champion' names no version of it/);
    for (const [rows, inputs] of [
      [csv, { challenger: '18', champion: 'none' }],
      [csvOf(100, 20, '18', ''), { challenger: '18' }],
    ] as const) {
      const first = await withFiles(policy, rows, inputs);
      assert.deepEqual(
        [first.outputs.get('verdict'), first.outputs.get('championVersion')],
        ['PASS', ''],
        first.printed,
      );
    }
    const against = await withFiles(policy, csv, { challenger: '18', champion: '17' });
    assert.deepEqual(
      ['verdict', 'nextAction', 'championVersion'].map((name) => against.outputs.get(name)),
      ['INCONCLUSIVE', 'approve', '17'],
    );
  });

  it('never prints or writes a value of a row', async () => {
    const canary = ROW_CANARY;
    const csv = csvOf(20, 20, '18', '17');
    const sliced = (text: string) =>
      text.replaceAll(/^(?=id,|row-)/gm, (_, at: number) => (at === 0 ? 'region,' : `${canary},`));
    for (const broken of [
      csv.replaceAll('row-', canary),
      sliced(csv),
      sliced(csvOf(20, 60, '18', '17')),
      sliced(csvOf(20, 30, '18', '17')),
      csv.replace('row-3', canary),
      csv.replace(/row-3,[^,]*/, `row-3,${canary}`),
      `${csv}\n${canary},1`,
      `${csv}\n"${canary}`,
      csv.replaceAll(',17', `,${canary}`),
      csv.replace('id,y', `${canary},${canary}`),
    ]) {
      const host = await withFiles(POLICY, broken);
      const written = [...host.summaries, ...host.attachments.map(({ path }) => path), ...host.testResults].map(
        (path) => readFileSync(path, 'utf8'),
      );
      assert.ok(
        ![host.printed, ...host.outputs.values(), ...written].some((text) => text.includes(canary)),
        host.printed,
      );
    }
  });
});
