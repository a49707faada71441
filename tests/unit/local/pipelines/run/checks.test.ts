import assert from 'node:assert/strict';
import type { CheckRunRecord } from '../../../../../local/pipelines/record/run-record';
import type {
  ApprovalCheck,
  Decision,
  EnvironmentChecks,
  PendingApproval,
} from '../../../../../local/pipelines/run/run-request';
import { type FakeRun, freshRecord, type Ran, resultsOf, runOf, stageOf } from '../../../../support/pipeline-run';
import { VirtualClock } from '../../../../support/virtual-clock';

const ADA = { id: 'ada@contoso.com', name: 'Ada' };
const BO = { id: 'bo@contoso.com', name: 'Bo' };
const CY = { id: 'cy@contoso.com', name: 'Cy' };

function approval(given: Partial<ApprovalCheck> = {}): ApprovalCheck {
  return {
    approvers: [BO, CY],
    minimumApprovers: 1,
    requesterMayApprove: true,
    instructions: 'Look.',
    timeoutMinutes: 60,
    ...given,
  };
}

/** The gate of the templates: judge, approve, promote; with the condition that promotes only behind an approval. */
function gate(
  approveKeys = 'isSkippable: false',
  condition = `and(not(canceled()), eq(dependencies.evaluate.result, 'Succeeded'), eq(dependencies.approve.result, 'Succeeded'))`,
): string {
  return `stages:
- stage: evaluate
  jobs: [{ job: main, steps: [] }]
- stage: approve
  ${approveKeys}
  jobs:
  - deployment: main
    environment: model
    strategy: { runOnce: { deploy: { steps: [] } } }
- stage: promote
  dependsOn: [evaluate, approve]
  condition: ${condition}
  jobs: [{ job: main, steps: [] }]
- stage: report
  dependsOn: evaluate
  jobs: [{ job: main, steps: [] }]`;
}

function answering(...decisions: readonly Decision[]): {
  readonly asked: PendingApproval[];
  readonly messages: (string | undefined)[];
  decide(pending: PendingApproval): Promise<Decision>;
} {
  const rest = [...decisions];
  const asked: PendingApproval[] = [];
  const messages: (string | undefined)[] = [];
  return {
    asked,
    messages,
    decide: async (pending) => {
      asked.push(pending);
      messages.push(pending.check.message);
      return rest.shift() ?? { kind: 'left' };
    },
  };
}

function says(kind: 'approved' | 'rejected' | 'bypassed', by: string): Decision {
  return { kind, by, comment: 'because' };
}

async function runGate(
  decisions: readonly Decision[],
  checks: Partial<EnvironmentChecks>,
  fake: FakeRun = {},
  yaml = gate(),
): Promise<Ran & ReturnType<typeof answering>> {
  const answers = answering(...decisions);
  const ran = await runOf(yaml, {
    ...fake,
    environments: { model: checks },
    request: { decide: answers.decide, ...fake.request },
  });
  return { ...ran, ...answers };
}

function checksOf(ran: Pick<Ran, 'record'>): readonly CheckRunRecord[] {
  return stageOf(ran, 'approve').checkpoint?.checks ?? [];
}

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
