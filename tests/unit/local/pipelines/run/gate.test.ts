import assert from 'node:assert/strict';
import { approval, checksOf, gate, runGate, says } from '../../../../support/approval-gate';
import { resultsOf, runOf, stageOf } from '../../../../support/pipeline-run';
import { VirtualClock } from '../../../../support/virtual-clock';

describe('the gate of a stage', () => {
  it('approved: goes on, and the record names who', async () => {
    const ran = await runGate([says('approved', 'bo@contoso.com')], { id: '9', approvals: [approval()] });
    assert.deepEqual(resultsOf(ran), {
      evaluate: 'succeeded',
      approve: 'succeeded',
      promote: 'succeeded',
      report: 'succeeded',
    });
    const [check] = checksOf(ran);
    assert.equal(check?.status, 'approved');
    assert.deepEqual(check?.resource, { type: 'environment', id: '9', name: 'model' });
    assert.deepEqual(
      check?.approval?.steps.map(({ status, actualApprover, comment }) => [status, actualApprover?.name, comment]),
      [
        ['approved', 'Bo', 'because'],
        ['skipped', undefined, ''],
      ],
    );
    assert.equal(stageOf(ran, 'approve').checkpoint?.result, 'succeeded');
  });

  it('rejected: fails the stage', async () => {
    const ran = await runGate([says('rejected', 'Cy')], { approvals: [approval()] });
    assert.deepEqual(resultsOf(ran), {
      evaluate: 'succeeded',
      approve: 'failed',
      promote: 'skipped',
      report: 'succeeded',
    });
    assert.equal(checksOf(ran)[0]?.status, 'rejected');
    assert.equal(ran.record.result, 'failed');
  });

  it('nobody answers in time: skips the stage', async () => {
    const clock = new VirtualClock();
    const running = runGate(
      [],
      { approvals: [approval({ timeoutMinutes: 30 })] },
      { clock, request: { decide: () => new Promise(() => undefined) } },
    );
    await clock.advance(29 * 60_000);
    await clock.advance(60_000);
    const ran = await running;
    assert.deepEqual(resultsOf(ran), {
      evaluate: 'succeeded',
      approve: 'skipped',
      promote: 'skipped',
      report: 'succeeded',
    });
    assert.equal(checksOf(ran)[0]?.status, 'timedOut');
    assert.deepEqual(
      checksOf(ran)[0]?.approval?.steps.map(({ status }) => status),
      ['timedOut', 'timedOut'],
    );
    assert.match(stageOf(ran, 'approve').note ?? '', /in time/);
    assert.equal(ran.record.result, 'succeeded');
  });

  it('cancelled while it waits: canceled, and nothing behind it', async () => {
    const cancel = new AbortController();
    const ran = await runGate(
      [],
      { approvals: [approval()] },
      {
        request: {
          signal: cancel.signal,
          decide: (pending) => {
            cancel.abort();
            assert.equal(pending.signal.aborted, true);
            return new Promise(() => undefined);
          },
        },
      },
    );
    assert.equal(stageOf(ran, 'approve').result, 'canceled');
    assert.equal(stageOf(ran, 'promote').result, 'skipped');
    assert.equal(checksOf(ran)[0]?.status, 'canceled');
    assert.equal(ran.record.result, 'canceled');
  });

  it('left: waits, with what depends on it, while the rest goes on', async () => {
    const ran = await runGate([], { approvals: [approval()] });
    assert.deepEqual(resultsOf(ran), {
      evaluate: 'succeeded',
      approve: 'pending',
      promote: 'pending',
      report: 'succeeded',
    });
    assert.equal(checksOf(ran)[0]?.status, 'pending');
    assert.equal(ran.record.state, 'inProgress');
    assert.equal(ran.record.result, undefined);
    assert.equal(ran.record.finishedAt, undefined);
  });

  it('bypassed: goes on, and no approver has approved', async () => {
    const ran = await runGate([says('bypassed', 'Root')], { approvals: [approval()] });
    assert.equal(stageOf(ran, 'promote').result, 'succeeded');
    const [check] = checksOf(ran);
    assert.equal(check?.status, 'bypassed');
    assert.match(check?.message ?? '', /Root/);
    assert.ok(
      check?.approval?.steps.every(
        ({ status, actualApprover }) => status === 'skipped' && actualApprover === undefined,
      ),
    );
  });

  it('without a check: goes on, and there is no checkpoint at all', async () => {
    const ran = await runGate([], {});
    assert.equal(stageOf(ran, 'promote').result, 'succeeded');
    assert.equal(stageOf(ran, 'approve').checkpoint, undefined);
    assert.equal(ran.asked.length, 0);
  });

  it('cannot be deselected where the file says so, and nothing runs', async () => {
    let began = 0;
    await assert.rejects(
      () =>
        runOf(gate(), {
          request: { skipped: new Set(['approve']) },
          jobs: () => {
            began += 1;
            return {};
          },
        }),
      /cannot be skipped/,
    );
    assert.equal(began, 0);
    await assert.rejects(() => runOf(gate(), { request: { skipped: new Set(['nowhere']) } }), /no stage 'nowhere'/);
  });

  it('deselected where that may be: counts as skipped to a condition that names its result', async () => {
    const ran = await runGate(
      [],
      { approvals: [approval()] },
      { request: { skipped: new Set(['APPROVE']) } },
      gate(''),
    );
    assert.deepEqual(resultsOf(ran), {
      evaluate: 'succeeded',
      approve: 'skipped',
      promote: 'skipped',
      report: 'succeeded',
    });
    const careless = await runGate(
      [],
      { approvals: [approval()] },
      { request: { skipped: new Set(['approve']) } },
      gate('', 'succeeded()'),
    );
    assert.equal(stageOf(careless, 'promote').result, 'succeeded');
  });

  for (const [nextAction, decisions, approve, promote] of [
    ['promote', [], 'skipped', 'succeeded'],
    ['approve', [says('approved', 'Bo')], 'succeeded', 'succeeded'],
    ['approve', [says('rejected', 'Bo')], 'failed', 'skipped'],
    ['none', [], 'skipped', 'skipped'],
  ] as const) {
    it(`of kind auto, where the verdict is ${nextAction}${decisions.length > 0 ? ` and the answer ${decisions[0]?.kind}` : ''}: promote ${promote}`, async () => {
      const out = "dependencies.evaluate.outputs['main.e.nextAction']";
      const yaml = gate(
        `condition: and(not(canceled()), eq(dependencies.evaluate.result, 'Succeeded'), eq(${out}, 'approve'))`,
        `and(not(canceled()), eq(dependencies.evaluate.result, 'Succeeded'), or(eq(dependencies.approve.result, 'Succeeded'), and(eq(dependencies.approve.result, 'Skipped'), eq(${out}, 'promote'))))`,
      );
      const ran = await runGate(
        decisions,
        { approvals: [approval()] },
        { jobs: { 'evaluate.main': { outputs: { 'e.nextAction': nextAction } } } },
        yaml,
      );
      assert.equal(stageOf(ran, 'approve').result, approve);
      assert.equal(stageOf(ran, 'promote').result, promote);
    });
  }
});
