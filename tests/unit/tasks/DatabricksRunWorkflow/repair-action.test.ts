import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { switchOff, switchOn } from '../../../faults/fault-control';
import { getRun, type RunReply, runNow, untilRun } from '../../../support/jobs';
import { WorkflowScene } from './workflow-scene';

/** The request takes effect, its answer gets lost. */
const LOST = { kind: 'connection_dropped', at: 'answer' };

describe('DatabricksRunWorkflow, repair', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await WorkflowScene.open();
  });
  afterEach(() => scene.settle());
  after(() => scene.close());

  it('runs again what did not succeed, in the same run', async () => {
    const runId = await scene.failedRun('repaired');
    const host = await scene.step({ action: 'repair', runId });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(host.outputs.get('resultState'), 'SUCCESS');
    assert.equal(host.outputs.get('runId'), runId);
    const again = await scene.step({ action: 'repair', runId });
    assert.equal(again.result, 'Succeeded', again.printed);
    assert.equal(await scene.repairsOf(runId), 1, 'nothing is left to repair');
  });

  it('repairs once when the answer is lost, also where it is not the first repair', async () => {
    const runId = await scene.failedRun('repair lost');
    for (const count of [1, 2]) {
      await switchOn(scene.workspace, { method: 'POST', path: '/api/2.2/jobs/runs/repair', count: 1, fault: LOST });
      const host = await scene.step({ action: 'repair', runId, only: 'first' });
      assert.equal(host.outputs.get('runId'), runId, host.printed);
      assert.equal(await scene.repairsOf(runId), count, host.printed);
      await switchOff(scene.workspace);
    }
  });

  it('takes the tasks that it is told to, and what depends on them', async () => {
    const runId = await scene.failedRun('repair only');
    await scene.step({ action: 'repair', runId });
    const before = await getRun(scene.workspace, runId);
    const host = await scene.step({ action: 'repair', runId, only: 'second' });
    assert.equal(host.result, 'Succeeded', host.printed);
    const attempts = (reply: RunReply, key: string) =>
      (reply.tasks ?? []).filter((one) => one.task_key === key).map(({ run_id }) => String(run_id));
    const after = await getRun(scene.workspace, runId);
    assert.deepEqual(attempts(after, 'first'), attempts(before, 'first'));
    assert.notDeepEqual(attempts(after, 'second'), attempts(before, 'second'));
  });

  it('refuses a run that is active, and a task that it does not have', async () => {
    const ended = await scene.failedRun('repair refused');
    const unknown = await scene.step({ action: 'repair', runId: ended, only: 'third' });
    assert.equal(unknown.error?.code, 'TASK_UNKNOWN', unknown.printed);
    assert.match(unknown.error?.message ?? '', /first, second/);
    writeFileSync(scene.flag('hold'), '');
    const runId = await runNow(scene.workspace, await scene.newJob('repair active'));
    const active = await scene.step({ action: 'repair', runId });
    assert.equal(active.error?.code, 'RUN_ACTIVE', active.printed);
    rmSync(scene.flag('hold'));
    await untilRun(scene.workspace, runId);
  });

  describe('while another repair is under way', () => {
    /** A run with a repair that goes on until it is let go. */
    async function underRepair(name: string, request: object, more: Record<string, unknown> = {}): Promise<string> {
      writeFileSync(scene.flag('fail'), '');
      const runId = await runNow(scene.workspace, await scene.newJob(name, more));
      await untilRun(scene.workspace, runId);
      rmSync(scene.flag('fail'));
      writeFileSync(scene.flag('hold'), '');
      const body = { run_id: runId, ...request };
      const reply = await scene.workspace.call('POST', '/api/2.2/jobs/runs/repair', body);
      assert.equal(reply.status, 200, reply.text);
      return runId;
    }
    const letGo = { onRequest: () => rmSync(scene.flag('hold'), { force: true }) };
    const ALL = { rerun_all_failed_tasks: true, rerun_dependent_tasks: true };
    const parameters = [{ name: 'day', default: '1' }];

    for (const [what, request, inputs] of [
      ['all that failed, and so does the step', ALL, {}],
      ['all that failed, and the step one of them', ALL, { only: 'second' }],
      ['the task that the step wants', { rerun_tasks: ['first'] }, { only: 'first' }],
      ['it with the parameter of the step', { ...ALL, job_parameters: { day: '2' } }, { jobParameters: 'day=2' }],
    ] as const) {
      it(`follows it when it runs ${what}`, async () => {
        const runId = await underRepair(`followed: ${what}`, request, { parameters });
        const host = await scene.step({ action: 'repair', runId, ...inputs }, letGo);
        assert.match(host.printed, /^To be followed: run \d+, whose repair is under way\.$/m);
        assert.equal(await scene.repairsOf(runId), 1);
      });
    }

    for (const [what, request, inputs] of [
      ['another task', { rerun_tasks: ['first'] }, { only: 'second' }],
      ['a part of what failed', { rerun_tasks: ['first'] }, {}],
      ['with another parameter', { ...ALL, job_parameters: { day: '3' } }, { jobParameters: 'day=2' }],
      ['without the parameter', ALL, { jobParameters: 'day=2' }],
      ['without the parameters of tasks', ALL, { taskParameters: 'python_params=["a"]' }],
    ] as const) {
      it(`names it and fails when it runs ${what}`, async () => {
        const more = 'taskParameters' in inputs ? {} : { parameters };
        const runId = await underRepair(`refused: ${what}`, request, more);
        const host = await scene.step({ action: 'repair', runId, ...inputs }, letGo);
        assert.equal(host.error?.code, 'RUN_ACTIVE', host.printed);
        assert.match(
          host.error?.message ?? '',
          /is active: repair \d+ is under way, and does not do what this step asks/,
        );
        assert.equal(host.outputs.get('result'), 'failed');
        rmSync(scene.flag('hold'), { force: true });
        await untilRun(scene.workspace, runId);
        assert.equal(await scene.repairsOf(runId), 1);
      });
    }
  });

  it('changes nothing in a dry run', async () => {
    const runId = await scene.failedRun('repair dry');
    const host = await scene.step({ action: 'repair', runId, dryRun: 'true' });
    assert.match(host.message, /would be repaired/, host.printed);
    assert.equal(await scene.repairsOf(runId), 0);
  });
});

describe('DatabricksRunWorkflow, repairAttempts', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await WorkflowScene.open();
  });
  afterEach(() => scene.settle());
  after(() => scene.close());

  it('repairs until the run succeeds, and says so', async () => {
    await scene.newJob('flaky');
    writeFileSync(scene.flag('fail'), '');
    const host = await scene.step(
      { job: 'flaky', repairAttempts: '2' },
      {
        onRequest: (running) =>
          running.printed.includes('repair 1 of 2') && rmSync(scene.flag('fail'), { force: true }),
      },
    );
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(host.outputs.get('attempts'), '1');
    assert.match(host.printed, /^Run \d+ .*ended SUCCESS; \d repairs?\.$/m);
    assert.ok((await scene.repairsOf(host.outputs.get('runId') ?? '')) >= 1);
    assert.match(readFileSync(host.summaries[0] ?? '', 'utf8'), /\| Repair \| Before \| Result \|/);
  });

  it('gives up after so many, a repeated step included', async () => {
    await scene.newJob('hopeless');
    writeFileSync(scene.flag('fail'), '');
    const host = await scene.step({ job: 'hopeless', repairAttempts: '2' });
    const runId = host.outputs.get('runId') ?? '';
    assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
    assert.equal(await scene.repairsOf(runId), 2);
    const again = await scene.step({ action: 'attach', runId, repairAttempts: '2' });
    assert.equal(again.error?.code, 'RUN_FAILED', again.printed);
    assert.equal(await scene.repairsOf(runId), 2);
  });

  it('leaves the failure of the run as it is when the service refuses', async () => {
    await scene.newJob('refused');
    writeFileSync(scene.flag('fail'), '');
    await switchOn(scene.workspace, { path: '/api/2.2/jobs/runs/repair', fault: { kind: 'status', status: 400 } });
    const host = await scene.step({ job: 'refused', repairAttempts: '1' });
    assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
    assert.deepEqual(
      host.issues.filter(({ type }) => type === 'warning').map(({ code }) => code),
      ['REPAIR_REFUSED'],
    );
  });
});
