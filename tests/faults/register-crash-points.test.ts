import assert from 'node:assert/strict';
import type { CutPoint, FaultRule } from '../../local/workspace/faults/fault';
import type { FaultTable } from '../../local/workspace/faults/fault-table';
import { model, startTrackedModel, type TrackedModel } from '../unit/tasks/DatabricksRegisterModel/tracked-model';

describe('DatabricksRegisterModel, dead at every request', function () {
  this.timeout(60_000);

  for (const when of ['before', 'after'] as const) {
    it(`${when} the effect of each: the step again ends green with one version, READY and named by the alias`, async () => {
      const requests = await requestsOfStep();
      assert.ok(requests >= 10, String(requests));
      for (let number = 1; number <= requests; number += 1) {
        await withTrackedModel(async (tracked) => {
          dieAt(tracked.local.faults, number, when);
          await tracked.register({ mlflowRunId: tracked.runId });
          tracked.local.faults.clear();
          const again = await tracked.register({ mlflowRunId: tracked.runId });
          await mustHold(tracked, again.outputs.get('modelVersion') ?? '', `request ${number}: ${again.printed}`);
        });
      }
    });
  }
});

/** Whatever the dead step left: one READY version, which the step named and the alias names. */
async function mustHold(tracked: TrackedModel, said: string, where: string): Promise<void> {
  const [version, ...others] = await tracked.versions();
  assert.deepEqual(others, [], where);
  assert.deepEqual([version?.version, version?.status], [said, 'READY'], where);
  assert.equal((await tracked.client.registeredModels.versionByAlias(model, 'challenger'))?.version, said, where);
  const copied = await tracked.client.files.download(`/Models/main/default/price/${said}/data/model file.bin`);
  assert.equal(copied?.length, 70_000, where);
}

async function requestsOfStep(): Promise<number> {
  let requests = 0;
  await withTrackedModel(async (tracked) => {
    const counter = rule('request', Number.MAX_SAFE_INTEGER);
    const { id } = tracked.local.faults.add(counter);
    const host = await tracked.register({ mlflowRunId: tracked.runId });
    assert.equal(host.result, 'Succeeded', host.printed);
    requests = tracked.local.faults.list().find((record) => record.id === id)?.matched ?? 0;
  });
  return requests;
}

/** From request `number` (from 1) on nobody answers: as for the workspace, whose client is dead. */
function dieAt(faults: FaultTable, number: number, when: 'before' | 'after'): void {
  if (when === 'after') {
    faults.add({ ...rule('answer', number - 1), count: 1 });
  }
  faults.add(rule('request', when === 'after' ? number : number - 1));
}

function rule(at: CutPoint, skip: number): FaultRule {
  const fault = { kind: 'connection_dropped', at } as const;
  return { method: '*', path: '/*path', skip, probability: 1, seed: 0, fault };
}

async function withTrackedModel(body: (tracked: TrackedModel) => Promise<void>): Promise<void> {
  const tracked = await startTrackedModel();
  try {
    await body(tracked);
    assert.deepEqual(tracked.local.defects, []);
  } finally {
    await tracked.local.close();
  }
}
