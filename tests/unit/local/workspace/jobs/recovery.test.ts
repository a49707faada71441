import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
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
  type RunReply,
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
    const { child, remote, data } = await startRemote();
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
        authorization: `Bearer ${remote.token}`,
      });
      assert.equal(former.status, 403, 'tokens of the former start are dead');
      await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: queued });
      await untilRun(workspace, queued);
      assert.deepEqual(processesWith(marker), []);
    } finally {
      await workspace.stop();
    }
  });

  it('loses runs together with those that their tasks started, and repairs them', async () => {
    const { child, remote, data } = await startRemote();
    await upload(remote, '/Shared/hangs.py', 'import time\nprint("ready")\ntime.sleep(600)\n');
    const hangs = { spark_python_task: { python_file: '/Shared/hangs.py' } };
    const other = await createJob(remote, { tasks: [{ task_key: 'hangs', ...hangs }] });
    const jobId = await createJob(remote, {
      tasks: [
        { task_key: 'other', run_job_task: { job_id: other } },
        { task_key: 'waits', run_job_task: { job_id: other } },
        { task_key: 'each', for_each_task: { inputs: '[1, 2]', task: { task_key: 'one', ...hangs } } },
      ],
    });
    await remote.call('POST', '/api/2.2/jobs/update', { job_id: other, new_settings: { queue: { enabled: true } } });
    const runId = await runNow(remote, jobId);
    const marker = `LOCAL_WORKSPACE_TASK_FOLDER=${data}`;
    await untilProcesses(marker, 2);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const workspace = await startTestWorkspace({ data, python: systemPython(), graceMilliseconds: 50 });
    try {
      assert.deepEqual(processesWith(marker), []);
      const list = await workspace.call<{ runs: RunReply[] }>('GET', '/api/2.2/jobs/runs/list');
      assert.deepEqual(
        list.json.runs.map(({ state }) => state.life_cycle_state),
        ['INTERNAL_ERROR', 'INTERNAL_ERROR', 'INTERNAL_ERROR'],
        'the run, its child and the one that waited for its turn',
      );
      const each = (await getRun(workspace, runId)).tasks?.find((task) => task.task_key === 'each');
      const iterations = await workspace.call<{ iterations: RunReply[] }>(
        'GET',
        `/api/2.2/jobs/runs/get?run_id=${each?.run_id}`,
      );
      assert.deepEqual(
        iterations.json.iterations.map(({ state }) => state.life_cycle_state),
        ['INTERNAL_ERROR', 'INTERNAL_ERROR'],
      );
      await upload(workspace, '/Shared/hangs.py', 'print("quick")\n');
      const repair = { run_id: runId, rerun_all_failed_tasks: true };
      assert.equal((await workspace.call('POST', '/api/2.2/jobs/runs/repair', repair)).status, 200);
      assert.equal((await untilRun(workspace, runId)).state.result_state, 'SUCCESS');
    } finally {
      await workspace.stop();
    }
  });
});

/** A workspace in a process of its own, to be killed. */
async function startRemote(): Promise<{ child: ChildProcess; remote: TestWorkspace; data: string }> {
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
  return { child, remote, data };
}

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
