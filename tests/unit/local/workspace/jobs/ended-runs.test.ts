import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Call, Workspace } from '../../../../../local/workspace/api';
import type { RunParts } from '../../../../../local/workspace/jobs/job-parts';
import { listRunsOperation } from '../../../../../local/workspace/jobs/list-runs';
import { JobStore, RunStore } from '../../../../../local/workspace/jobs/run-store';
import type { Run } from '../../../../../local/workspace/jobs/types';
import { memoryStore } from '../../../../../local/workspace/memory-store';
import type { Collection, Store } from '../../../../../local/workspace/store';

const CREATOR = { id: '1', userName: 'ann@example.com', displayName: 'Ann', kind: 'user' } as const;

function run(runId: number, jobId: number, endTime?: number): Run {
  const state = endTime === undefined ? { phase: 'RUNNING' as const } : { phase: 'ENDED' as const, endTime };
  return {
    runId: String(runId),
    jobId: String(jobId),
    type: 'JOB_RUN',
    name: 'n',
    creator: CREATOR,
    settings: {},
    jobParameters: [],
    overriding: {},
    startTime: 1_000 + runId,
    tasks: [],
    ...state,
    ...(endTime === undefined ? {} : { outcome: 'SUCCESS' as const }),
  };
}

/** A store in memory that counts what is read of runs. */
function counted(): { readonly store: Store; reads(): number } {
  const store = memoryStore();
  let reads = 0;
  const counting = <T>(collection: Collection<T>): Collection<T> => ({
    put: (key, value) => collection.put(key, value),
    remove: (key) => collection.remove(key),
    get: (key) => {
      reads += 1;
      return collection.get(key);
    },
    *entries(prefix, after) {
      for (const entry of collection.entries(prefix, after)) {
        reads += 1;
        yield entry;
      }
    },
  });
  return {
    store: {
      ...store,
      collection: <T>(name: string) =>
        name === 'runs' ? counting(store.collection<T>(name)) : store.collection<T>(name),
    },
    reads: () => reads,
  };
}

function lister(store: Store) {
  const workspace = { store, url: 'http://127.0.0.1:1', id: '1' } as Workspace;
  const runs = new RunStore(store);
  const operation = listRunsOperation({ workspace, runs, jobs: new JobStore(store) } as unknown as RunParts, '2.2');
  const list = (query: string) => {
    const reply = operation.handle({ query: new URLSearchParams(query) } as Call) as { json: unknown };
    const { runs: shown = [], next_page_token: token } = reply.json as {
      runs?: { run_id: unknown }[];
      next_page_token?: string;
    };
    return { ids: shown.map(({ run_id }) => Number(run_id)), token };
  };
  return { runs, list };
}

describe('ended runs', () => {
  it('are listed without a look at those that are not shown', () => {
    const { store, reads } = counted();
    const { runs, list } = lister(store);
    for (let id = 1; id <= 500; id += 1) {
      runs.put(run(id, id % 5, 10_000 + id));
    }
    for (const query of ['', 'job_id=3', 'completed_only=true', 'start_time_to=1250']) {
      const former = reads();
      assert.equal(list(query).ids.length, 20);
      assert.ok(reads() - former <= 20, `${query}: ${reads() - former} runs were read`);
    }
  });

  it('stand behind those under way, the last ended first, whatever becomes of runs', () => {
    const step = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('begin', 'end', 'remove'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { runs, list } = lister(memoryStore());
        const expected = new Map<number, number | undefined>();
        for (const [time, [id, what]] of steps.entries()) {
          const known = expected.has(id);
          if (what === 'remove' && known) {
            runs.remove(run(id, id % 3));
            expected.delete(id);
          } else if (what !== 'remove') {
            const end = what === 'end' ? 5_000 + time : undefined;
            runs.put(run(id, id % 3, end));
            expected.set(id, end);
          }
        }
        const order = [...expected].sort(
          ([a, endOfA = Number.POSITIVE_INFINITY], [b, endOfB = Number.POSITIVE_INFINITY]) =>
            endOfA === endOfB ? b - a : endOfB - endOfA,
        );
        const ids = order.map(([id]) => id);
        assert.deepEqual(list('').ids, ids);
        assert.deepEqual(
          list('job_id=1').ids,
          ids.filter((id) => id % 3 === 1),
        );
        const first = list('limit=3');
        const rest = first.token === undefined ? [] : list(`limit=25&page_token=${first.token}`).ids;
        assert.deepEqual([...first.ids, ...rest], ids);
      }),
      { seed: 18, numRuns: 200 },
    );
  });

  it('of an older data folder are found too', () => {
    const store = memoryStore();
    const { runs, list } = lister(store);
    runs.put(run(1, 1, 5_000));
    for (const name of ['ended-runs', 'ended-runs-by-job', 'run-ends']) {
      const collection = store.collection(name);
      for (const [key] of [...collection.entries()]) {
        collection.remove(key);
      }
    }
    assert.deepEqual(list('').ids, []);
    runs.noteEnded();
    assert.deepEqual(list('').ids, [1]);
  });
});
