import assert from 'node:assert/strict';
import { endAtOnce } from '../../../../../local/pipelines/record/end-at-once';
import type { CheckRunRecord } from '../../../../../local/pipelines/record/run-record';
import { checkpointRecord, jobRecord, recordedRun, stageRecord, stepRecord } from '../../../../support/recorded-run';

const AT = '2026-01-05T08:01:00Z';
const RUNNING = { state: 'inProgress', result: undefined, finishedAt: undefined } as const;
const PENDING = { state: 'pending', result: undefined, startedAt: undefined, finishedAt: undefined } as const;

describe('endAtOnce', () => {
  it('cancels what is under way, skips what has not begun, and leaves what has ended', () => {
    const jobs = [
      jobRecord(1, { ...RUNNING, steps: [stepRecord(2), stepRecord(3, RUNNING), stepRecord(4, PENDING)] }),
      jobRecord(5, PENDING),
    ];
    const stages = [
      stageRecord(6, 'done'),
      stageRecord(7, 'runs', { ...RUNNING, jobs }),
      stageRecord(8, 'next', PENDING),
    ];
    const { record } = recordedRun('7', { stages });
    endAtOnce(record, AT);
    assert.deepEqual([record.state, record.result, record.finishedAt], ['completed', 'canceled', AT]);
    assert.deepEqual(
      stages.map(({ result }) => result),
      ['succeeded', 'canceled', 'skipped'],
    );
    assert.deepEqual(
      jobs.map(({ result, note }) => [result, note]),
      [
        ['canceled', 'The run was ended at once.'],
        ['skipped', 'The run was ended at once.'],
      ],
    );
    assert.deepEqual(
      jobs[0]?.steps.map(({ result, state }) => [result, state]),
      [
        ['succeeded', 'completed'],
        ['canceled', 'completed'],
        ['skipped', 'completed'],
      ],
    );
    assert.equal(stages[0]?.note, undefined);
  });

  it('leaves a run that has ended as it is', () => {
    const { record } = recordedRun('7', { state: 'completed', result: 'succeeded', finishedAt: AT });
    endAtOnce(record, '2026-01-05T09:00:00Z');
    assert.deepEqual([record.result, record.finishedAt], ['succeeded', AT]);
  });

  it('cancels an approval that waits, so that nobody is said to be asked', () => {
    const step = (status: string) => ({ status, modifiedAt: undefined });
    const check = { kind: 'approval', status: 'pending', approval: { steps: [step('approved'), step('pending')] } };
    const checkpoint = { ...checkpointRecord(2, [check as unknown as CheckRunRecord]), ...RUNNING };
    const stage = stageRecord(1, 'gate', { ...PENDING, checkpoint });
    endAtOnce(recordedRun('7', { stages: [stage] }).record, AT);
    assert.deepEqual([stage.result, checkpoint.result, check.status], ['canceled', 'canceled', 'canceled']);
    assert.deepEqual(check.approval.steps, [step('approved'), { status: 'canceled', modifiedAt: AT }]);
  });
});
