import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openLmdbStore } from '../../../../../local/workspace/lmdb-store';
import type { RunningWorkspace } from '../../../../../local/workspace/server';
import {
  createJob,
  getRun,
  processesWith,
  runNow,
  systemPython,
  untilLogged,
  untilProcesses,
  untilRun,
  upload,
} from '../../../../support/jobs';
import { send, startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const program = path.join(__dirname, '..', 'fixtures', 'workspace-process.ts');

describe('a workspace after kill -9', () => {
  it('has all jobs, files and runs; what was active is an internal error and its processes are gone', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'killed-workspace-'));
    const child = spawn(process.execPath, ['--import', 'tsx', program, data], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const started = JSON.parse(line) as RunningWorkspace;
    const remote: TestWorkspace = {
      ...started,
      data,
      all: [started],
      call: (method, target, body, headers = {}) =>
        send(started.url + target, method, { authorization: `Bearer ${started.token}`, ...headers }, body),
      stop: async () => {},
    };
    await upload(
      remote,
      '/Shared/hangs.py',
      `import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\nprint('ready')\ntime.sleep(600)\n`,
    );
    const tasks = [{ task_key: 'hangs', spark_python_task: { python_file: '/Shared/hangs.py' } }];
    const jobId = await createJob(remote, { name: 'kept', tasks, queue: { enabled: true } });
    const active = await runNow(remote, jobId, { idempotency_token: 'first' });
    const queued = await runNow(remote, jobId);
    await untilLogged(remote, active, 'ready');
    const marker = `LOCAL_WORKSPACE_TASK_FOLDER=${data}`;
    await untilProcesses(marker, 2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await forgetProcessNumbers(data);

    const workspace = await startTestWorkspace({ data, python: systemPython(), graceMilliseconds: 50 });
    try {
      const lost = await getRun(workspace, active);
      assert.deepEqual(
        [lost.state.life_cycle_state, lost.status.termination_details?.code],
        ['INTERNAL_ERROR', 'INTERNAL_ERROR'],
      );
      assert.match(lost.state.state_message, /The local workspace ended unexpectedly while the run was active/);
      assert.equal(
        await runNow(workspace, jobId, { idempotency_token: 'first' }),
        active,
        'idempotency tokens are kept',
      );
      await untilLogged(workspace, queued, 'ready');
      await untilProcesses(marker, 2); // only those of the queued run, which began now
      const former = await send(`${workspace.url}/api/2.0/preview/scim/v2/Me`, 'GET', {
        authorization: `Bearer ${started.token}`,
      });
      assert.equal(former.status, 403, 'tokens of the former start are dead');
      await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: queued });
      await untilRun(workspace, queued);
      assert.deepEqual(processesWith(marker), []);
    } finally {
      await workspace.stop();
    }
  });
});

/** As when the server was killed between the start of a process and the note of its number. */
async function forgetProcessNumbers(data: string): Promise<void> {
  const store = openLmdbStore(path.join(data, 'metadata'));
  const noted = store.scope('workspace/local').collection('task-processes');
  const keys = [...noted.entries()].map(([key]) => key);
  assert.equal(keys.length, 1);
  for (const key of keys) {
    noted.put(key, { pid: 0, started: '' });
  }
  await store.close();
}
