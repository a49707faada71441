import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RepairHistoryItem, RepairRequest, Run } from '../../../src/databricks/runs';
import { ApiError, ConnectionError } from '../../../src/http/errors';
import { repairIds, repairOnce } from '../../../src/workflow/repair-run';
import { AutoClock } from '../../support/auto-clock';

const PLACE = { method: 'POST', path: '/api/2.2/jobs/runs/repair', origin: 'https://adb-1.1.azuredatabricks.net' };

type Fate = 'answered' | 'answer lost' | 'never arrived' | 'refused';

/** A run whose repairs end at once: the service knows the last one, and refuses a request that does not name it. */
class Service {
  readonly history: RepairHistoryItem[];
  asked = 0;

  constructor(
    repairs: number,
    private readonly fates: readonly Fate[],
  ) {
    this.history = [
      { type: 'ORIGINAL', start_time: 1 },
      ...Array.from({ length: repairs }, (_, index) => ({ type: 'REPAIR', id: `9${index}`, start_time: index + 2 })),
    ];
  }

  get run(): Run {
    return { run_id: '1', repair_history: [...this.history].reverse() };
  }

  async repair({ latest_repair_id: latest }: RepairRequest): Promise<string> {
    const fate = this.fates[this.asked] ?? 'answered';
    this.asked += 1;
    if (fate === 'never arrived') {
      throw new ConnectionError('CONNECTION_LOST', 'The connection ended.', PLACE);
    }
    if (fate === 'refused' || latest !== repairIds(this.run).at(-1)) {
      const message = 'latest_repair_id is not the latest.';
      throw new ApiError(PLACE, { status: 400, errorCode: 'INVALID_STATE', message, requestId: '', structured: true });
    }
    const id = `9${this.history.length}`;
    this.history.push({ type: 'REPAIR', id, start_time: this.history.length + 1 });
    if (fate === 'answer lost') {
      throw new ConnectionError('ANSWER_INCOMPLETE', 'The answer is not whole.', PLACE);
    }
    return id;
  }
}

const repair = (service: Service, signal = new AbortController().signal) =>
  repairOnce(
    { read: async () => service.run, repair: (request) => service.repair(request) },
    service.run,
    { rerun_all_failed_tasks: true },
    { clock: new AutoClock(), signal },
  );

describe('repair of a run', () => {
  it('names the repair that it follows, and none where there is none', async () => {
    for (const repairs of [0, 1, 3]) {
      const service = new Service(repairs, []);
      assert.equal(await repair(service), repairIds(service.run).at(-1));
      assert.equal(repairIds(service.run).length, repairs + 1);
    }
  });

  it('orders repairs by their start, and leaves out the original round', () => {
    const history = [
      { type: 'REPAIR', id: '9007199254740993', start_time: 3 },
      { type: 'ORIGINAL', start_time: 1 },
      { type: 'REPAIR', id: 5, start_time: 2 },
    ];
    assert.deepEqual(repairIds({ run_id: '1', repair_history: history }), ['5', '9007199254740993']);
    assert.deepEqual(repairIds({ run_id: '1' }), []);
  });

  it('gives a refusal as it is', async () => {
    await assert.rejects(repair(new Service(0, ['refused'])), { code: 'REQUEST_REFUSED' });
  });

  it('asks no second time after a cancel, but finds what the first request began', async () => {
    const canceled = AbortSignal.abort(new Error('canceled'));
    const never = new Service(0, ['never arrived']);
    await assert.rejects(repair(never, canceled), { message: 'canceled' });
    assert.equal(never.asked, 1);
    assert.equal(await repair(new Service(0, ['answer lost']), canceled), '91');
  });

  it('never repairs twice, and gives the repair that was made, whatever becomes of its requests', async () => {
    const fates = fc.array(fc.constantFrom<Fate>('answered', 'answer lost', 'never arrived', 'refused'), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(fates, fc.nat({ max: 2 }), async (each, repairs) => {
        const service = new Service(repairs, each);
        const made = await repair(service).catch((error: { code?: string }) => {
          assert.ok(['CONNECTION_LOST', 'REQUEST_REFUSED'].includes(error.code ?? ''), String(error));
          return undefined;
        });
        const ids = repairIds(service.run);
        assert.equal(ids.length, made === undefined ? repairs : repairs + 1);
        assert.equal(made === undefined || made === ids.at(-1), true);
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});
