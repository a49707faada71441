import assert from 'node:assert/strict';
import { ADA, approval, BO, CY, checksOf, gate, runGate, says } from '../../../../support/approval-gate';
import { freshRecord, runOf, stageOf } from '../../../../support/pipeline-run';

describe('an approval', () => {
  it('of somebody who is no approver does not count, and is asked for again', async () => {
    const ran = await runGate([says('approved', 'Eve'), says('approved', 'Bo')], { approvals: [approval()] });
    assert.equal(ran.asked.length, 2);
    assert.equal(ran.messages[0], undefined);
    assert.match(ran.messages[1] ?? '', /Eve is no approver.*Bo, Cy/);
    assert.equal(stageOf(ran, 'approve').result, 'succeeded');
  });

  it('of the requester does not count where that may not be, by name or id', async () => {
    for (const who of ['Ada', 'ADA@contoso.com']) {
      const ran = await runGate([says('approved', who)], {
        approvals: [approval({ approvers: [ADA, BO], requesterMayApprove: false })],
      });
      assert.match(ran.messages[1] ?? '', /started this run and may not approve it/);
      assert.equal(stageOf(ran, 'approve').state, 'pending');
    }
    const may = await runGate([says('approved', 'Ada')], { approvals: [approval({ approvers: [ADA] })] });
    assert.equal(stageOf(may, 'approve').result, 'succeeded');
  });

  it('wants as many as the minimum, each once; 0 is all', async () => {
    for (const minimumApprovers of [2, 0, 7]) {
      const ran = await runGate([says('approved', 'Bo'), says('approved', 'Bo'), says('approved', 'Cy')], {
        approvals: [approval({ minimumApprovers })],
      });
      assert.equal(ran.asked.length, 3);
      assert.match(ran.messages[2] ?? '', /answered already/);
      assert.equal(stageOf(ran, 'approve').result, 'succeeded');
    }
  });

  it('that is rejected ends the others of the stage', async () => {
    const signals: AbortSignal[] = [];
    const ran = await runOf(gate(), {
      environments: { model: { approvals: [approval(), approval({ approvers: [CY] })] } },
      request: {
        decide: async (pending) => {
          signals.push(pending.signal);
          return pending.approval.steps.length === 1 ? says('rejected', 'Cy') : new Promise(() => undefined);
        },
      },
    });
    assert.deepEqual(
      checksOf(ran).map(({ status }) => status),
      ['canceled', 'rejected'],
    );
    assert.equal(stageOf(ran, 'approve').result, 'failed');
    assert.ok(signals.every(({ aborted }) => aborted));
  });
});

describe('branch control', () => {
  for (const [allowed, branch, passes] of [
    [['refs/heads/main'], 'refs/heads/main', true],
    [['refs/heads/release/*', 'refs/tags/v*'], 'refs/heads/release/1', true],
    [['refs/heads/release/*'], 'refs/heads/release', false],
    [['refs/heads/main'], 'refs/heads/main2', false],
    [['refs/heads/ma.n'], 'refs/heads/main', false],
    [[], 'refs/heads/main', false],
    [['*'], 'refs/heads/any/thing', true],
  ] as const) {
    it(`${passes ? 'lets' : 'does not let'} ${branch} pass ${JSON.stringify(allowed)}, before anybody is asked`, async () => {
      const ran = await runGate(
        [says('approved', 'Bo')],
        { allowedBranches: allowed, approvals: [approval()] },
        { record: { ...freshRecord(), branch } },
      );
      assert.equal(ran.asked.length, passes ? 1 : 0);
      assert.equal(stageOf(ran, 'approve').result, passes ? 'succeeded' : 'failed');
      assert.deepEqual(
        checksOf(ran).map(({ kind, status }) => [kind, status]),
        passes
          ? [
              ['branchControl', 'approved'],
              ['approval', 'approved'],
            ]
          : [['branchControl', 'failed']],
      );
    });
  }

  it('looks at the other repositories of the run too', async () => {
    const templates = {
      alias: 'mlops',
      name: 'platform/mlops',
      folder: '/t',
      commit: undefined,
      ref: 'refs/heads/evil',
    };
    const ran = await runGate([], { allowedBranches: ['refs/heads/main'] }, { request: { repositories: [templates] } });
    assert.match(stageOf(ran, 'approve').note ?? '', /refs\/heads\/evil may not use environment model/);
  });
});

describe('the exclusive lock', () => {
  it('is taken after the approval, held until the stage has ended, and asked for with the behaviour of the stage', async () => {
    const happened: string[] = [];
    const yaml = gate('lockBehavior: sequential');
    await runOf(yaml, {
      environments: { model: { exclusiveLock: true, approvals: [approval()] } },
      jobs: (_, key) => {
        happened.push(key);
        return {};
      },
      request: {
        decide: async () => {
          happened.push('asked');
          return says('approved', 'Bo');
        },
        exclusiveLock: async (name, _signal, behavior) => {
          happened.push(`lock ${name} ${behavior}`);
          return () => happened.push('released');
        },
      },
    });
    assert.deepEqual(
      happened.filter((each) => each !== 'report.main'),
      ['evaluate.main', 'asked', 'lock model sequential', 'approve.main', 'released', 'promote.main'],
    );
  });

  it('that goes to another run cancels the stage', async () => {
    const ran = await runGate(
      [],
      { exclusiveLock: true },
      { request: { exclusiveLock: () => Promise.reject(new Error('run 8 is newer')) } },
    );
    assert.equal(stageOf(ran, 'approve').result, 'canceled');
    assert.match(stageOf(ran, 'approve').note ?? '', /run 8 is newer/);
    assert.equal(ran.record.result, 'canceled');
  });
});
