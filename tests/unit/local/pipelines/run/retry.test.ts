import assert from 'node:assert/strict';
import type { RunRecord, StageRecord } from '../../../../../local/pipelines/record/run-record';
import type { Decision } from '../../../../../local/pipelines/run/run-request';
import { approval, BO, CY, gate } from '../../../../support/approval-gate';
import { jobResults, type Ran, resultsOf, runOf, stageOf } from '../../../../support/pipeline-run';

const THREE = `stages:
- stage: A
  jobs: [{ job: main, steps: [] }]
- stage: B
  jobs:
  - { job: good, steps: [] }
  - { job: bad, steps: [] }
  - { job: after, dependsOn: [good, bad], variables: { read: "$[ dependencies.good.outputs['s.v'] ]" }, steps: [] }
  - job: legs
    strategy: { matrix: { x: { n: 1 }, y: { n: 2 } } }
    steps: []
- stage: C
  variables: { read: "$[ stageDependencies.B.good.outputs['s.v'] ]" }
  jobs: [{ job: main, steps: [] }]
- stage: D
  dependsOn: A
  jobs: [{ job: main, steps: [] }]`;

/** As another process reads it. */
function reread({ record }: Ran): RunRecord {
  return JSON.parse(JSON.stringify(record)) as RunRecord;
}

function attempts(record: RunRecord): readonly string[] {
  return record.stages.map(({ name, attempt, result }: StageRecord) => `${name}${attempt} ${result}`);
}

describe('a stage that is run again', () => {
  it('keeps the jobs that succeeded with their outputs, and runs the others and what depends on it', async () => {
    const first = await runOf(THREE, {
      jobs: { bad: 'failed', 'B.legs.y': 'failed', good: { outputs: { 's.v': 'kept' } } },
    });
    assert.deepEqual(attempts(first.record), ['A1 succeeded', 'B1 failed', 'C1 skipped', 'D1 succeeded']);
    const record = reread(first);
    const again = await runOf(THREE, { record, request: { retry: 'b' } });
    assert.deepEqual([...again.began].sort(), ['B.after', 'B.bad', 'B.legs.y', 'C.main']);
    assert.deepEqual(attempts(record), [
      'A1 succeeded',
      'B1 failed',
      'B2 succeeded',
      'C1 skipped',
      'C2 succeeded',
      'D1 succeeded',
    ]);
    assert.equal(record.result, 'succeeded');
    assert.deepEqual(jobResults(stageOf(again, 'B')), {
      good: 'succeeded',
      bad: 'succeeded',
      after: 'succeeded',
      x: 'succeeded',
      y: 'succeeded',
    });
    assert.equal(again.requests.get('B.after')?.variables.get('read')?.value, 'kept');
    assert.equal(again.requests.get('C.main')?.variables.get('read')?.value, 'kept');
    const value = (job: string, name: string) => again.requests.get(job)?.variables.get(name)?.value;
    assert.deepEqual([value('B.bad', 'System.StageAttempt'), value('B.bad', 'System.JobAttempt')], ['2', '2']);
    const [one, two] = record.stages.filter(({ name }) => name === 'B');
    const idOf = (stage: StageRecord | undefined, name: string) => stage?.jobs.find((job) => job.name === name)?.id;
    assert.equal(idOf(one, 'good'), idOf(two, 'good'));
    assert.notEqual(idOf(one, 'bad'), idOf(two, 'bad'));
    assert.notEqual(one?.id, two?.id);
    assert.notEqual(value('B.bad', 'System.JobId'), idOf(one, 'bad'));
  });

  it('runs whole where it had succeeded, also what depends on it', async () => {
    const first = await runOf(THREE);
    const again = await runOf(THREE, { record: reread(first), request: { retry: 'B' } });
    assert.equal(again.began.length, 6);
  });

  it('counts attempts on', async () => {
    let record = reread(await runOf(THREE, { jobs: { bad: 'failed' } }));
    for (const attempt of [2, 3]) {
      const again = await runOf(THREE, { record, request: { retry: 'B' }, jobs: { bad: 'failed' } });
      assert.deepEqual(again.began, ['B.bad']);
      assert.equal(again.requests.get('B.bad')?.record.attempt, attempt);
      record = reread(again);
    }
    const jobs = record.stages.flatMap((stage) => stage.jobs);
    const ids = new Map(jobs.map((job) => [job.id, `${job.phase} ${job.name} ${job.attempt}`]));
    assert.ok(jobs.every((job) => ids.get(job.id)?.startsWith(job.phase)));
  });

  it('is refused by a name that is not there', async () => {
    await assert.rejects(() => runOf(THREE, { request: { retry: 'nowhere' } }), /no stage 'nowhere' to run again/);
  });

  it('starts a stage that waits to be started by hand', async () => {
    const yaml = `stages:
- { stage: A, jobs: [{ job: a, steps: [] }] }
- { stage: M, trigger: manual, jobs: [{ job: m, steps: [] }] }
- { stage: N, jobs: [{ job: n, steps: [] }] }`;
    const first = await runOf(yaml);
    assert.deepEqual(resultsOf(first), { A: 'succeeded', M: 'skipped', N: 'skipped' });
    assert.match(stageOf(first, 'M').note ?? '', /by hand/);
    const again = await runOf(yaml, { record: reread(first), request: { retry: 'M' } });
    assert.deepEqual(again.began, ['M.m', 'N.n']);
  });

  it('still counts for nothing where it was deselected, however its name was written', async () => {
    const yaml = `stages:
- { stage: A, jobs: [{ job: a, steps: [] }] }
- { stage: B, jobs: [{ job: b, steps: [] }] }
- { stage: C, jobs: [{ job: c, steps: [] }] }`;
    const skipped = new Set(['a']);
    const first = await runOf(yaml, { request: { skipped }, jobs: { b: 'failed' } });
    assert.deepEqual(resultsOf(first), { A: 'skipped', B: 'failed', C: 'skipped' });
    const again = await runOf(yaml, { record: reread(first), request: { skipped, retry: 'B' } });
    assert.deepEqual(again.began, ['B.b', 'C.c']);
  });

  it('takes what a process that ended left in progress for canceled', async () => {
    const first = await runOf(THREE);
    const record = reread(first);
    const stage = stageOf({ record }, 'B');
    const bad = stage.jobs.find(({ name }) => name === 'bad');
    assert.ok(bad !== undefined);
    for (const left of [stage, bad]) {
      Object.assign(left, { state: 'inProgress', result: undefined, finishedAt: undefined });
    }
    const again = await runOf(THREE, { record, request: { retry: 'B' } });
    assert.deepEqual(again.began, ['B.bad', 'C.main']);
    assert.deepEqual(attempts(record).slice(0, 3), ['A1 succeeded', 'B1 canceled', 'B2 succeeded']);
  });
});

describe('a stage with an approval that is run again', () => {
  const yaml = `stages:
- stage: approve
  jobs:
  - deployment: main
    environment: model
    strategy: { runOnce: { deploy: { steps: [] } } }
- stage: promote
  jobs: [{ job: main, steps: [] }]
- stage: other
  dependsOn: []
  jobs:
  - deployment: main
    environment: second
    strategy: { runOnce: { deploy: { steps: [] } } }`;
  const approvals = [
    {
      approvers: [{ id: 'bo', name: 'Bo' }],
      minimumApprovers: 1,
      requesterMayApprove: true,
      instructions: '',
      timeoutMinutes: 60,
    },
  ];
  const environments = { model: { approvals }, second: { approvals } };

  it('wants a new one, whatever the former attempt got', async () => {
    const approved = { kind: 'approved', by: 'Bo', comment: '' } as const;
    const first = await runOf(yaml, {
      environments: { model: { approvals } },
      jobs: { 'approve.main': 'failed' },
      request: { decide: async () => approved },
    });
    assert.equal(stageOf(first, 'approve').result, 'failed');
    let asked = 0;
    const again = await runOf(yaml, {
      environments,
      record: reread(first),
      request: {
        retry: 'approve',
        decide: async () => {
          asked += 1;
          return { kind: 'rejected', by: 'Bo', comment: '' };
        },
      },
    });
    assert.equal(asked, 1);
    assert.equal(stageOf(again, 'approve').result, 'failed');
    assert.equal(stageOf(again, 'promote').result, 'skipped');
    const [one, two] = again.record.stages.filter(({ name }) => name === 'approve');
    assert.notEqual(one?.checkpoint?.checks[0]?.id, two?.checkpoint?.checks[0]?.id);
  });

  it('takes up a check that was left, in the same attempt; others that were left stay', async () => {
    const first = await runOf(yaml, { environments, request: { decide: async () => ({ kind: 'left' }) } });
    assert.deepEqual(resultsOf(first), { approve: 'pending', promote: 'pending', other: 'pending' });
    const record = reread(first);
    const before = stageOf({ record }, 'approve').checkpoint?.checks[0]?.id;
    const again = await runOf(yaml, {
      environments,
      record,
      request: { retry: 'approve', decide: async () => ({ kind: 'approved', by: 'bo', comment: '' }) },
    });
    assert.deepEqual(attempts(record), ['approve1 succeeded', 'promote1 succeeded', 'other1 undefined']);
    assert.deepEqual(again.began, ['approve.main', 'promote.main']);
    assert.notEqual(stageOf(again, 'approve').checkpoint?.checks[0]?.id, before);
    assert.equal(record.state, 'inProgress');
    const last = await runOf(yaml, {
      environments,
      record: reread(again),
      request: { retry: 'other', decide: async () => ({ kind: 'approved', by: 'bo', comment: '' }) },
    });
    assert.equal(last.record.state, 'completed');
    assert.equal(last.record.result, 'succeeded');
  });

  it('keeps the approvals of a check that was left, unless what was approved is made again', async () => {
    const both = approval({ approvers: [BO, CY], minimumApprovers: 2 });
    const given = (...names: readonly string[]) => {
      const rest = [...names];
      return async (): Promise<Decision> => {
        const by = rest.shift();
        return by === undefined ? { kind: 'left' } : { kind: 'approved', by, comment: 'read' };
      };
    };
    const environments = { model: { approvals: [both] } };
    const first = await runOf(gate(), { environments, request: { decide: given('bo') } });
    assert.equal(stageOf(first, 'approve').state, 'pending');
    const left = JSON.stringify(first.record);
    const goesOn = (retry: string) =>
      runOf(gate(), { environments, record: JSON.parse(left) as RunRecord, request: { retry, decide: given('cy') } });
    const steps = (stage: StageRecord) =>
      stage.checkpoint?.checks[0]?.approval?.steps.map(({ status, comment }) => [status, comment]);

    const approved = stageOf(await goesOn('approve'), 'approve');
    assert.equal(approved.result, 'succeeded');
    assert.deepEqual(steps(approved), [
      ['approved', 'read'],
      ['approved', 'read'],
    ]);
    const madeAgain = stageOf(await goesOn('evaluate'), 'approve');
    assert.equal(madeAgain.state, 'pending');
    assert.deepEqual(steps(madeAgain), [
      ['pending', ''],
      ['approved', 'read'],
    ]);
  });
});
