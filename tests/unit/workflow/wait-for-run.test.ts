import assert from 'node:assert/strict';
import type { Clock } from '../../../src/clock';
import { TaskError } from '../../../src/errors';
import { durationText, pollingDelay } from '../../../src/workflow/polling';
import { saidInJson, saidInLogs } from '../../../src/workflow/said-result';
import { type WaitedRun, waitForRun } from '../../../src/workflow/wait-for-run';

/** Time that passes only while somebody waits for it. */
function jumpingClock(): Clock & { slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

const running: WaitedRun = { state: { life_cycle_state: 'RUNNING' } };
const succeeded: WaitedRun = { state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' } };

function wait(read: (now: number) => WaitedRun, limitMs = 0) {
  const clock = jumpingClock();
  const lines: string[] = [];
  const progress: string[] = [];
  const waited = waitForRun({
    read: async () => read(clock.now()),
    clock,
    signal: new AbortController().signal,
    limitMs,
    say: (line) => lines.push(line),
    onProgress: (ended, total) => progress.push(`${ended}/${total}`),
  });
  return { clock, lines, progress, waited };
}

describe('waiting for a run', () => {
  it('says each change once and a heartbeat a minute', async () => {
    const { lines, waited } = wait((now) =>
      now < 130_000
        ? { ...running, tasks: [{ task_key: 'train', ...running }] }
        : { ...succeeded, tasks: [{ task_key: 'train', ...succeeded }] },
    );
    const end = await waited;
    assert.ok(end.ended && end.standing.result === 'SUCCESS');
    assert.deepEqual(lines.slice(0, 2), ['Task train: RUNNING', 'Run: RUNNING']);
    assert.deepEqual(lines.slice(-2), ['Task train: SUCCESS', 'Run: SUCCESS']);
    assert.deepEqual(lines.slice(2, -2).length, 2);
    assert.match(lines[2] ?? '', /^Still RUNNING after 1 min/);
  });

  it('sees the end within one hundredth of the length of a long run, with few calls', async () => {
    const length = 10 * 3_600_000;
    const { clock, waited } = wait((now) => (now < length ? running : succeeded));
    await waited;
    assert.ok(clock.now() - length <= Math.max(1_000, length / 100));
    assert.ok(clock.slept.length < 1_700, String(clock.slept.length));
  });

  it('stops at its limit, not later', async () => {
    const { clock, waited } = wait(() => running, 90_500);
    assert.equal((await waited).ended, false);
    assert.equal(clock.now(), 90_500);
  });

  it('passes on what reading throws', async () => {
    const { waited } = wait(() => {
      throw new TaskError('PERMISSION_DENIED', 'No.');
    });
    await assert.rejects(waited, { code: 'PERMISSION_DENIED' });
  });

  it('counts tasks for the progress bar', async () => {
    const { progress, waited } = wait(() => ({ ...succeeded, tasks: [succeeded, { ...running }] }));
    await waited;
    assert.deepEqual(progress, ['1/2']);
  });
});

describe('polling', () => {
  it('grows with the elapsed time within bounds', () => {
    assert.deepEqual([0, 2_000, 50_000, 600_000, 86_400_000].map(pollingDelay), [250, 750, 1_000, 6_000, 30_000]);
  });

  it('writes durations as people read them', () => {
    assert.deepEqual([0, 12_400, 185_000, 3_725_000].map(durationText), ['0 s', '12 s', '3 min 05 s', '1 h 02 min']);
  });
});

describe('what a job says about its result', () => {
  it('is the last mlops-result line of a script', () => {
    const logs =
      'x\nmlops-result: {"mlflow_run_id": "a"}\ny\r\nmlops-result: {"mlflow_run_id": "b", "model_name": "c.s.m", "model_version": 7}\nbye';
    assert.deepEqual(saidInLogs(logs), { mlflowRunId: 'b', modelName: 'c.s.m', modelVersion: '7' });
  });

  it('is nothing where nothing is said', () => {
    assert.equal(saidInLogs('mlops-result: not json\nmlops-result: {broken'), undefined);
    assert.equal(saidInJson('0.91'), undefined);
    assert.equal(saidInJson('{"auc": 0.9}'), undefined);
    assert.equal(saidInJson('[1]'), undefined);
  });
});
