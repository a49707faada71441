import assert from 'node:assert/strict';
import { countRequests, dieAt, switchOff } from './fault-control';
import { startWorkflowScene, type WorkflowScene } from './workflow-scene';

describe('DatabricksRunWorkflow, dead at every request', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await startWorkflowScene();
  });
  afterEach(() => switchOff(scene.workspace));
  after(() => scene.stop());

  for (const when of ['before', 'after'] as const) {
    it(`${when} the effect of each: the step again ends green with one run`, async () => {
      const requests = await requestsOfStep();
      assert.ok(requests >= 14, String(requests));
      for (let number = 1; number <= requests; number += 1) {
        const step = await scene.newStep();
        await dieAt(scene.workspace, number, when);
        await step.run({ reuse: 'succeeded' });
        await switchOff(scene.workspace);
        const again = await step.run({ reuse: 'succeeded', requireModel: 'true' });
        const where = `request ${number}: ${again.printed}`;
        assert.equal(again.result, 'Succeeded', where);
        const runs = await step.runs();
        assert.equal(runs.length, 1, where);
        assert.equal(again.outputs.get('runId'), String(runs[0]?.run_id), where);
        assert.equal(again.outputs.get('modelVersion'), '1', where);
      }
    });

    it(`${when} the effect of each, while the run goes on: the step again takes it up, whatever it may reuse`, async () => {
      for (let number = 1; number <= 8; number += 1) {
        const step = await scene.newStep();
        await dieAt(scene.workspace, number, when);
        scene.held = true;
        await step.run();
        scene.held = false;
        await switchOff(scene.workspace);
        const again = await step.run();
        assert.equal(again.result, 'Succeeded', `request ${number}: ${again.printed}`);
        assert.equal((await step.runs()).length, 1, `request ${number}`);
      }
    });
  }

  async function requestsOfStep(): Promise<number> {
    const counted = await countRequests(scene.workspace);
    const host = await (await scene.newStep()).run({ reuse: 'succeeded' });
    assert.equal(host.result, 'Succeeded', host.printed);
    const requests = await counted();
    await switchOff(scene.workspace);
    return requests;
  }
});
