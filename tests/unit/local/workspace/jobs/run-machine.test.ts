import assert from 'node:assert/strict';
import fc from 'fast-check';
import { advance, awaitsRetry, type RunEvent } from '../../../../../local/workspace/jobs/run-machine';
import { latest, type Run, type RunIf, type TaskSpec } from '../../../../../local/workspace/jobs/types';

const conditions: readonly RunIf[] = [
  'ALL_SUCCESS',
  'AT_LEAST_ONE_SUCCESS',
  'NONE_FAILED',
  'ALL_DONE',
  'AT_LEAST_ONE_FAILED',
  'ALL_FAILED',
];

function newRun(tasks: readonly TaskSpec[]): Run {
  return {
    runId: 'run',
    jobId: 'job',
    type: 'JOB_RUN',
    name: 'n',
    creator: { id: '1', userName: 'u', displayName: 'u', kind: 'user' },
    settings: {},
    jobParameters: [],
    overriding: {},
    phase: 'QUEUED',
    startTime: 0,
    tasks: tasks.map((spec) => ({
      spec,
      attempts: [{ runId: `${spec.task_key}/0`, number: 0, phase: 'BLOCKED', startTime: 0 }],
    })),
  };
}

/** Plays a run to its end: each task that may run ends as `outcomes` says, retries are granted. */
function play(tasks: readonly TaskSpec[], outcomes: Readonly<Record<string, 'SUCCESS' | 'FAILED'>>): Run {
  let run = advance(newRun(tasks), { type: 'dequeued' }, 1);
  for (let step = 0; run.phase !== 'ENDED' && step < 1000; step += 1) {
    const retried = run.tasks.find((task) => awaitsRetry(run, task));
    const pending = run.tasks.find((task) => latest(task).phase === 'PENDING');
    if (retried !== undefined) {
      const key = retried.spec.task_key;
      run = advance(
        run,
        { type: 'retry', attempt: latest(retried).runId, runId: `${key}/${retried.attempts.length}` },
        2,
      );
    } else if (pending !== undefined) {
      const attempt = latest(pending).runId;
      run = advance(run, { type: 'begun', attempt }, 2);
      run = advance(run, { type: 'ended', attempt, outcome: outcomes[pending.spec.task_key] ?? 'SUCCESS' }, 3);
    }
  }
  return run;
}

function outcomesOf(run: Run): Record<string, string | undefined> {
  return Object.fromEntries(run.tasks.map((task) => [task.spec.task_key, latest(task).outcome]));
}

function task(key: string, dependsOn: string[] = [], more: Partial<TaskSpec> = {}): TaskSpec {
  return { task_key: key, depends_on: dependsOn.map((name) => ({ task_key: name })), ...more };
}

describe('the state machine of a run', () => {
  it('runs tasks in the order of their dependencies and ends well', () => {
    const run = play([task('c', ['a', 'b']), task('a'), task('b', ['a'])], {});
    assert.equal(run.outcome, 'SUCCESS');
    assert.equal(run.endTime, 3);
  });

  it('fails what comes after a failure, and the run with it', () => {
    const run = play([task('a'), task('b', ['a']), task('c', ['b'])], { a: 'FAILED' });
    assert.deepEqual(outcomesOf(run), { a: 'FAILED', b: 'UPSTREAM_FAILED', c: 'UPSTREAM_FAILED' });
    assert.equal(run.outcome, 'FAILED');
  });

  it('decides by the leaves: a failure that a leaf made good is a success with failures', () => {
    const run = play([task('a'), task('clean', ['a'], { run_if: 'ALL_DONE' })], { a: 'FAILED' });
    assert.equal(run.outcome, 'SUCCESS_WITH_FAILURES');
  });

  it('follows each run_if', () => {
    const expected: Record<RunIf, [none: string, one: string, both: string]> = {
      ALL_SUCCESS: ['SUCCESS', 'UPSTREAM_FAILED', 'UPSTREAM_FAILED'],
      AT_LEAST_ONE_SUCCESS: ['SUCCESS', 'SUCCESS', 'UPSTREAM_FAILED'],
      NONE_FAILED: ['SUCCESS', 'UPSTREAM_FAILED', 'UPSTREAM_FAILED'],
      ALL_DONE: ['SUCCESS', 'SUCCESS', 'SUCCESS'],
      AT_LEAST_ONE_FAILED: ['EXCLUDED', 'SUCCESS', 'SUCCESS'],
      ALL_FAILED: ['EXCLUDED', 'EXCLUDED', 'SUCCESS'],
    };
    for (const runIf of conditions) {
      const tasks = [task('a'), task('b'), task('c', ['a', 'b'], { run_if: runIf })];
      const seen = [{}, { a: 'FAILED' as const }, { a: 'FAILED' as const, b: 'FAILED' as const }];
      assert.deepEqual(
        seen.map((outcomes) => outcomesOf(play(tasks, outcomes)).c),
        expected[runIf],
        runIf,
      );
    }
  });

  it('follows the branch of a condition task', () => {
    const then = { task_key: 'then', depends_on: [{ task_key: 'if', outcome: 'true' }] };
    const other = { task_key: 'else', depends_on: [{ task_key: 'if', outcome: 'false' }] };
    let run = advance(newRun([task('if'), then, other]), { type: 'dequeued' }, 1);
    run = advance(run, { type: 'ended', attempt: 'if/0', outcome: 'SUCCESS', branch: 'false' }, 2);
    assert.equal(outcomesOf(run).then, 'EXCLUDED');
    run = advance(run, { type: 'ended', attempt: 'else/0', outcome: 'SUCCESS' }, 3);
    assert.equal(run.outcome, 'SUCCESS');
  });

  it('retries as often as allowed, and never a run that is being ended', () => {
    const run = play([task('a', [], { max_retries: 2 })], { a: 'FAILED' });
    assert.equal(run.tasks[0]?.attempts.length, 3);
    let stopped = advance(newRun([task('a', [], { max_retries: -1 })]), { type: 'dequeued' }, 1);
    stopped = advance(stopped, { type: 'stop', stop: 'CANCELED' }, 2);
    stopped = advance(stopped, { type: 'ended', attempt: 'a/0', outcome: 'FAILED' }, 3);
    assert.equal(stopped.outcome, 'CANCELED');
  });

  it('waits for processes to end before a cancelled run has ended', () => {
    let run = advance(newRun([task('a'), task('b', ['a'])]), { type: 'dequeued' }, 1);
    run = advance(run, { type: 'begun', attempt: 'a/0' }, 2);
    run = advance(run, { type: 'stop', stop: 'CANCELED' }, 3);
    assert.deepEqual([run.phase, latest(run.tasks[0] as Run['tasks'][number]).phase], ['TERMINATING', 'TERMINATING']);
    run = advance(run, { type: 'ended', attempt: 'a/0', outcome: 'SUCCESS' }, 4);
    assert.deepEqual(
      [run.phase, run.outcome, outcomesOf(run)],
      ['ENDED', 'CANCELED', { a: 'CANCELED', b: 'CANCELED' }],
    );
  });

  it('ends a queued run at once, and an active one whose workspace was lost', () => {
    assert.equal(advance(newRun([task('a')]), { type: 'stop', stop: 'CANCELED' }, 1).outcome, 'CANCELED');
    const active = advance(newRun([task('a'), task('b', ['a'])]), { type: 'dequeued' }, 1);
    const lost = advance(active, { type: 'lost', message: 'gone' }, 2);
    assert.equal(lost.outcome, 'INTERNAL_ERROR');
    assert.equal(lost.message, 'Task a failed with message: gone.');
  });

  it('ends a lost run also when a failed task was still owed an attempt', () => {
    let run = advance(newRun([task('a', [], { max_retries: 2 }), task('b', ['a'])]), { type: 'dequeued' }, 1);
    run = advance(run, { type: 'ended', attempt: 'a/0', outcome: 'FAILED' }, 2);
    run = advance(run, { type: 'lost', message: 'gone' }, 3);
    assert.deepEqual(
      [run.phase, run.outcome, outcomesOf(run)],
      ['ENDED', 'INTERNAL_ERROR', { a: 'FAILED', b: 'INTERNAL_ERROR' }],
    );
  });

  /** Any graph without circles, any order of events: what must hold always. */
  it('holds its invariants under any events', () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const specs = fc
      .tuple(
        ...keys.map((key, index) =>
          fc.record({
            depends_on: fc.subarray(keys.slice(0, index)).map((names) => names.map((name) => ({ task_key: name }))),
            run_if: fc.constantFrom(...conditions),
            max_retries: fc.constantFrom(0, 0, 1, 2),
            min_retry_interval_millis: fc.constantFrom(0, 10),
            disabled: fc.constantFrom(false, false, false, true),
            task_key: fc.constant(key),
          }),
        ),
      )
      .map((list) => list as TaskSpec[]);
    const attempt = fc.tuple(fc.constantFrom(...keys), fc.nat(3)).map(([key, number]) => `${key}/${number}`);
    const event: fc.Arbitrary<RunEvent> = fc.oneof(
      fc.constant<RunEvent>({ type: 'dequeued' }),
      attempt.map((name) => ({ type: 'begun' as const, attempt: name })),
      fc
        .tuple(attempt, fc.constantFrom('SUCCESS' as const, 'FAILED' as const))
        .map(([name, outcome]) => ({ type: 'ended' as const, attempt: name, outcome })),
      fc.tuple(fc.constantFrom(...keys), fc.nat(3)).map(([key, number]) => ({
        type: 'retry' as const,
        attempt: `${key}/${number}`,
        runId: `${key}/${number + 1}`,
      })),
      attempt.map((name) => ({ type: 'retryDue' as const, attempt: name })),
    );
    const stop: fc.Arbitrary<RunEvent> = fc.oneof(
      fc.constant<RunEvent>({ type: 'stop', stop: 'CANCELED' }),
      attempt.map((name) => ({ type: 'stop' as const, stop: 'TIMEDOUT' as const, attempt: name })),
    );
    const events = fc.array(fc.oneof({ arbitrary: event, weight: 20 }, { arbitrary: stop, weight: 1 }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(specs, events, (tasks, list) => {
        let run = newRun(tasks);
        for (const [now, happening] of list.entries()) {
          const before = run;
          run = advance(run, happening, now);
          if (before.phase === 'ENDED') {
            assert.equal(run, before, 'an ended run never changes');
          }
          for (const [index, current] of run.tasks.entries()) {
            const former = before.tasks[index];
            assert.ok(
              former !== undefined && current.attempts.length >= former.attempts.length,
              'attempts are never lost',
            );
            assert.ok(current.attempts.length <= (current.spec.max_retries ?? 0) + 1, 'no more attempts than allowed');
            for (const [number, made] of former.attempts.entries()) {
              if (made.phase === 'ENDED') {
                assert.deepEqual(current.attempts[number], made, 'an ended attempt never changes');
              }
            }
            const started = latest(current).begunTime !== undefined;
            const waitsFor = (current.spec.depends_on ?? []).map(({ task_key: key }) =>
              run.tasks.find((other) => other.spec.task_key === key),
            );
            assert.ok(
              !started || waitsFor.every((other) => other !== undefined && latest(other).phase === 'ENDED'),
              'nothing begins before what it depends on has ended',
            );
          }
          if (run.phase !== 'QUEUED') {
            assert.equal(
              advance(run, { type: 'lost', message: 'gone' }, now).phase,
              'ENDED',
              'a lost run ends at once',
            );
          }
          const allEnded = run.tasks.every((one) => latest(one).phase === 'ENDED' && !awaitsRetry(run, one));
          assert.equal(run.phase === 'ENDED', allEnded && run.phase !== 'QUEUED', 'a run ends exactly with its tasks');
          assert.equal(run.outcome !== undefined, run.phase === 'ENDED');
        }
      }),
      { seed: 11, numRuns: 400 },
    );
  });
});
