import assert from 'node:assert/strict';
import {
  createJob,
  getRun,
  outputOf,
  processesWith,
  runNow,
  systemPython,
  untilLogged,
  untilProcesses,
  untilRun,
  upload,
} from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';
import { VirtualClock } from '../../../../support/virtual-clock';

function script(key: string, file: string, more: Record<string, unknown> = {}, parameters?: string[]) {
  return { task_key: key, spark_python_task: { python_file: file, ...(parameters ? { parameters } : {}) }, ...more };
}

describe('script tasks', () => {
  const clock = new VirtualClock();
  const asked: string[][] = [];
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace({ clock, python: systemPython(asked), graceMilliseconds: 50 });
  });
  after(() => workspace.stop());

  it('run as real processes with parameters, environment and log', async () => {
    await upload(
      workspace,
      '/Workspace/Shared/print.py',
      `import json, os, sys, urllib.request
import neighbour
print('args', sys.argv[1:], neighbour.NAME)
print('cwd', os.path.basename(os.getcwd()))
print('environment', json.dumps(dict(os.environ)))
request = urllib.request.Request(os.environ['DATABRICKS_HOST'] + '/api/2.0/preview/scim/v2/Me',
    headers={'Authorization': 'Bearer ' + os.environ['DATABRICKS_TOKEN']})
print('me', json.load(urllib.request.urlopen(request))['userName'])
print(__name__, file=sys.stderr)
`,
    );
    await upload(workspace, '/Shared/neighbour.py', `NAME = 'beside'\n`);
    process.env.SERVER_ONLY = 'not for jobs';
    const jobId = await createJob(workspace, {
      name: 'print',
      parameters: [{ name: 'catalog', default: 'dev' }],
      environments: [{ environment_key: 'e', spec: { dependencies: ['scikit-learn==1.5.0', 'mlflow'] } }],
      tasks: [
        script('print', '/Workspace/Shared/print.py', { environment_key: 'e' }, [
          '{{job.parameters.catalog}}',
          '--run={{job.run_id}}',
          '{{task.name}}',
        ]),
      ],
    });
    assert.ok(BigInt(jobId) > 2n ** 53n, 'ids are beyond 2^53');
    const runId = await runNow(workspace, jobId, { job_parameters: { catalog: 'staging' } });
    const run = await untilRun(workspace, runId);
    const output = await outputOf(workspace, run);
    assert.deepEqual([run.state.life_cycle_state, run.state.result_state], ['TERMINATED', 'SUCCESS'], output.logs);
    assert.deepEqual(run.status.termination_details, { code: 'SUCCESS', type: 'SUCCESS', message: '' });
    assert.deepEqual(run.job_parameters, [{ name: 'catalog', default: 'dev', value: 'staging' }]);
    assert.equal(run.run_page_url, `${workspace.url}/?o=${workspace.id}#job/${jobId}/run/${runId}`);
    const logs = output.logs ?? '';
    assert.match(logs, new RegExp(`args \\['staging', '--run=${runId}', 'print'\\] beside`));
    assert.match(logs, /cwd Shared\n/);
    assert.match(logs, /me .*@localhost\n/);
    assert.match(logs, /__main__\n$/);
    const environment = JSON.parse(/environment (.*)/.exec(logs)?.[1] ?? '{}') as Record<string, string>;
    assert.equal(environment.DATABRICKS_HOST, workspace.url);
    assert.equal(environment.DATABRICKS_CONFIG_FILE, '/dev/null');
    assert.equal(environment.MLFLOW_TRACKING_URI, 'databricks');
    assert.equal(environment.MLFLOW_REGISTRY_URI, 'databricks-uc');
    assert.match(environment.DATABRICKS_WAREHOUSE_ID ?? '', /^[0-9a-f]{16}$/);
    assert.equal(environment.DATABRICKS_RUNTIME_VERSION, undefined);
    assert.equal(environment.SERVER_ONLY, undefined);
    const tags = JSON.parse(environment.MLFLOW_RUN_CONTEXT ?? '{}') as Record<string, string>;
    assert.equal(tags['mlflow.databricks.jobID'], jobId);
    assert.equal(tags['mlflow.databricks.jobRunID'], run.tasks?.[0]?.run_id);
    assert.deepEqual(asked.at(-1), ['scikit-learn==1.5.0', 'mlflow']);
    const files = await workspace.call('GET', '/api/2.0/workspace/list?path=/Shared');
    assert.doesNotMatch(files.text, /__pycache__/);
    const late = await fetch(`${workspace.url}/api/2.0/preview/scim/v2/Me`, {
      headers: { authorization: `Bearer ${environment.DATABRICKS_TOKEN}` },
    });
    assert.equal(late.status, 403, 'the token of the run dies with it');
  });

  it('give the last line and the whole traceback of what they raise', async () => {
    await upload(
      workspace,
      '/Shared/raise.py',
      `def f():\n    raise ValueError('bad input')\n\nprint('before')\nf()\n`,
    );
    const run = await untilRun(
      workspace,
      await runNow(workspace, await createJob(workspace, { tasks: [script('train', '/Shared/raise.py')] })),
    );
    assert.equal(run.state.result_state, 'FAILED');
    assert.equal(
      run.state.state_message,
      'Task train failed with message: Workload failed, see run output for details.',
    );
    assert.equal(run.tasks?.[0]?.state.state_message, 'Workload failed, see run output for details');
    assert.equal(run.status.termination_details?.code, 'RUN_EXECUTION_ERROR');
    const output = await outputOf(workspace, run);
    assert.equal(output.error, 'ValueError: bad input');
    assert.match(
      output.error_trace ?? '',
      /^Traceback \(most recent call last\):\n {2}File "[^"]*raise\.py", line 5, in <module>\n/,
    );
    assert.doesNotMatch(output.error_trace ?? '', /launch_task/);
    assert.match(output.logs ?? '', /before\n/);
  });

  it('say where to name a package that is not there', async () => {
    await upload(workspace, '/Shared/imports.py', 'import package_of_a_cluster.part\n');
    const jobId = await createJob(workspace, { tasks: [script('t', '/Shared/imports.py')] });
    const output = await outputOf(workspace, await untilRun(workspace, await runNow(workspace, jobId)));
    assert.equal(output.error, "ModuleNotFoundError: No module named 'package_of_a_cluster'");
    assert.match(
      output.error_trace ?? '',
      /^The local workspace installs only what a job names, and this one does not bring 'package_of_a_cluster': add its package to/m,
    );
    assert.ok(output.logs?.includes('`libraries` of the task'));
  });

  it('fail on a non-zero exit, and with a sentence where the file is missing', async () => {
    await upload(workspace, '/Shared/exit.py', `import sys\nsys.exit(3)\n`);
    const exit = await untilRun(
      workspace,
      await runNow(workspace, await createJob(workspace, { tasks: [script('a', '/Shared/exit.py')] })),
    );
    assert.equal(exit.state.result_state, 'FAILED');
    assert.equal((await outputOf(workspace, exit)).error, 'SystemExit: 3');
    const none = await untilRun(
      workspace,
      await runNow(workspace, await createJob(workspace, { tasks: [script('a', '/Shared/none.py')] })),
    );
    assert.equal(none.state.result_state, 'FAILED');
    assert.match((await outputOf(workspace, none)).error ?? '', /'\/Shared\/none\.py' does not exist/);
  });

  it('end with their whole process tree when cancelled, also children that left the group and ignore SIGTERM', async () => {
    await upload(
      workspace,
      '/Shared/tree.py',
      `import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)
subprocess.Popen(['sleep', '600'])
print('ready')
time.sleep(600)
`,
    );
    const runId = await runNow(workspace, await createJob(workspace, { tasks: [script('tree', '/Shared/tree.py')] }));
    await untilLogged(workspace, runId, 'ready');
    const marker = `LOCAL_WORKSPACE_TASK_FOLDER=${workspace.data}`;
    await untilProcesses(marker, 3);
    assert.equal((await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: runId })).status, 200);
    const run = await untilRun(workspace, runId);
    assert.deepEqual([run.state.life_cycle_state, run.state.result_state], ['TERMINATED', 'CANCELED']);
    assert.equal(run.state.user_cancelled_or_timedout, true);
    assert.equal(run.status.termination_details?.code, 'USER_CANCELED');
    assert.deepEqual(processesWith(marker), []);
  });

  it('end at their own time-out and at that of the run', async () => {
    await upload(workspace, '/Shared/sleep.py', `import time\nprint('ready')\ntime.sleep(600)\n`);
    const cases = [
      { tasks: [script('slow', '/Shared/sleep.py', { timeout_seconds: 60 })] },
      { tasks: [script('slow', '/Shared/sleep.py')], timeout_seconds: 60 },
    ];
    for (const settings of cases) {
      const runId = await runNow(workspace, await createJob(workspace, settings));
      await untilLogged(workspace, runId, 'ready');
      await clock.advance(59_000);
      assert.equal((await getRun(workspace, runId)).status.state, 'RUNNING');
      await clock.advance(1_000);
      const run = await untilRun(workspace, runId);
      assert.equal(run.state.result_state, 'TIMEDOUT');
      assert.equal(run.tasks?.[0]?.state.result_state, 'TIMEDOUT');
    }
  });

  it('are tried again as often as max_retries says, after the pause', async () => {
    await upload(
      workspace,
      '/Shared/third.py',
      `import os\nmark = os.path.join(os.getcwd(), 'tries')\nwith open(mark, 'a') as f: f.write('x')\nassert os.path.getsize(mark) == 3, 'not yet'\n`,
    );
    const task = script('flaky', '/Shared/third.py', { max_retries: 2, min_retry_interval_millis: 5000 });
    const runId = await runNow(workspace, await createJob(workspace, { tasks: [task] }));
    for (const attempts of [2, 3]) {
      const waiting = await untilRun(workspace, runId, (run) => run.tasks?.length === attempts);
      assert.equal(waiting.tasks?.at(-1)?.state.life_cycle_state, 'WAITING_FOR_RETRY');
      await clock.advance(5000);
    }
    const run = await untilRun(workspace, runId);
    assert.equal(run.state.result_state, 'SUCCESS');
    assert.deepEqual(
      run.tasks?.map((attempt) => [attempt.attempt_number, attempt.state.result_state]),
      [
        [0, 'FAILED'],
        [1, 'FAILED'],
        [2, 'SUCCESS'],
      ],
    );
    assert.equal(new Set(run.tasks?.map((attempt) => attempt.run_id)).size, 3);
  });
});
