import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PipelineUpdate, UpdateRequest } from '../../../src/databricks/pipelines';
import { ApiError, ConnectionError } from '../../../src/http/errors';
import { startUpdate } from '../../../src/workflow/start-update';
import { AutoClock } from '../../support/auto-clock';

const PLACE = { method: 'POST', path: '/api/2.0/pipelines/p/updates', origin: 'https://adb-1.1.azuredatabricks.net' };
const lost = () => new ConnectionError('CONNECTION_LOST', 'The connection ended.', PLACE);
const refused = (status: number, message: string) =>
  new ApiError(PLACE, { status, errorCode: '', message, requestId: '', structured: true });

/** What becomes of one request for an update. */
type Fate = 'answered' | 'answer lost' | 'never arrived' | 'late';

/** One pipeline: one active update at most. */
class Pipeline {
  readonly updates: PipelineUpdate[] = [];
  asked = 0;
  private late: UpdateRequest | undefined;

  constructor(private readonly fates: readonly Fate[] = []) {}

  give(update: Partial<PipelineUpdate>): void {
    this.updates.unshift({ update_id: `u${this.updates.length + 1}`, cause: 'API_CALL', ...update });
  }

  calls(request: UpdateRequest) {
    const latest = async () => {
      const known = [...this.updates];
      if (this.late !== undefined) {
        this.begin(this.late);
        this.late = undefined;
      }
      return known;
    };
    return {
      latest,
      latestAfter: latest,
      start: async () => {
        const fate = this.fates[this.asked] ?? 'answered';
        this.asked += 1;
        if (fate === 'never arrived') {
          throw lost();
        }
        if (fate === 'late') {
          this.late = request;
          throw lost();
        }
        const id = this.begin(request);
        if (fate === 'answer lost') {
          throw lost();
        }
        return id;
      },
    };
  }

  private begin(request: UpdateRequest): string {
    if (this.updates.some(({ state }) => state === 'RUNNING')) {
      throw refused(409, 'An active update already exists.');
    }
    this.give({ ...request, state: 'RUNNING' });
    return this.updates[0]?.update_id ?? '';
  }
}

const start = (
  pipeline: Pipeline,
  request: UpdateRequest = { full_refresh: false },
  reuse: 'active' | 'never' = 'active',
  signal = new AbortController().signal,
) => startUpdate(pipeline.calls(request), request, reuse, { clock: new AutoClock(), signal });

const uncanceled = () => ({ clock: new AutoClock(), signal: new AbortController().signal });

describe('start of an update', () => {
  it('starts one, whatever has ended before', async () => {
    const pipeline = new Pipeline();
    pipeline.give({ state: 'COMPLETED', full_refresh: false });
    assert.deepEqual(await start(pipeline), { updateId: 'u2', origin: 'started' });
  });

  for (const [what, active, request, same] of [
    ['nothing special', {}, { full_refresh: false }, true],
    [
      'the same tables in other order and case',
      { refresh_selection: ['b', 'A'] },
      { refresh_selection: ['a', 'B'] },
      true,
    ],
    ['other tables', { refresh_selection: ['a'] }, { refresh_selection: ['b'] }, false],
    ['the same tables anew', { full_refresh_selection: ['a'] }, { refresh_selection: ['a'] }, false],
    ['everything anew', { full_refresh: true }, { full_refresh: false }, false],
    ['a look at the sources alone', { validate_only: true }, { full_refresh: false }, false],
    ['what a person began', { cause: 'USER_ACTION' }, { full_refresh: false }, false],
  ] as const) {
    it(`${same ? 'takes up' : 'refuses'} an active update: ${what}`, async () => {
      const pipeline = new Pipeline();
      pipeline.give({ state: 'RUNNING', ...active });
      if (same) {
        assert.deepEqual(await start(pipeline, request), { updateId: 'u1', origin: 'attached' });
        await assert.rejects(start(pipeline, request, 'never'), { code: 'PIPELINE_BUSY' });
      } else {
        await assert.rejects(start(pipeline, request), { code: 'PIPELINE_BUSY', message: /u1 \(RUNNING/ });
      }
      assert.equal(pipeline.asked, 0);
    });
  }

  it('counts a state that it does not know as active', async () => {
    const pipeline = new Pipeline();
    pipeline.give({ state: 'RESTING' });
    assert.equal((await start(pipeline)).origin, 'attached');
  });

  it('gives the refusal of the service as it is', async () => {
    const start = async () => Promise.reject(refused(403, 'No right.'));
    const calls = { latest: async () => [], latestAfter: async () => [], start };
    await assert.rejects(startUpdate(calls, {}, 'active', uncanceled()), { code: 'PERMISSION_DENIED' });
  });

  it('names the update of another that came first', async () => {
    const pipeline = new Pipeline();
    const calls = {
      latest: async () => [...pipeline.updates],
      latestAfter: async () => [...pipeline.updates],
      start: async () => {
        pipeline.give({ state: 'RUNNING', full_refresh: true });
        throw refused(409, 'An active update already exists.');
      },
    };
    await assert.rejects(startUpdate(calls, { full_refresh: false }, 'active', uncanceled()), {
      code: 'PIPELINE_BUSY',
    });
  });

  it('asks no second time after a cancel, but finds what the first request began', async () => {
    const canceled = AbortSignal.abort(new Error('canceled'));
    const never = new Pipeline(['never arrived']);
    await assert.rejects(start(never, undefined, undefined, canceled), { message: 'canceled' });
    assert.equal(never.asked, 1);
    for (const fate of ['answer lost', 'late'] as const) {
      assert.deepEqual(await start(new Pipeline([fate]), undefined, undefined, canceled), {
        updateId: 'u1',
        origin: 'started',
      });
    }
  });

  it('never begins two, whatever becomes of its requests', async () => {
    const fates = fc.array(fc.constantFrom<Fate>('answered', 'answer lost', 'never arrived', 'late'), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fates, async (each) => {
        const pipeline = new Pipeline(each);
        try {
          const { updateId } = await start(pipeline);
          assert.equal(updateId, pipeline.updates[0]?.update_id);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'CONNECTION_LOST');
        }
        assert.ok(pipeline.updates.length <= 1, JSON.stringify(pipeline.updates));
        assert.ok(pipeline.asked <= 3);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
