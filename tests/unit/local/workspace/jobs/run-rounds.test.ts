import assert from 'node:assert/strict';
import fc from 'fast-check';
import { repairHistory } from '../../../../../local/workspace/jobs/repair-history';
import { advance, awaitsRetry } from '../../../../../local/workspace/jobs/run-machine';
import { latest, type Run, type RunIf, type TaskSpec } from '../../../../../local/workspace/jobs/types';

const keys = ['a', 'b', 'c', 'd', 'e'];
const conditions: readonly RunIf[] = [
  'ALL_SUCCESS',
  'AT_LEAST_ONE_SUCCESS',
  'NONE_FAILED',
  'ALL_DONE',
  'AT_LEAST_ONE_FAILED',
  'ALL_FAILED',
];

function queued(tasks: readonly TaskSpec[], more: Partial<Run> = {}): Run {
  return {
    runId: '1',
    jobId: '2',
    type: 'JOB_RUN',
    name: 'n',
    creator: { id: '1', userName: 'u', displayName: 'u', kind: 'user' },
    settings: {},
    jobParameters: [],
    overriding: {},
    phase: 'QUEUED',
    startTime: 0,
    tasks: tasks.map((spec, index) => ({
      spec,
      attempts: [{ runId: String(100 + index), number: 0, phase: 'BLOCKED', startTime: 0 }],
    })),
    ...more,
  };
}

/** Chooses what happens next among what may: numbers from a fixed list, taken in a circle. */
class Choices {
  #at = 0;
  #id = 1000;
  time = 0;

  constructor(private readonly numbers: readonly number[]) {}

  of<T>(list: readonly T[]): T | undefined {
    const number = this.numbers[this.#at % this.numbers.length] ?? 0;
    this.#at += 1;
    return list[number % Math.max(1, list.length)];
  }

  newId(): string {
    this.#id += 1;
    return String(this.#id);
  }
}

/** Plays one round to its end by chosen outcomes, now and then with a cancel; holds at each step what must hold always. */
function playRound(start: Run, choices: Choices): Run {
  let run = advance(start, { type: 'dequeued' }, choices.time);
  for (let step = 0; run.phase !== 'ENDED'; step += 1) {
    assert.ok(step < 1000, 'every round comes to an end');
    choices.time += 1;
    const before = run;
    run = next(run, choices);
    holdRunning(before, run);
  }
  return run;
}

function next(run: Run, choices: Choices): Run {
  const now = choices.time;
  const failed = run.tasks.find((task) => awaitsRetry(run, task));
  if (failed !== undefined) {
    return advance(run, { type: 'retry', attempt: latest(failed).runId, runId: choices.newId() }, now);
  }
  if (choices.of(Array.from({ length: 25 }, (_, index) => index)) === 0) {
    return advance(run, { type: 'stop', stop: 'CANCELED' }, now);
  }
  const active = run.tasks.map(latest).filter(({ phase }) => phase !== 'ENDED' && phase !== 'BLOCKED');
  assert.ok(active.length > 0, 'something can always happen in a run that has not ended');
  const attempt = choices.of(active) ?? active[0];
  const outcome = choices.of(['SUCCESS', 'FAILED', 'FAILED'] as const) ?? 'SUCCESS';
  switch (attempt?.phase) {
    case 'WAITING_FOR_RETRY':
      return advance(run, { type: 'retryDue', attempt: attempt.runId }, now);
    case 'PENDING':
      return advance(run, { type: 'begun', attempt: attempt.runId }, now);
    default:
      return advance(run, { type: 'ended', attempt: attempt?.runId ?? '', outcome }, now);
  }
}

function holdRunning(before: Run, run: Run): void {
  for (const [index, task] of run.tasks.entries()) {
    const former = before.tasks[index]?.attempts ?? [];
    for (const [number, attempt] of former.entries()) {
      if (attempt.phase === 'ENDED') {
        assert.deepEqual(task.attempts[number], attempt, 'an ended attempt never changes');
      }
    }
    const round = task.attempts.filter((attempt) => attempt.repair === run.repair?.id);
    assert.ok(round.length <= (task.spec.max_retries ?? 0) + 1, 'each round gives the retries anew, never more');
    const upstream = (task.spec.depends_on ?? []).map(({ task_key: key }) =>
      run.tasks.find((other) => other.spec.task_key === key),
    );
    const begun = round.some((attempt) => attempt.begunTime !== undefined);
    assert.ok(
      !begun || upstream.every((other) => other !== undefined && latest(other).phase === 'ENDED'),
      'nothing begins before what it depends on has ended in this round',
    );
  }
}

const graphs = fc
  .tuple(
    ...keys.map((key, index) =>
      fc.record({
        task_key: fc.constant(key),
        depends_on: fc.subarray(keys.slice(0, index)).map((names) => names.map((name) => ({ task_key: name }))),
        run_if: fc.constantFrom(...conditions),
        max_retries: fc.constantFrom(0, 0, 1, 2),
        min_retry_interval_millis: fc.constantFrom(0, 10),
        disabled: fc.constantFrom(false, false, false, true),
      }),
    ),
  )
  .map((list) => list as TaskSpec[]);

describe('rounds of a run', () => {
  it('hold their invariants over any graph, outcomes, retries, cancels and repairs', () => {
    const repairs = fc.array(fc.subarray(keys, { minLength: 1 }), { maxLength: 4 });
    const numbers = fc.array(fc.nat(1000), { minLength: 5, maxLength: 80 });
    let repaired = 0;
    fc.assert(
      fc.property(graphs, repairs, numbers, (tasks, rounds, list) => {
        const choices = new Choices(list);
        let run = playRound(queued(tasks), choices);
        for (const [index, again] of rounds.entries()) {
          const former = run;
          const id = choices.newId();
          const specs = tasks.filter((spec) => again.includes(spec.task_key));
          const repair = { id, tasks: specs.map((spec) => ({ spec, runId: choices.newId() })), changes: {} };
          choices.time += 1;
          const taken = advance(run, { type: 'repair', ...repair }, choices.time);
          assert.equal(taken.phase, 'QUEUED');
          assert.equal(
            advance(taken, { type: 'repair', ...repair }, choices.time),
            taken,
            'only an ended run is repaired',
          );
          run = playRound(taken, choices);
          repaired += 1;
          for (const [at, task] of run.tasks.entries()) {
            const untouched = !again.includes(task.spec.task_key);
            assert.equal(
              untouched,
              task.attempts.length === former.tasks[at]?.attempts.length,
              'only what is repaired runs',
            );
          }
          const history = repairHistory(run) as {
            task_run_ids: unknown[];
            id?: unknown;
            start_time: number;
            end_time: number;
          }[];
          assert.equal(history.length, index + 2);
          const listed = history.flatMap((round) => round.task_run_ids.map(String)).sort();
          const all = run.tasks.flatMap((task) => task.attempts.map((attempt) => attempt.runId)).sort();
          assert.deepEqual(listed, all, 'each task run belongs to exactly one round');
          assert.equal(new Set(all).size, all.length);
          for (const [at, round] of history.entries()) {
            assert.ok(round.start_time <= round.end_time);
            assert.ok(at === 0 || (history[at - 1]?.end_time ?? 0) <= round.start_time, 'rounds follow each other');
          }
          assert.deepEqual(repairHistory(former), history.slice(0, -1), 'the past of a run never changes');
        }
      }),
      { seed: 5, numRuns: 400 },
    );
    assert.ok(repaired > 400, `repairs played: ${repaired}`);
  });

  it('never have more iterations under way than allowed, and end all of them', () => {
    const settings = fc.record({
      iterations: fc.integer({ min: 0, max: 12 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      retries: fc.constantFrom(0, 1),
      numbers: fc.array(fc.nat(1000), { minLength: 5, maxLength: 60 }),
    });
    fc.assert(
      fc.property(settings, ({ iterations, concurrency, retries, numbers }) => {
        const specs = Array.from({ length: iterations }, () => ({ task_key: 'one', max_retries: retries }));
        const choices = new Choices(numbers);
        let run = advance(queued(specs, { iterations: { concurrency } }), { type: 'dequeued' }, 0);
        for (let step = 0; run.phase !== 'ENDED'; step += 1) {
          assert.ok(step < 1000, 'every run comes to an end');
          const underWay = run.tasks.filter((task) => {
            const { phase } = latest(task);
            return phase !== 'BLOCKED' && (phase !== 'ENDED' || awaitsRetry(run, task));
          });
          const waiting = run.tasks.some((task) => latest(task).phase === 'BLOCKED');
          assert.ok(underWay.length <= concurrency, 'no more than allowed');
          assert.ok(!waiting || underWay.length === concurrency, 'no fewer while some wait');
          run = next(run, choices);
        }
        assert.ok(run.tasks.every((task) => latest(task).outcome !== undefined));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
