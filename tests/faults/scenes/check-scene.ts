import assert from 'node:assert/strict';
import { runTask } from '../../../src/agent/run-task';
import { readInputs } from '../../../tasks/DatabricksCheckConnection/inputs';
import { run } from '../../../tasks/DatabricksCheckConnection/run';
import task from '../../../tasks/DatabricksCheckConnection/task.json';
import { AutoClock } from '../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../support/fake-host';
import { startTestWorkspace } from '../../support/local-workspace';
import { switchOf } from './fault-switch';
import type { TaskScene } from './task-scene';

/** `DatabricksCheckConnection`, which changes nothing: each subject is the same. */
export async function openCheckScene(inputs: Readonly<Record<string, string>>): Promise<TaskScene> {
  const clock = new AutoClock();
  const workspace = await startTestWorkspace({ clock });
  const connection = tokenConnection(workspace.url, workspace.token);
  return {
    faults: switchOf(workspace),
    now: () => clock.now(),
    newSubject: async () => ({
      name: '{no name}',
      async step() {
        const host = new FakeHost({
          inputs: { databricksConnection: 'dbx', ...inputs },
          connections: { dbx: connection },
        });
        await runTask(task, readInputs, run, host, clock);
        return host;
      },
      async mustHold(host) {
        assert.equal(host.result, 'Succeeded', host.printed);
        assert.notEqual(host.outputs.get('identity'), '');
        assert.equal(host.outputs.get('failures'), '0');
      },
    }),
    close: () => workspace.stop(),
  };
}
