import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connectWorkspace } from '../../../../src/connection/connect';
import { createWorkspaceClient, type WorkspaceClient } from '../../../../src/databricks/workspace-client';
import { AutoClock } from '../../../support/auto-clock';
import { tokenConnection } from '../../../support/fake-host';
import { startTestWorkspace, type TestWorkspace } from '../../../support/local-workspace';
import { surroundings } from '../../connection/surroundings';
import { regressionPolicyText, regressionRows } from '../../evaluation/sample-policy';
import { csvOf, evaluationStep, model, POLICY, writeSources } from './evaluation-step';

const TABLE = 'main.default.eval_predictions_price';
const SIGNED = 'signature:\n  inputs: \'[{"type": "double", "name": "x"}]\'\n  outputs: \'[{"type": "double"}]\'\n';

describe('DatabricksEvaluateModel against the local workspace', function () {
  this.timeout(60_000);
  let workspace: TestWorkspace;
  let client: WorkspaceClient;
  let warehouse: string;

  before(async () => {
    workspace = await startTestWorkspace();
    const connection = tokenConnection(workspace.url, workspace.token);
    client = createWorkspaceClient(
      connectWorkspace(
        { kind: 'databricks', connection, workspaceUrl: workspace.url },
        { ...surroundings(), clock: new AutoClock() },
      ),
    );
    warehouse =
      (await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses')).json.warehouses[0]
        ?.id ?? '';
    await client.registeredModels.create({ name: model });
    for (const version of ['1', '2']) {
      await client.modelVersions.create({
        name: model,
        source: `runs:/r${version}/model`,
        run_id: `r${version}`,
        description: `model number ${version}`,
      });
      await client.files.upload(`/Models/main/default/price/${version}/MLmodel`, Buffer.from(SIGNED));
      await client.modelVersions.finalize(model, version);
    }
    await client.registeredModels.setAlias(model, 'challenger', '2');
    await execute(
      `CREATE TABLE ${TABLE} (id STRING, y DOUBLE, p_challenger DOUBLE, p_champion DOUBLE, challenger_version STRING, champion_version STRING)`,
    );
    await write(20, '2', '');
  });

  after(() => workspace.stop());

  const execute = (statement: string) => client.statements.execute({ statement, warehouseId: warehouse });
  const write = (noise: number, challenger: string, champion: string) => {
    const text = (value: string) => (value === '' ? 'NULL' : `'${value}'`);
    const rows = regressionRows(60, noise, 30).map(
      (row) =>
        `('${row.id}', ${row.y}, ${row.p_challenger}, ${champion === '' ? 'NULL' : row.p_champion}, ${text(challenger)}, ${text(champion)})`,
    );
    return execute(`INSERT OVERWRITE ${TABLE} VALUES ${rows.join(', ')}`);
  };
  const step = (inputs: Record<string, string> = {}, policy = POLICY) =>
    evaluationStep(
      { policyFile: writeSources(policy, '').policyFile, predictions: `table:${TABLE}`, ...inputs },
      tokenConnection(workspace.url, workspace.token),
    );

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

    await write(20, '2', '1');
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
