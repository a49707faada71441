import assert from 'node:assert/strict';
import { createJob, runNow, systemPython, untilLogged, upload } from '../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';
import { sdkDelay } from '../support/sdk-waiter';

describe('the waiter of the unmodified Databricks SDK for Python', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  before(async () => {
    workspace = await startTestWorkspace({ python: systemPython(), graceMilliseconds: 50 });
  });
  after(() => workspace?.stop());

  it('looks at a run by the schedule that the bench sets ours beside', async () => {
    await upload(workspace, '/Shared/hangs.py', 'import time\nprint("ready", flush=True)\ntime.sleep(600)\n');
    const tasks = [{ task_key: 'a', spark_python_task: { python_file: '/Shared/hangs.py' } }];
    const runId = await runNow(workspace, await createJob(workspace, { name: 'long', tasks }));
    await untilLogged(workspace, runId, 'ready');
    const { slept, result } = await runPythonClient('waiter.py', [runId], {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
    });
    assert.equal(result, 'CANCELED');
    assert.deepEqual(
      slept,
      Array.from({ length: 25 }, (_, at) => sdkDelay(at + 1, 0.25) / 1000),
    );
  });
});
