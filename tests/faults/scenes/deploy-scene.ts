import assert from 'node:assert/strict';
import { startServedModel } from '../../unit/tasks/DatabricksDeployEndpoint/served-model';
import { switchOfTable } from './fault-switch';
import { principal, SignIn } from './sign-in';
import type { FaultScene } from './task-scene';

/** From which state the step begins, and what it does; `broken`: an update whose model cannot be built. */
export type Deployment = 'create' | 'update' | 'broken' | 'delete';

/** Longer than a model takes to load, and than the fault `latency`. */
const TURN_MS = 10_000;

/** `DatabricksDeployEndpoint` with version 2 as champion; each subject is an endpoint of its own. */
export async function openDeployScene(deployment: Deployment): Promise<FaultScene> {
  const served = await startServedModel([principal]);
  const signIn = new SignIn(served.local.url, served.local.token);
  await served.setChampion('2');
  let subjects = 0;
  const versionsOf = async (name: string) => {
    const endpoint = (await served.local.request('GET', `/api/2.0/serving-endpoints/${name}`)).json;
    return endpoint.config?.served_entities.map(({ entity_version }: { entity_version: string }) => entity_version);
  };
  return {
    faults: switchOfTable(served.local.faults),
    signIn,
    now: () => served.clock.now(),
    async newSubject() {
      subjects += 1;
      const name = `price-${subjects}x`;
      if (deployment !== 'create') {
        await served.setChampion('1');
        const before = await served.deploy({ endpoint: name });
        assert.equal(before.result, 'Succeeded', before.printed);
        await served.setChampion('2');
      }
      if (deployment === 'broken') {
        served.scorers.onStart = (scorer) => scorer.fail('No matching distribution found for left-pad');
      }
      const starts = () =>
        served.scorers.started.filter(({ launch }) => launch.modelFolder.endsWith('/2')).length - startedBefore;
      const startedBefore = served.scorers.started.filter(({ launch }) => launch.modelFolder.endsWith('/2')).length;
      let takenBack = 0;
      return {
        name,
        async step() {
          const how = deployment === 'delete' ? { action: 'delete', confirm: name } : { endpointTags: 'team=price' };
          const host = await served.deploy({ endpoint: name, ...how }, undefined, signIn.connection);
          // An endpoint that is new has nothing to put back.
          const putsBack = deployment === 'update' && host.error?.code === 'PROBE_FAILED';
          takenBack += putsBack && !host.error?.message.includes('could NOT be put back') ? 1 : 0;
          return host;
        },
        async mustHold(host) {
          assert.equal(host.result, 'Succeeded', host.printed);
          assert.deepEqual(await versionsOf(name), deployment === 'delete' ? undefined : ['2']);
          assert.equal(starts(), deployment === 'delete' ? 0 : 1 + takenBack, 'how often version 2 was started');
        },
        async mustBeSafe() {
          assert.ok(starts() <= 1, 'version 2 was deployed twice');
        },
      };
    },
    async meanwhile() {
      await new Promise((resolve) => setImmediate(resolve));
      if (served.local.faults.list().some(({ rule, hits }) => rule.fault.kind === 'latency' && hits > 0)) {
        await served.clock.advance(TURN_MS);
      }
    },
    async close() {
      assert.deepEqual(served.local.defects, []);
      await served.close();
    },
  };
}
