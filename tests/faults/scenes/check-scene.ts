import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { principalsShape } from '../../../local/workspace/identity/principal-settings';
import { runTask } from '../../../src/agent/run-task';
import { readInputs } from '../../../tasks/DatabricksCheckConnection/inputs';
import { run } from '../../../tasks/DatabricksCheckConnection/run';
import task from '../../../tasks/DatabricksCheckConnection/task.json';
import { AutoClock } from '../../support/auto-clock';
import { FakeHost } from '../../support/fake-host';
import { createJob } from '../../support/jobs';
import { startTestWorkspace } from '../../support/local-workspace';
import { switchOf } from './fault-switch';
import { principal, SignIn } from './sign-in';
import type { FaultScene } from './task-scene';
import { WorkingClock } from './working-clock';

const READERS = principalsShape.parse({
  servicePrincipals: [{ applicationId: principal.applicationId, displayName: 'pipeline', groups: ['admins'] }],
  groups: [{ displayName: 'analysts', groups: ['readers'] }, { displayName: 'readers' }],
  grants: [{ on: 'catalog dev', to: ['readers'], privileges: ['USE CATALOG', 'SELECT'] }],
});

const INPUTS = {
  checks: 'all',
  model: 'dev.default.churn',
  warehouse: 'Local warehouse',
  job: 'train',
  readOnlyGroups: 'analysts',
};

/** `DatabricksCheckConnection` with every check; it changes nothing, so that each subject is the same. */
export async function openCheckScene(inputs: Readonly<Record<string, string>> = INPUTS): Promise<FaultScene> {
  const clock = new AutoClock();
  const workspace = await startTestWorkspace({
    clock: new WorkingClock(clock),
    principals: READERS,
    servicePrincipals: [principal],
  });
  const signIn = new SignIn(workspace.url, workspace.token);
  const work = { task_key: 'a', notebook_task: { notebook_path: '/n' } };
  await createJob(workspace, { name: 'train', tasks: [work] });
  const model = { catalog_name: 'dev', schema_name: 'default', name: 'churn' };
  const created = await workspace.call('POST', '/api/2.1/unity-catalog/models', model);
  assert.equal(created.status, 200, created.text);
  return {
    faults: switchOf(workspace),
    signIn,
    now: () => clock.now(),
    newSubject: async () => ({
      name: '{no name}',
      async step() {
        const host = new FakeHost({
          inputs: { databricksConnection: 'dbx', failOn: 'warning', ...inputs },
          connections: { dbx: signIn.connection },
        });
        await runTask(task, readInputs, run, host, clock);
        return host;
      },
      async mustHold(host) {
        assert.equal(host.result, 'Succeeded', host.printed);
        assert.notEqual(host.outputs.get('identity'), '');
        assert.equal(host.outputs.get('failures'), '0');
        const { checks } = JSON.parse(readFileSync(host.outputs.get('reportPath') ?? '', 'utf8')) as {
          checks: { verdict: string }[];
        };
        assert.deepEqual(
          checks.map(({ verdict }) => verdict),
          checks.map(() => 'ok'),
        );
      },
    }),
    close: () => workspace.stop(),
  };
}
