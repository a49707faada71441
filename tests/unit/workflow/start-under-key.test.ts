import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type RecentRuns, type Reuse, type StartedRun, startUnderKey } from '../../../src/workflow/start-under-key';

interface KnownRun extends StartedRun {
  readonly id: string;
}

/** The Jobs service as far as idempotency goes: one run per token, whoever asks. */
class Service {
  readonly runs = new Map<string, KnownRun>();
  private readonly tokens = new Map<string, string>();
  started = 0;

  constructor(private readonly newRun: Partial<StartedRun> = { state: { life_cycle_state: 'RUNNING' } }) {}

  give(token: string, run: StartedRun): void {
    const id = String(9007199254740993n + BigInt(this.runs.size));
    this.runs.set(id, { id, ...run });
    this.tokens.set(token, id);
  }

  calls(listed: RecentRuns = { ids: new Set(this.runs.keys()), latestStart: 0 }) {
    return {
      start: async (token: string) => {
        if (!this.tokens.has(token)) {
          this.started += 1;
          this.give(token, this.newRun);
        }
        return this.tokens.get(token) ?? '';
      },
      read: async (id: string) => this.runs.get(id) as KnownRun,
      recent: async () => listed,
    };
  }
}

const ended = (result_state: string, start_time = 1): StartedRun => ({
  state: { life_cycle_state: 'TERMINATED', result_state },
  start_time,
});
const start = (service: Service, reuse: Reuse, listed?: RecentRuns) =>
  startUnderKey(service.calls(listed), (n) => `key-${n}`, reuse);

describe('start under a key', () => {
  it('starts the first run', async () => {
    const service = new Service();
    const outcome = await start(service, 'active');
    assert.deepEqual([outcome.origin, outcome.attempt, service.started], ['started', 1, 1]);
  });

  it('attaches to the run of an earlier attempt that is still active', async () => {
    const service = new Service();
    service.give('key-1', { state: { life_cycle_state: 'RUNNING' } });
    const outcome = await start(service, 'active');
    assert.deepEqual([outcome.origin, outcome.attempt, service.started], ['attached', 1, 0]);
  });

  it('moves on from one that failed, and from one that succeeded unless it is to be reused', async () => {
    for (const [result, reuse, origin, attempt] of [
      ['FAILED', 'active', 'started', 2],
      ['SUCCESS', 'active', 'started', 2],
      ['SUCCESS', 'succeeded', 'reused', 1],
      ['FAILED', 'succeeded', 'started', 2],
    ] as const) {
      const service = new Service();
      service.give('key-1', ended(result));
      const outcome = await start(service, reuse);
      assert.deepEqual([outcome.origin, outcome.attempt], [origin, attempt], `${result} ${reuse}`);
    }
  });

  it('ends with an error when a thousand runs under the key have ended, and starts none more', async () => {
    const service = new Service();
    for (let n = 1; n <= 1_000; n += 1) {
      service.give(`key-${n}`, ended('FAILED'));
    }
    await assert.rejects(start(service, 'active'), { code: 'ATTEMPTS_EXHAUSTED' });
    assert.equal(service.started, 0);
  });

  it('takes a run that has already ended for its own when it was not there before, whatever the clock of the agent', async () => {
    const service = new Service(ended('FAILED', 5_000));
    const outcome = await start(service, 'active', { ids: new Set(['1']), latestStart: 4_000 });
    assert.deepEqual([outcome.origin, service.started], ['started', 1]);
  });

  it('knows a run that started before one in the list for an earlier one even when the list no longer shows it', async () => {
    const service = new Service({ state: { life_cycle_state: 'RUNNING' }, start_time: 6_000 });
    service.give('key-1', ended('FAILED', 3_999));
    const outcome = await start(service, 'active', { ids: new Set(['1']), latestStart: 4_000 });
    assert.deepEqual([outcome.attempt, service.started], [2, 1]);
  });

  it('never starts more than one run in a call, whatever the history', async () => {
    const history = fc.array(
      fc.constantFrom(ended('SUCCESS'), ended('FAILED'), ended('CANCELED'), { state: { life_cycle_state: 'RUNNING' } }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(history, fc.constantFrom<Reuse>('active', 'succeeded'), async (runs, reuse) => {
        const service = new Service();
        for (const [index, run] of runs.entries()) {
          service.give(`key-${index + 1}`, run);
        }
        const outcome = await start(service, reuse);
        assert.ok(service.started <= 1);
        assert.equal(service.started === 1, outcome.origin === 'started');
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
