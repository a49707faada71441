import assert from 'node:assert/strict';
import { scimMe } from '../../../local/workspace/identity/scim-me';
import { createUnityCatalog } from '../../../local/workspace/unity-catalog/service';
import { runTask } from '../../../src/agent/run-task';
import { connectWorkspace } from '../../../src/connection/connect';
import { entryValue } from '../../../src/databricks/mlflow';
import { createWorkspaceClient } from '../../../src/databricks/workspace-client';
import { readInputs } from '../../../tasks/DatabricksPromoteModel/inputs';
import { run } from '../../../tasks/DatabricksPromoteModel/run';
import task from '../../../tasks/DatabricksPromoteModel/task.json';
import { AutoClock } from '../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../support/fake-host';
import { report, reportFile, rollbackInputs } from '../../support/promotion-steps';
import { startServiceWorkspace } from '../../support/service-workspace';
import { surroundings } from '../../unit/connection/surroundings';
import { switchOfTable } from './fault-switch';
import { principal, SignIn } from './sign-in';
import type { FaultScene } from './task-scene';

/** What must be so after a green step on a model whose version 1 was promoted, and 2 after it where that is what is rolled back. */
const AFTER = {
  promote: { champion: '2', previous: '1', states: { '1': 'superseded', '2': 'champion' } },
  rollback: { champion: '1', previous: '', states: { '1': 'champion', '2': 'rolled_back' } },
} as const;

/** `DatabricksPromoteModel` on a model with two versions; each subject is a model of its own. */
export async function openPromoteScene(action: keyof typeof AFTER): Promise<FaultScene> {
  const clock = new AutoClock();
  const local = await startServiceWorkspace(
    clock,
    (workspace) => [createUnityCatalog(workspace), { operations: [scimMe] }],
    [principal],
  );
  const signIn = new SignIn(local.url, local.token);
  const connection = tokenConnection(local.url, local.token);
  const selection = { kind: 'databricks', connection, workspaceUrl: local.url } as const;
  const client = createWorkspaceClient(connectWorkspace(selection, { ...surroundings(), clock }));
  let subjects = 0;

  async function step(model: string, inputs: Record<string, string>): Promise<FakeHost> {
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', model, ...inputs },
      connections: { dbx: signIn.connection },
    });
    await runTask(task, readInputs, run, host, clock);
    return host;
  }

  function reportOf(model: string, version: string, champion: string): Record<string, string> {
    const subject = { model, challenger: { version }, champion: champion === '' ? null : { version: champion } };
    const createdAt = new Date(clock.now()).toISOString();
    return { version, reportPath: reportFile(report(version, champion, { subject }, createdAt)) };
  }

  return {
    faults: switchOfTable(local.faults),
    signIn,
    now: () => local.workspace.clock.now(),
    async newSubject() {
      subjects += 1;
      const name = `price_${subjects}x`;
      const model = `main.default.${name}`;
      await client.registeredModels.create({ name: model });
      for (const version of ['1', '2']) {
        await client.modelVersions.create({ name: model, source: `runs:/r${version}/model`, run_id: `r${version}` });
        await client.modelVersions.finalize(model, version);
      }
      await step(model, reportOf(model, '1', ''));
      const promotion = reportOf(model, '2', '1');
      if (action === 'rollback') {
        await step(model, promotion);
      } else {
        await client.registeredModels.setAlias(model, 'challenger', '2');
      }
      const inputs = action === 'promote' ? promotion : rollbackInputs;
      const versionOf = async (alias: string) =>
        (await client.registeredModels.versionByAlias(model, alias))?.version ?? '';
      return {
        name,
        step: () => step(model, inputs),
        async mustHold(host) {
          const { champion, previous, states } = AFTER[action];
          assert.equal(host.result, 'Succeeded', host.printed);
          assert.equal(await versionOf('champion'), champion);
          assert.equal(await versionOf('previous_champion'), previous);
          assert.equal(await versionOf('challenger'), '');
          for (const [version, state] of Object.entries(states)) {
            const tags = (await client.modelVersions.get(model, version))?.tags;
            assert.equal(entryValue(tags, 'mlops_state'), state, `state of version ${version}`);
          }
        },
        async mustBeSafe() {
          const champion = await versionOf('champion');
          const previous = await versionOf('previous_champion');
          const good = action === 'promote' ? [champion] : [champion, previous];
          assert.ok(
            good.includes('1') || (action === 'promote' && champion === '2' && previous === '1'),
            `${champion} ${previous}`,
          );
        },
      };
    },
    async close() {
      assert.deepEqual(local.defects, []);
      await local.close();
    },
  };
}
