import assert from 'node:assert/strict';
import { type ServedModel, startServedModel } from './served-model';

const never = Number.POSITIVE_INFINITY;

describe('DatabricksDeployEndpoint killed at any request', () => {
  for (const from of ['no endpoint', 'the former champion'] as const) {
    for (const when of ['before', 'after'] as const) {
      it(`ends, run again, where it would have ended: from ${from}, ${when} each request has its effect`, async () => {
        let crashes = 0;
        for (let number = 1; ; number += 1) {
          const served = await startServedModel();
          try {
            if (from === 'the former champion') {
              await served.deploy();
            }
            await served.setChampion('2');
            const requests = served.crashAt(number, when);
            const first = await served.deploy();
            const reached = requests() >= number;
            served.crashAt(never, 'before');
            if (!reached) {
              assert.equal(first.result, 'Succeeded', first.printed);
              break;
            }
            crashes += 1;
            await holdsAfterRerun(served, `${when} request ${number}`);
          } finally {
            await served.close();
          }
        }
        assert.ok(crashes >= 6, `only ${crashes} requests`);
      });
    }
  }
});

/** Whatever the killed step left: version 2 serves alone after the second run, deployed by at most one more update. */
async function holdsAfterRerun(served: ServedModel, where: string): Promise<void> {
  const again = await served.deploy();
  assert.equal(again.result, 'Succeeded', `${where}: ${again.printed}`);
  assert.equal(again.outputs.get('servedVersion'), '2', where);
  const { config, pending_config, state } = await served.endpoint();
  assert.equal(pending_config, undefined, where);
  assert.deepEqual(state, { ready: 'READY', config_update: 'NOT_UPDATING' }, where);
  assert.deepEqual(
    config.served_entities.map((entity: { entity_version: string }) => entity.entity_version),
    ['2'],
    where,
  );
  const starts = served.scorers.started.filter((scorer) => scorer.launch.modelFolder.endsWith('/2'));
  assert.equal(starts.length, 1, `${where}: version 2 is deployed once`);
}
