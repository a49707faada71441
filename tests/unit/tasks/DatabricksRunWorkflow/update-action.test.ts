import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { switchOff, switchOn } from '../../../faults/fault-control';
import { PIPELINES, WorkflowScene } from './workflow-scene';

/** The request takes effect, its answer gets lost. */
const LOST = { kind: 'connection_dropped', at: 'answer' };

describe('DatabricksRunWorkflow, update', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await WorkflowScene.open();
  });
  afterEach(() => scene.settle());
  after(() => scene.close());

  const GOOD = 'CREATE OR REFRESH MATERIALIZED VIEW one AS SELECT 1 AS n;';

  it('brings a pipeline up to date and waits for it', async () => {
    const id = await scene.newPipeline('good', GOOD);
    const host = await scene.step({ action: 'update', pipeline: 'good' });
    assert.equal(host.result, 'Succeeded', host.printed);
    const [update, ...others] = await scene.updates(id);
    assert.deepEqual(others, []);
    assert.equal(host.outputs.get('runId'), update?.update_id);
    assert.equal(host.outputs.get('resultState'), 'COMPLETED');
    assert.match(host.outputs.get('runUrl') ?? '', new RegExp(`/pipelines/${id}/updates/`));
    assert.match(host.printed, /^Flow '\S*one': COMPLETED$/m);
    assert.match(host.printed, /^Update \S+ of pipeline 'good' ended COMPLETED; 1 flow completed\.$/m);
    assert.match(
      readFileSync(host.summaries[0] ?? '', 'utf8'),
      /took (?:\d+ min )?\d+ s\.[\s\S]*\| \S*one \| COMPLETED \|/,
    );
  });

  it('passes what to compute anew', async () => {
    const id = await scene.newPipeline('selected', GOOD);
    const inputs = { action: 'update', pipeline: id, fullRefresh: 'true', refreshSelection: 'One' };
    assert.equal((await scene.step(inputs)).result, 'Succeeded');
    const [update] = await scene.updates(id);
    assert.deepEqual(
      (update as unknown as { full_refresh_selection: string[] }).full_refresh_selection,
      ['One'],
      JSON.stringify(update),
    );
  });

  it('fails with the errors of the event log', async () => {
    await scene.newPipeline('bad', 'CREATE OR REFRESH MATERIALIZED VIEW two AS SELECT x FROM nowhere_at_all;');
    const host = await scene.step({ action: 'update', pipeline: 'bad' });
    assert.equal(host.error?.code, 'UPDATE_FAILED', host.printed);
    assert.match(host.error?.message ?? '', /ended FAILED\. Flow 'two': \[TABLE_OR_VIEW_NOT_FOUND\] .*nowhere_at_all/);
    const summary = readFileSync(host.summaries[0] ?? '', 'utf8');
    assert.equal(summary.match(/^\* .*nowhere/gm)?.length, 1, 'said of the update and of its flow');
    assert.equal(host.outputs.get('resultState'), 'FAILED');
    assert.ok(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8').includes('nowhere_at_all'));
    const passing = await scene.step({ action: 'update', pipeline: 'bad', failOn: 'canceled' });
    assert.equal(passing.result, 'Succeeded', passing.printed);
  });

  it('starts one update when the answer to the start is lost, and when it never arrived', async () => {
    const id = await scene.newPipeline('lost', GOOD);
    const start = { method: 'POST', path: `${PIPELINES}/:id/updates`, count: 1 };
    for (const [fault, count] of [
      [LOST, 1],
      [{ kind: 'connection_dropped', at: 'request' }, 2],
      [{ kind: 'truncated_json' }, 3],
      [{ kind: 'status', status: 500 }, 4],
      [{ kind: 'status', status: 503 }, 5],
    ] as const) {
      await switchOn(scene.workspace, { ...start, fault });
      const host = await scene.step({ action: 'update', pipeline: 'lost' });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.equal((await scene.updates(id)).length, count, JSON.stringify(fault));
      await switchOff(scene.workspace);
    }
  });

  for (const [what, inputs, code] of [
    ['no pipeline', {}, 'INPUT_REQUIRED'],
    ['an unknown pipeline', { pipeline: 'nope' }, 'PIPELINE_NOT_FOUND'],
    ["one whose name would change the service's filter", { pipeline: "x' OR name LIKE '%" }, 'PIPELINE_NOT_FOUND'],
    ['reuse of an update that has ended', { pipeline: 'good', reuse: 'succeeded' }, 'INPUT_NOT_USED'],
    ['a model', { pipeline: 'good', model: 'a.b.c' }, 'INPUT_NOT_USED'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const host = await scene.step({ action: 'update', ...inputs });
      assert.equal(host.error?.code, code, host.printed);
    });
  }

  it('lists both pipelines of one name', async () => {
    const ids = [await scene.newPipeline('twin', GOOD), await scene.newPipeline('twin', GOOD)];
    const host = await scene.step({ action: 'update', pipeline: 'twin' });
    assert.equal(host.error?.code, 'PIPELINE_AMBIGUOUS', host.printed);
    assert.ok(ids.every((id) => host.error?.message.includes(id)));
    assert.equal((await scene.step({ action: 'update', pipeline: ids[1] ?? '' })).result, 'Succeeded');
  });

  it('starts nothing in a dry run', async () => {
    const id = await scene.newPipeline('dry', GOOD);
    const host = await scene.step({ action: 'update', pipeline: 'dry', dryRun: 'true' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.message, /would be started/);
    assert.deepEqual(await scene.updates(id), []);
  });
});
