import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunningWorkspace } from '../../local/workspace/server';
import { createJob, runNow, untilProcesses, upload } from '../support/jobs';
import { send, type TestWorkspace } from '../support/local-workspace';

const COMMAND = resolve('bin/databricks-mlops.mjs');

/** A task that no polite signal ends, with a child of its own session; makes a file when it has begun, and another when it is asked to end. */
const DEAF = (folder: string) => `
import signal, subprocess, sys, time
from pathlib import Path
signal.signal(signal.SIGTERM, lambda *_: Path(${JSON.stringify(join(folder, 'asked'))}).touch())
deaf = 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'
subprocess.Popen([sys.executable, '-c', deaf], start_new_session=True)
Path(${JSON.stringify(join(folder, 'begun'))}).touch()
while True:
    time.sleep(600)
`;

describe('a second Ctrl-C at a local workspace', () => {
  let data: string;
  let command: ChildProcess;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'second-signal-'));
  });
  afterEach(() => {
    command.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true, maxRetries: 3 });
  });

  it('ends it at once, with the processes of its jobs that the first one still waits for', async () => {
    const workspace = await started();
    await upload(workspace, '/Shared/deaf.py', DEAF(data));
    const tasks = [{ task_key: 'deaf', spark_python_task: { python_file: '/Shared/deaf.py' } }];
    await runNow(workspace, await createJob(workspace, { tasks }));
    await untilThere('begun');
    const ended = once(command, 'exit');
    command.kill('SIGINT');
    await untilThere('asked');
    command.kill('SIGINT');
    assert.deepEqual(await ended, [130, null]);
    await untilProcesses(`LOCAL_WORKSPACE_TASK_FOLDER=${data}`, 0);
  });

  async function untilThere(file: string): Promise<void> {
    while (!existsSync(join(data, file))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function started(): Promise<TestWorkspace> {
    const args = ['workspace', 'start', '--workspace', 'dev', '--data', data, '--port', '0', '--json'];
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    command = child;
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const all = JSON.parse(line) as readonly RunningWorkspace[];
    const [first] = all;
    assert.ok(first !== undefined);
    return {
      ...first,
      all,
      data,
      call: (method, target, body, headers = {}) =>
        send(first.url + target, method, { authorization: `Bearer ${first.token}`, ...headers }, body),
      stop: async () => undefined,
    };
  }
});
