import assert from 'node:assert/strict';
import type { RunRecord } from '../../local/pipelines/record/run-record';
import type { Decision } from '../../local/pipelines/run/run-request';
import { answering, approval, says } from '../support/approval-gate';
import { type FakeOutcome, type FakeRun, type Ran, resultsOf, runOf, stageOf } from '../support/pipeline-run';
import { OCCASIONS, planTemplate } from '../support/templates';
import { VirtualClock } from '../support/virtual-clock';

const BASE = {
  project: 'diabetes',
  model: { schema: 'diabetes', name: 'progression' },
  environments: [
    { name: 'staging', catalog: 'staging', connection: 'dbx-staging' },
    { name: 'prod', catalog: 'prod', connection: 'dbx-prod' },
  ],
  pullRequest: { connection: 'dbx-pr' },
  deployment: { mode: 'online', endpoint: 'progression' },
};
const APPROVERS = 'mlops-diabetes-prod-model';

/** What our tasks would have set, for a report that says `nextAction` in production. */
function tasks(nextAction: string) {
  return (_job: unknown, key: string): FakeOutcome => {
    const [stage = ''] = key.split('.');
    const action = stage.startsWith('evaluate_') && stage.includes('prod') ? nextAction : 'promote';
    if (stage.startsWith('train_')) {
      return { outputs: { 'register.modelVersion': '7' } };
    }
    if (stage.startsWith('evaluate_')) {
      const outputs = {
        'evaluate.nextAction': action,
        'evaluate.challengerVersion': '7',
        'evaluate.reportDigest': 'abc',
      };
      // The last step of the job stops it where the report allows no promotion.
      return { outputs, result: ['promote', 'approve'].includes(action) ? 'succeeded' : 'failed' };
    }
    return stage === 'integration' ? { outputs: { 'integration.result': 'succeeded' } } : {};
  };
}

interface Release {
  readonly decisions?: readonly Decision[];
  readonly nextAction?: string;
  readonly parameters?: object;
  readonly fake?: FakeRun;
}

async function release({ decisions = [], nextAction = 'promote', parameters = {}, fake = {} }: Release) {
  const answers = answering(...decisions);
  const ran = await runOf(planTemplate('templates/mlops.yml', { ...BASE, ...parameters }, OCCASIONS.release), {
    jobs: tasks(nextAction),
    environments: { [APPROVERS]: { approvals: [approval({ timeoutMinutes: 30 })] } },
    ...fake,
    request: { decide: answers.decide, ...fake.request },
  });
  return { ...ran, asked: answers.asked };
}

/** Nothing was promoted or served in production, whatever the stages are called. */
function nothingPromoted(ran: Pick<Ran, 'began'>): void {
  assert.deepEqual(
    ran.began.filter((key) => /^(?:promote|serve)_prod/.test(key)),
    [],
  );
}

/** As another process reads it. */
function reread({ record }: Pick<Ran, 'record'>): RunRecord {
  return JSON.parse(JSON.stringify(record)) as RunRecord;
}

describe('runs of templates/mlops.yml', () => {
  it('hand version and digest from stage to stage', async () => {
    const { requests } = await release({ decisions: [says('approved', 'Bo')] });
    const value = (job: string, variable: string) => requests.get(job)?.variables.get(variable)?.value;
    assert.equal(value('evaluate_prod.main', 'challengerVersion'), '7');
    assert.equal(value('promote_prod.main', 'challengerVersion'), '7');
    assert.equal(value('promote_prod.main', 'reportDigest'), 'abc');
  });

  it('go on into production only behind all of staging', async () => {
    for (const stage of [
      'unit',
      'integration',
      'train_staging',
      'evaluate_staging',
      'promote_staging',
      'serve_staging',
    ]) {
      const { began } = await release({
        fake: { jobs: (job, key) => (key === `${stage}.main` ? { result: 'failed' } : tasks('promote')(job, key)) },
      });
      assert.deepEqual(
        began.filter((key) => key.includes('_prod')),
        [],
        stage,
      );
    }
  });
});

describe('the gate promote: manual of templates/mlops.yml', () => {
  for (const nextAction of ['promote', 'approve']) {
    it(`approved promotes, where the report says ${nextAction}`, async () => {
      const ran = await release({ decisions: [says('approved', 'Bo')], nextAction });
      assert.equal(stageOf(ran, 'promote_prod').result, 'succeeded');
      assert.equal(stageOf(ran, 'serve_prod').result, 'succeeded');
      assert.equal(ran.record.result, 'succeeded');
      assert.equal(ran.asked.length, 1);
    });
  }

  for (const nextAction of ['reject', 'retry', '']) {
    it(`asks nobody where the report says ${nextAction || 'nothing'}`, async () => {
      const ran = await release({ nextAction });
      nothingPromoted(ran);
      assert.equal(ran.asked.length, 0);
      assert.equal(ran.record.result, 'failed');
    });
  }

  it('rejected promotes nothing, also when stages are run again', async () => {
    const first = await release({ decisions: [says('rejected', 'Bo')] });
    nothingPromoted(first);
    assert.equal(first.record.result, 'failed');
    assert.equal(stageOf(first, 'promote_prod').result, 'skipped');
    const behind = await release({ fake: { record: reread(first), request: { retry: 'promote_prod' } } });
    nothingPromoted(behind);
    const again = await release({
      decisions: [says('rejected', 'Cy')],
      fake: { record: reread(behind), request: { retry: 'approve_promote_prod' } },
    });
    nothingPromoted(again);
    const approved = await release({
      decisions: [says('approved', 'Cy')],
      fake: { record: reread(again), request: { retry: 'approve_promote_prod' } },
    });
    assert.equal(stageOf(approved, 'promote_prod').result, 'succeeded');
  });

  it('timed out promotes nothing, also when the promotion is run again', async () => {
    const clock = new VirtualClock();
    const running = release({ fake: { clock, request: { decide: () => new Promise(() => undefined) } } });
    for (let minutes = 0; minutes < 31; minutes += 1) {
      await clock.advance(60_000);
    }
    const ran = await running;
    assert.equal(stageOf(ran, 'approve_promote_prod').result, 'skipped');
    nothingPromoted(ran);
    nothingPromoted(await release({ fake: { record: reread(ran), request: { retry: 'promote_prod' } } }));
  });

  it('cannot be deselected, and deselected stages before it promote nothing', async () => {
    await assert.rejects(
      () => release({ fake: { request: { skipped: new Set(['approve_promote_prod']) } } }),
      /cannot be skipped/,
    );
    for (const stage of ['unit', 'integration', 'train_staging', 'serve_staging', 'train_prod', 'evaluate_prod']) {
      const ran = await release({ fake: { request: { skipped: new Set([stage]) } } });
      nothingPromoted(ran);
      assert.equal(ran.asked.length, 0, stage);
    }
  });

  it('cancelled while it waits promotes nothing', async () => {
    const cancel = new AbortController();
    const ran = await release({
      fake: {
        request: {
          signal: cancel.signal,
          decide: () => {
            cancel.abort();
            return new Promise(() => undefined);
          },
        },
      },
    });
    nothingPromoted(ran);
    assert.equal(ran.record.result, 'canceled');
    nothingPromoted(await release({ fake: { record: reread(ran), request: { retry: 'promote_prod' } } }));
  });

  it('pending promotes nothing', async () => {
    const ran = await release({});
    nothingPromoted(ran);
    assert.equal(ran.record.result, undefined);
    assert.equal(resultsOf(ran)['approve_promote_prod'], 'pending');
  });

  it('lets through what the stage cannot tell from an approval: no check, and one that is bypassed', async () => {
    const without = await release({ fake: { environments: {} } });
    assert.equal(stageOf(without, 'promote_prod').result, 'succeeded');
    assert.equal(stageOf(without, 'approve_promote_prod').checkpoint, undefined);
    const bypassed = await release({ decisions: [says('bypassed', 'Root')] });
    assert.equal(stageOf(bypassed, 'promote_prod').result, 'succeeded');
    assert.equal(stageOf(bypassed, 'approve_promote_prod').checkpoint?.checks[0]?.status, 'bypassed');
  });
});

describe('the gate promote: auto of templates/mlops.yml', () => {
  const parameters = { gates: { promote: 'auto' } };
  const table: readonly [string, readonly Decision[], number, string, string][] = [
    ['promote', [], 0, 'skipped', 'succeeded'],
    ['approve', [says('approved', 'Bo')], 1, 'succeeded', 'succeeded'],
    ['approve', [says('rejected', 'Bo')], 1, 'failed', 'skipped'],
    ['reject', [], 0, 'skipped', 'skipped'],
  ];
  for (const [nextAction, decisions, asked, approve, promote] of table) {
    it(`${nextAction}, ${decisions[0]?.kind ?? 'nobody asked'}: promotion ${promote}`, async () => {
      const ran = await release({ nextAction, decisions, parameters });
      assert.equal(ran.asked.length, asked);
      assert.equal(stageOf(ran, 'approve_promote_prod').result, approve);
      assert.equal(stageOf(ran, 'promote_prod').result, promote);
    });
  }

  it('timed out where the report wants an approval: Skipped lets nothing through', async () => {
    const clock = new VirtualClock();
    const running = release({
      nextAction: 'approve',
      parameters,
      fake: { clock, request: { decide: () => new Promise(() => undefined) } },
    });
    for (let minutes = 0; minutes < 31; minutes += 1) {
      await clock.advance(60_000);
    }
    const ran = await running;
    assert.equal(stageOf(ran, 'approve_promote_prod').result, 'skipped');
    nothingPromoted(ran);
  });
});
