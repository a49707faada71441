import assert from 'node:assert/strict';
import { startTrackedModel } from '../../unit/tasks/DatabricksRegisterModel/tracked-model';
import { switchOfTable } from './fault-switch';
import { principal, SignIn } from './sign-in';
import type { FaultScene } from './task-scene';

/** How the step names what it registers. */
export type RegisterSource = 'mlflowRunId' | 'loggedModelId' | 'workflowRunId';

/** `DatabricksRegisterModel` on a logged model; each subject is a registered model of its own. */
export async function openRegisterScene(source: RegisterSource): Promise<FaultScene> {
  const tracked = await startTrackedModel(undefined, [principal]);
  const { client, local } = tracked;
  const id = { mlflowRunId: tracked.runId, loggedModelId: tracked.loggedModelId, workflowRunId: '77' }[source];
  const signIn = new SignIn(local.url, local.token);
  let subjects = 0;
  return {
    faults: switchOfTable(local.faults),
    signIn,
    now: () => local.workspace.clock.now(),
    async newSubject() {
      subjects += 1;
      const name = `price_${subjects}x`;
      const model = `main.default.${name}`;
      const versions = () => client.modelVersions.ofModel(model);
      return {
        name,
        step: () =>
          tracked.register(
            { model, [source]: id, description: 'The price.', tags: 'team=price', modelTags: 'area=shop' },
            signIn.connection,
          ),
        async mustHold(host) {
          assert.equal(host.result, 'Succeeded', host.printed);
          const [version, ...others] = await versions();
          assert.deepEqual(others, [], 'a second version');
          assert.deepEqual([version?.version, version?.status], [host.outputs.get('modelVersion'), 'READY']);
          const named = await client.registeredModels.versionByAlias(model, 'challenger');
          assert.equal(named?.version, version?.version);
          assert.equal(named?.description, 'The price.');
          assert.ok(named?.tags?.some(({ key, value }) => key === 'team' && value === 'price'));
          const copied = await client.files.download(
            `/Models/main/default/${name}/${version?.version}/data/model file.bin`,
          );
          assert.equal(copied?.length, 70_000);
        },
        async mustBeSafe() {
          const registered = await client.registeredModels.get(model);
          assert.ok(registered === undefined || (await versions()).length <= 1, 'a second version');
        },
      };
    },
    async close() {
      assert.deepEqual(local.defects, []);
      await local.close();
    },
  };
}
