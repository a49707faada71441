import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTask } from '../../src/agent/run-task';
import type { Clock } from '../../src/clock';
import { readInputs } from '../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../tasks/DatabricksRunWorkflow/run';
import task from '../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../support/auto-clock';
import { FakeHost } from '../support/fake-host';
import { createJob } from '../support/jobs';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy';
import { JOB_TOKEN, type SignInScene, startSignInScene } from '../support/sign-in-scene';

const LIFE_MS = 60_000;
const RUN_MS = 10 * 3_600_000;

/** The step's own polling, on a clock that its sleeps move; tokens and run are real ones of the local workspace. */
describe('a run of ten hours with tokens of a minute', () => {
  const clock = new AutoClock();
  const begun = clock.now();
  const folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-job-'));
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let scene: SignInScene;
  let recorded: RecordingProxy;

  before(async () => {
    const program = join(folder, 'job.sh');
    writeFileSync(program, '#!/bin/sh\nexit 0\n');
    chmodSync(program, 0o755);
    const python = { interpreter: () => ended.then(() => program) };
    scene = await startSignInScene(clock, { tokenSeconds: LIFE_MS / 1000, python });
    recorded = await startRecordingProxy(scene.workspace.url, clock);
  });
  after(async () => {
    end();
    await recorded.close();
    await scene.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const activeRuns = async (): Promise<number> => {
    const list = await scene.workspace.call<{ runs?: unknown[] }>('GET', '/api/2.2/jobs/runs/list?active_only=true');
    return list.json.runs?.length ?? 0;
  };
  /** After ten hours the run ends before the step looks again. */
  const stepsClock: Clock = {
    now: () => clock.now(),
    sleep: async (milliseconds, signal) => {
      await clock.sleep(milliseconds, signal);
      if (clock.now() - begun >= RUN_MS) {
        end();
        while ((await activeRuns()) > 0) {
          // The process of the job is real: it takes its few milliseconds.
        }
      }
    },
  };

  it('signs in at most once in the life of each token, and no request fails', async () => {
    const wheel = { package_name: 'train', entry_point: 'main' };
    const job = await createJob(scene.workspace, {
      name: 'long',
      tasks: [{ task_key: 'train', python_wheel_task: wheel }],
    });
    const way = scene.way('federation');
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', job, models: '', timeoutMinutes: '720' },
      connections: {
        dbx: {
          ...way.connection,
          url: recorded.url,
          data: (name) => way.connection.data?.[name],
        },
      },
      variables: { ...scene.variables, 'System.AccessToken': JOB_TOKEN, 'Build.BuildId': '1' },
    });
    await runTask(task, readInputs, run, host, stepsClock);
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.ok(clock.now() - begun >= RUN_MS);

    const failed = recorded.requests.filter(({ status }) => status >= 400);
    assert.deepEqual(failed, []);
    const signIns = recorded.requests.filter(({ url }) => url === '/oidc/v1/token').map(({ at }) => at);
    const asked = recorded.requests.filter(({ url }) => url.startsWith('/api/'));
    assert.ok(asked.length > 500 && signIns.length > 400, `${asked.length} requests, ${signIns.length} sign-ins`);
    for (const [index, at] of signIns.entries()) {
      const within = signIns.slice(index + 1).filter((later) => later - at < LIFE_MS);
      assert.ok(within.length <= 1, `${within.length} sign-ins in the life of the token of ${at - begun} ms`);
    }
    // Four fifths of a life are used, so that there are never more than five in the time of four.
    assert.ok(signIns.length <= RUN_MS / (0.8 * LIFE_MS) + 1, `${signIns.length} sign-ins in 600 lives`);
  });
});
