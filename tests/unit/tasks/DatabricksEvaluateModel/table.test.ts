import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { WorkspaceClient } from '../../../../src/databricks/workspace-client';
import { ROW_CANARY } from '../../../support/captured-output';
import { regressionPolicyText } from '../../evaluation/sample-policy';
import { csvOf, model, POLICY, writeSources } from './evaluation-step';
import { type JudgedModel, startJudgedModel, TABLE } from './judged-model';

describe('DatabricksEvaluateModel against the local workspace', () => {
  let judged: JudgedModel;
  let client: WorkspaceClient;

  before(async () => {
    judged = await startJudgedModel();
    client = judged.client;
    await judged.write({ noise: 20, challenger: '2', champion: '' });
  });
  after(() => judged.stop());

  const step = (inputs: Record<string, string> = {}, policy = POLICY) => judged.step(inputs, policy);

  it('judges a first model, then a challenger against the champion, each at one version of the table', async () => {
    const first = await step();
    assert.equal(first.result, 'Succeeded', first.printed);
    assert.deepEqual(
      ['verdict', 'nextAction', 'modelName', 'challengerVersion', 'championVersion'].map((name) =>
        first.outputs.get(name),
      ),
      ['PASS', 'promote', model, '2', ''],
    );

    await client.registeredModels.setAlias(model, 'champion', '1');
    const stale = await step();
    assert.deepEqual(
      [stale.error?.code, stale.outputs.get('verdict'), stale.outputs.get('nextAction')],
      ['VERDICT_ERROR', 'ERROR', 'retry'],
    );
    assert.match(stale.printed, /champion_version/);

    await judged.write({ noise: 20, challenger: '2', champion: '1' });
    const compared = await step();
    assert.deepEqual(
      ['verdict', 'challengerVersion', 'championVersion'].map((name) => compared.outputs.get(name)),
      ['PASS', '2', '1'],
      compared.printed,
    );
    const reports = [first, compared].map((host) =>
      JSON.parse(readFileSync(host.outputs.get('reportPath') ?? '', 'utf8')),
    );
    assert.ok(Number(reports[1].data.deltaVersion) > Number(reports[0].data.deltaVersion));
    assert.equal(reports[1].data.table, TABLE);
    assert.deepEqual(reports[1].subject.champion, { version: '1', runId: 'r1', aliases: ['champion'] });
    assert.equal(reports[1].data.rows, 60);
  });

  it('gives the same figures for the table and for a file of the same rows', async () => {
    const table = await step();
    const file = await step({ predictions: writeSources(POLICY, csvOf(60, 20, '2', '1')).predictions });
    const [a, b] = [table, file].map((host) => JSON.parse(readFileSync(host.outputs.get('reportPath') ?? '', 'utf8')));
    assert.equal(a.data.hash, b.data.hash);
    assert.deepEqual(a.checks, b.checks);
  });

  it('asks the registry for description, tags and signature', async () => {
    const policy = regressionPolicyText(`compliance:
  - {id: description, check: description, minLength: 5}
  - {id: signature, check: signature}
  - {id: tags, check: tags, required: {owner: ".+"}}
thresholds: [{metric: rmse, direction: lower, max: 100}]`);
    const lacking = await step({}, policy);
    assert.deepEqual(
      [lacking.outputs.get('verdict'), lacking.outputs.get('failedChecks')],
      ['FAIL', 'tags'],
      lacking.printed,
    );
    await client.modelVersions.setTag(model, '2', 'owner', 'a team');
    assert.equal((await step({}, policy)).outputs.get('verdict'), 'PASS');
  });

  it('finds no column, and says which', async () => {
    const host = await step({}, POLICY.replace('target: y', 'target: truth'));
    assert.equal(host.error?.code, 'VERDICT_ERROR');
    assert.match(host.printed, /The prediction data has no column truth\./);
  });

  const refusals: readonly [string, Record<string, string>, string][] = [
    ['a challenger that is the champion', { challenger: '1' }, 'CHALLENGER_IS_CHAMPION'],
    ['an alias that is not there', { challenger: 'candidate' }, 'VERSION_NOT_FOUND'],
    ['a version that is not there', { challenger: '99' }, 'VERSION_NOT_FOUND'],
    ['a champion that is not there', { champion: '98' }, 'VERSION_NOT_FOUND'],
    ['no champion while there is one', { champion: 'none' }, 'CHAMPION_EXISTS'],
    ['a warehouse that is not there', { warehouse: 'nightly' }, 'WAREHOUSE_NOT_FOUND'],
    ['a table that is not there', { predictions: 'table:main.default.absent' }, 'STATEMENT_FAILED'],
    ['no model', { model: '' }, 'INPUT_REQUIRED'],
  ];
  for (const [name, inputs, code] of refusals) {
    it(`refuses ${name}`, async () => {
      const host = await step(inputs);
      assert.equal(host.error?.code, code, host.printed);
      assert.equal(host.outputs.get('result'), 'failed');
    });
  }

  it('reads one version of the table, though a job overwrites it between two statements', async () => {
    const quiet = await step();
    let statements = 0;
    judged.intercept = async ({ method, url }) => {
      if (method === 'POST' && url === '/api/2.0/sql/statements') {
        statements += 1;
        // After the version was chosen, and again before the rows are read: rows that would fail, of another challenger.
        await (statements > 1 ? judged.write({ noise: 90, challenger: '7', champion: '1' }) : undefined);
      }
      return undefined;
    };
    const disturbed = await step();
    judged.intercept = () => undefined;
    assert.equal(statements, 3);
    assert.equal(disturbed.outputs.get('verdict'), 'PASS', disturbed.printed);
    assert.equal(disturbed.outputs.get('reportId'), quiet.outputs.get('reportId'));
    assert.match((await step()).printed, /names? another version or none in column challenger_version/);
    await judged.write({ noise: 20, challenger: '2', champion: '1' });
  });

  it('puts policyVariables into the policy and takes the warehouse by name', async () => {
    const policy = `${POLICY}approval: {when: [always], catalogs: ["\${catalog}"]}\n`;
    const missing = await step({}, policy);
    assert.equal(missing.error?.code, 'POLICY_INVALID');
    assert.match(missing.printed, /policy variable catalog is not defined/);
    const binding = await step({ policyVariables: 'catalog=main' }, policy);
    assert.deepEqual(
      ['verdict', 'nextAction', 'approvalRequired'].map((name) => binding.outputs.get(name)),
      ['PASS', 'approve', 'true'],
    );
    const elsewhere = await step({ policyVariables: '{"catalog": "prod"}' }, policy);
    assert.equal(elsewhere.outputs.get('nextAction'), 'promote');
    assert.match(readFileSync(elsewhere.summaries[0] ?? '', 'utf8'), /approvals do not bind in catalog main/);
    const name = /Reading .* on warehouse (.+) \((\w+)\)\./.exec(binding.printed);
    assert.equal((await step({ warehouse: name?.[1] ?? '' })).outputs.get('verdict'), 'PASS');
    assert.equal((await step({ warehouse: name?.[2] ?? '' })).outputs.get('verdict'), 'PASS');
  });

  it('shows no row, whatever the verdict', async () => {
    const cases: readonly [string, Parameters<JudgedModel['write']>[0]][] = [
      ['PASS', { noise: 20, challenger: '2', champion: '1' }],
      ['FAIL', { noise: 60, challenger: '2', champion: '1' }],
      ['INCONCLUSIVE', { noise: 30, challenger: '2', champion: '1' }],
      ['ERROR', { noise: 20, challenger: ROW_CANARY, champion: '1' }],
      ['ERROR', { noise: 20, challenger: '2', champion: ROW_CANARY }],
    ];
    for (const [verdict, rows] of cases) {
      await judged.write({ ...rows, region: ROW_CANARY, idPrefix: ROW_CANARY });
      const host = await step();
      assert.equal(host.outputs.get('verdict'), verdict, host.printed);
      const files = [...host.summaries, ...host.attachments.map(({ path }) => path), ...host.testResults];
      const texts = [host.printed, ...host.outputs.values(), ...files.map((path) => readFileSync(path, 'utf8'))];
      assert.ok(texts.every((text) => !text.includes(ROW_CANARY)));
    }
    const asNumber = POLICY.replace('target: y', 'target: region');
    assert.equal((await step({}, asNumber)).outputs.get('verdict'), 'ERROR');
    await judged.write({ noise: 20, challenger: '2', champion: '1' });
  });

  it('changes nothing in the workspace', async () => {
    const before = JSON.stringify([
      await client.registeredModels.get(model),
      await client.modelVersions.ofModel(model),
    ]);
    await step();
    assert.equal(
      JSON.stringify([await client.registeredModels.get(model), await client.modelVersions.ofModel(model)]),
      before,
    );
  });
});
