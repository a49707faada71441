import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runTask } from '../../../src/agent/run-task';
import { connectWorkspace } from '../../../src/connection/connect';
import { createWorkspaceClient } from '../../../src/databricks/workspace-client';
import { readInputs } from '../../../tasks/DatabricksEvaluateModel/inputs';
import { run } from '../../../tasks/DatabricksEvaluateModel/run';
import task from '../../../tasks/DatabricksEvaluateModel/task.json';
import { AutoClock } from '../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../support/fake-host';
import { startTestWorkspace } from '../../support/local-workspace';
import { surroundings } from '../../unit/connection/surroundings';
import { regressionPolicyText, regressionRows } from '../../unit/evaluation/sample-policy';
import { writeSources } from '../../unit/tasks/DatabricksEvaluateModel/evaluation-step';
import { switchOf } from './fault-switch';
import { principal, SignIn } from './sign-in';
import type { FaultScene } from './task-scene';
import { WorkingClock } from './working-clock';

const MODEL = 'main.default.price';
const TABLE = 'main.default.eval_predictions_price';
const COLUMNS =
  'id STRING, y DOUBLE, p_challenger DOUBLE, p_champion DOUBLE, challenger_version STRING, champion_version STRING';
const SIGNED = 'signature:\n  inputs: \'[{"type": "double", "name": "x"}]\'\n  outputs: \'[{"type": "double"}]\'\n';
const POLICY = regressionPolicyText(`compliance: [{id: signed, check: signature}, {id: described, check: description}]
thresholds: [{metric: rmse, direction: lower, max: 100}]
champion: {primary: {metric: rmse, hypothesis: superior, iterations: 100}}`);

/** `DatabricksEvaluateModel` on a prediction table, against a champion; it changes nothing, so that each subject is the same. */
export async function openEvaluateScene(): Promise<FaultScene> {
  const clock = new AutoClock();
  const workspace = await startTestWorkspace({ clock: new WorkingClock(clock), servicePrincipals: [principal] });
  const signIn = new SignIn(workspace.url, workspace.token);
  const connection = tokenConnection(workspace.url, workspace.token);
  const selection = { kind: 'databricks', connection, workspaceUrl: workspace.url } as const;
  const client = createWorkspaceClient(connectWorkspace(selection, { ...surroundings(), clock }));
  await client.registeredModels.create({ name: MODEL });
  for (const [version, alias] of [
    ['1', 'champion'],
    ['2', 'challenger'],
  ] as const) {
    const described = { source: `runs:/r${version}/model`, run_id: `r${version}`, description: `model ${version}` };
    await client.modelVersions.create({ name: MODEL, ...described });
    await client.files.upload(`/Models/main/default/price/${version}/MLmodel`, Buffer.from(SIGNED));
    await client.modelVersions.finalize(MODEL, version);
    await client.registeredModels.setAlias(MODEL, alias, version);
  }
  const warehouses = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
  const warehouseId = warehouses.json.warehouses[0]?.id ?? '';
  const rows = regressionRows(60, 2, 30).map(
    (row) => `('${row.id}', ${row.y}, ${row.p_challenger}, ${row.p_champion}, '2', '1')`,
  );
  await client.statements.execute({ statement: `CREATE TABLE ${TABLE} (${COLUMNS})`, warehouseId });
  await client.statements.execute({ statement: `INSERT INTO ${TABLE} VALUES ${rows.join(', ')}`, warehouseId });
  const { policyFile } = writeSources(POLICY, '');
  let digest = '';
  return {
    faults: switchOf(workspace),
    signIn,
    now: () => clock.now(),
    newSubject: async () => ({
      name: '{no name}',
      async step() {
        const inputs = { databricksConnection: 'dbx', model: MODEL, policyFile, predictions: `table:${TABLE}` };
        const host = new FakeHost({ inputs, connections: { dbx: signIn.connection } });
        await runTask(task, readInputs, run, host, clock);
        return host;
      },
      async mustHold(host) {
        assert.equal(host.result, 'Succeeded', host.printed);
        assert.deepEqual([host.outputs.get('verdict'), host.outputs.get('nextAction')], ['PASS', 'promote']);
        const { reportId } = JSON.parse(readFileSync(host.outputs.get('reportPath') ?? '', 'utf8')) as {
          reportId: string;
        };
        digest ||= reportId;
        assert.equal(reportId, digest, 'another report of the same data');
      },
      async mustBeSafe(host) {
        assert.notEqual(host.outputs.get('verdict'), 'PASS');
        assert.equal(host.outputs.get('nextAction'), 'retry');
      },
    }),
    close: () => workspace.stop(),
  };
}
