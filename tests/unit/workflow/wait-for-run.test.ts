import assert from 'node:assert/strict';
import type { Clock } from '../../../src/clock';
import { TaskError } from '../../../src/errors';
import type { WaitedRun, WaitedTask } from '../../../src/workflow/run-changes';
import { waitForRun } from '../../../src/workflow/wait-for-run';

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

  it('counts attempts of a task as one, and says of a repair nothing that was before it', async () => {
    const failed = { state: { life_cycle_state: 'TERMINATED', result_state: 'FAILED' } };
    const after = { depends_on: [{ task_key: 'first' }] };
    const tasks = (second: object) => [
      { task_key: 'first', run_id: '1', attempt_number: 0, ...failed },
      { task_key: 'first', run_id: '2', attempt_number: 1, ...second },
      { task_key: 'second', run_id: '3', attempt_number: 0, ...after, ...failed },
      { task_key: 'second', run_id: '4', attempt_number: 1, ...after, ...second },
    ];
    const { lines, progress, waited } = wait((now) =>
      now < 1_000 ? { ...running, tasks: tasks(running) } : { ...succeeded, tasks: tasks(succeeded) },
    );
    await waited;
    assert.deepEqual(lines, [
      '2 tasks: first, second (after first)',
      'Task first, attempt 2: RUNNING',
      'Task second, attempt 2: RUNNING',
      'Run: RUNNING',
      'Task first, attempt 2: SUCCESS',
      'Task second, attempt 2: SUCCESS',
      'Run: SUCCESS',
    ]);
    assert.deepEqual([progress[0], progress.at(-1)], ['0/2', '2/2']);
  });

  it('says of an attempt that failed while it was followed that it did, before the next one', async () => {
    const failed = { state: { life_cycle_state: 'TERMINATED', result_state: 'FAILED' } };
    const { lines, waited } = wait((now) => {
      const first = { task_key: 'a', attempt_number: 0, ...(now === 0 ? running : failed) };
      const tasks = now === 0 ? [first] : [first, { task_key: 'a', attempt_number: 1, ...succeeded }];
      return now < 1_000 ? { ...running, tasks } : { ...succeeded, tasks };
    });
    await waited;
    assert.deepEqual(lines, [
      'Task a: RUNNING',
      'Run: RUNNING',
      'Task a: FAILED',
      'Task a, attempt 2: SUCCESS',
      'Run: SUCCESS',
    ]);
  });

  it('sees the end within one hundredth of the length of a long run, with few calls', async () => {
    const length = 10 * 3_600_000;
    const { clock, waited } = wait((now) => (now < length ? running : succeeded));
    await waited;
    assert.ok(clock.now() - length <= Math.max(1_000, length / 100));
    assert.ok(clock.slept.length < 1_600, String(clock.slept.length));
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

  it('says the order of the tasks once, what waits in a queue and why, how long each took and where to look', async () => {
    const depends_on = [{ task_key: 'load' }];
    const steps: WaitedRun[] = [
      { state: { life_cycle_state: 'QUEUED', queue_reason: 'too many runs' } },
      {
        ...running,
        tasks: [
          { task_key: 'train', depends_on, state: { life_cycle_state: 'BLOCKED' } },
          { task_key: 'load', run_page_url: 'https://w/1', ...running },
        ],
      },
      {
        ...succeeded,
        tasks: [
          { task_key: 'train', depends_on, ...succeeded, start_time: 5_000, end_time: 70_000 },
          { task_key: 'load', ...succeeded, start_time: 1_000, end_time: 5_000 },
        ],
      },
    ];
    const { lines, waited } = wait(() => steps.shift() as WaitedRun);
    await waited;
    assert.deepEqual(lines, [
      'Run: QUEUED (too many runs)',
      '2 tasks: load, train (after load)',
      'Task load: RUNNING https://w/1',
      'Run: RUNNING',
      'Task train: SUCCESS after 1 min 05 s',
      'Task load: SUCCESS after 4 s',
      'Run: SUCCESS',
    ]);
  });

  it('says of hundreds of iterations each tenth and each new failure', async () => {
    const total = 300;
    let ended = 0;
    const { lines, waited } = wait(() => {
      const task_run_stats = {
        total_iterations: total,
        completed_iterations: ended,
        failed_iterations: ended > 150 ? 1 : 0,
      };
      const standing = ended === total ? succeeded : running;
      ended += 10;
      return { ...standing, tasks: [{ task_key: 'each', ...standing, for_each_task: { stats: { task_run_stats } } }] };
    });
    await waited;
    const said = lines.filter((line) => line.includes('iterations'));
    assert.equal(said.length, 11);
    assert.equal(said[0], 'Task each: 30 of 300 iterations ended');
    assert.equal(said.at(-1), 'Task each: 300 of 300 iterations ended, 1 failed');
  });

  it('counts what would be more than forty lines at once', async () => {
    const task = (index: number): WaitedTask => ({ task_key: `t${index}`, ...succeeded });
    const { lines, waited } = wait(() => ({ ...succeeded, tasks: Array.from({ length: 1_000 }, (_, at) => task(at)) }));
    await waited;
    assert.equal(lines.length, 42);
    assert.deepEqual(lines.slice(-2), ['… and 960 more changes of tasks.', 'Run: SUCCESS']);
  });

  it('waits a few minutes for a network that is gone', async () => {
    const { lines, clock, waited } = wait((now) => {
      if (now > 10_000 && now < 200_000) {
        throw new TaskError('CONNECTION_FAILED', 'No connection.');
      }
      return now < 200_000 ? running : succeeded;
    });
    assert.equal((await waited).ended, true);
    assert.ok(clock.now() < 205_000);
    assert.ok(lines.includes('It cannot be looked at now and is asked again: No connection.'));
  });

  it('gives up when nobody could look for longer', async () => {
    const { clock, waited } = wait((now) => {
      if (now > 10_000) {
        throw new TaskError('CONNECTION_FAILED', 'No connection.');
      }
      return running;
    });
    await assert.rejects(waited, { code: 'CONNECTION_FAILED' });
    assert.ok(clock.now() >= 275_000 && clock.now() <= 300_000, String(clock.now()));
  });

  it('counts tasks for the progress bar', async () => {
    const tasks = [
      { task_key: 'a', ...succeeded },
      { task_key: 'b', ...running },
    ];
    const { progress, waited } = wait(() => ({ ...succeeded, tasks }));
    await waited;
    assert.deepEqual(progress, ['1/2']);
  });
});
