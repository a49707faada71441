import assert from 'node:assert/strict';
import type { PythonEnvironments } from '../../../../../local/workspace/python/environment';
import { createJob, getRun, outputOf, runNow, systemPython, untilRun, upload } from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const marker = '# Databricks notebook source';
const divider = '\n\n# COMMAND ----------\n\n';

describe('tasks of a job', () => {
  const asked: string[][] = [];
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace({ python: systemPython(asked), secrets: { keys: { api: 'geheim-7' } } });
  });
  after(() => workspace.stop());

  async function notebook(path: string, ...cells: string[]): Promise<void> {
    await upload(workspace, `${path}.py`, `${marker}\n${cells.join(divider)}\n`);
  }

  async function finished(settings: Record<string, unknown>, more: Record<string, unknown> = {}) {
    return untilRun(workspace, await runNow(workspace, await createJob(workspace, settings), more));
  }

  it('run source-format notebooks: cells, magics, widgets, exit value', async () => {
    await notebook('/Shared/lib/shared', 'def double(x):\n    return 2 * x');
    await notebook(
      '/Shared/nb',
      '# MAGIC %md\n# MAGIC ## Title with `code`',
      '# MAGIC %pip install pandas',
      '# MAGIC %run ./lib/shared',
      `dbutils.widgets.text('alpha', '1')\nvalue = double(int(dbutils.widgets.get('alpha')))`,
      `try:\n    dbutils.notebook.exit(f"{value} {dbutils.widgets.get('catalog')}")\nexcept Exception:\n    raise`,
      `raise ValueError('after the exit')`,
    );
    const tasks = [
      { task_key: 'nb', notebook_task: { notebook_path: '/Shared/nb', base_parameters: { alpha: '21' } } },
    ];
    const run = await finished({ tasks, parameters: [{ name: 'catalog', default: 'dev' }] });
    const output = await outputOf(workspace, run);
    assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(output));
    assert.deepEqual(output.notebook_output, { result: '42 dev', truncated: false });
    assert.equal(output.logs, undefined, 'a notebook has no logs in the API');
    assert.deepEqual(asked.at(-1), ['pandas']);
  });

  it('show the first 5 MB of what a notebook gives, whole characters of it', async () => {
    await notebook('/Shared/long', `dbutils.notebook.exit('x' + 'é' * (3 * 1024 * 1024))`);
    const run = await finished({ tasks: [{ task_key: 'a', notebook_task: { notebook_path: '/Shared/long' } }] });
    const { result = '', truncated } = (await outputOf(workspace, run)).notebook_output ?? {};
    assert.deepEqual(
      [truncated, Buffer.byteLength(result), result.slice(0, 3), result.slice(-1)],
      [true, 5 * 1024 * 1024 - 1, 'xéé', 'é'],
    );
  });

  it('name notebook, cell and its line in tracebacks, and refuse magics that they would have to skip', async () => {
    await notebook('/Shared/broken', 'x = 1', '\ny = 1 / 0');
    const broken = await finished({ tasks: [{ task_key: 'a', notebook_task: { notebook_path: '/Shared/broken' } }] });
    const output = await outputOf(workspace, broken);
    assert.equal(output.error, 'ZeroDivisionError: division by zero');
    assert.match(output.error_trace ?? '', /File "\/Shared\/broken, cell 2", line 1, in <module>\n {4}y = 1 \/ 0/);
    assert.deepEqual(output.notebook_output, {});
    await notebook('/Shared/scala', '# MAGIC %scala\n# MAGIC val x = 1');
    const scala = await finished({ tasks: [{ task_key: 'a', notebook_task: { notebook_path: '/Shared/scala' } }] });
    assert.match(
      (await outputOf(workspace, scala)).error ?? '',
      /^NotebookCellError: \/Shared\/scala, cell 1: .* does not run the notebook magic %scala/,
    );
  });

  it('hand task values on, decide conditions, and read secrets', async () => {
    await upload(
      workspace,
      '/Shared/set.py',
      `import dbutils\ndbutils.jobs.taskValues.set('score', 0.75)\ndbutils.jobs.taskValues.set(key='version', value={'n': 3})\n`,
    );
    await upload(
      workspace,
      '/Shared/get.py',
      `import sys\nprint(sys.argv[1], dbutils.jobs.taskValues.get('set', 'version')['n'], dbutils.jobs.taskValues.get('set', 'none', default=7))
print(dbutils.secrets.get('keys', 'api') == 'geheim-7')
try:
    dbutils.secrets.get('keys', 'none')
except ValueError as error:
    print(error)
`,
    );
    const run = await finished({
      tasks: [
        { task_key: 'set', spark_python_task: { python_file: '/Shared/set.py' } },
        {
          task_key: 'good',
          depends_on: [{ task_key: 'set' }],
          condition_task: { op: 'GREATER_THAN', left: '{{tasks.set.values.score}}', right: '0.5' },
        },
        {
          task_key: 'yes',
          depends_on: [{ task_key: 'good', outcome: 'true' }],
          spark_python_task: { python_file: '/Shared/get.py', parameters: ['{{tasks.set.values.version}}'] },
        },
        {
          task_key: 'no',
          depends_on: [{ task_key: 'good', outcome: 'false' }],
          spark_python_task: { python_file: '/Shared/get.py' },
        },
      ],
    });
    const { logs } = await outputOf(workspace, run, 'yes');
    assert.equal(logs, '{"n":3} 3 7\nTrue\nSecret none in scope keys does not exist!\n');
    const states = Object.fromEntries((run.tasks ?? []).map((task) => [task.task_key, task.state.result_state]));
    assert.deepEqual(states, { set: 'SUCCESS', good: 'SUCCESS', yes: 'SUCCESS', no: 'EXCLUDED' });
    assert.equal(run.state.result_state, 'SUCCESS');
  });

  it('run the entry point of a wheel, named parameters merged with those of the job', async () => {
    // A package beside the files stands for an installed one: the test has no pip.
    await upload(workspace, '/mypackage/__init__.py', 'import sys\ndef main():\n    print(sys.argv)\n');
    await upload(
      workspace,
      '/mypackage-1.0.dist-info/METADATA',
      'Metadata-Version: 2.1\nName: mypackage\nVersion: 1.0\n',
    );
    await upload(
      workspace,
      '/mypackage-1.0.dist-info/entry_points.txt',
      '[console_scripts]\nrun-it = mypackage:main\n',
    );
    await upload(workspace, '/Shared/mypackage-1.0-py3-none-any.whl', 'PK');
    for (const entryPoint of ['run-it', 'main']) {
      const run = await finished({
        parameters: [{ name: 'catalog', default: 'dev' }],
        tasks: [
          {
            task_key: 'wheel',
            python_wheel_task: { package_name: 'mypackage', entry_point: entryPoint, named_parameters: { alpha: '1' } },
            libraries: [{ whl: '/Workspace/Shared/mypackage-1.0-py3-none-any.whl' }, { pypi: { package: 'numpy' } }],
          },
        ],
      });
      const output = await outputOf(workspace, run);
      assert.equal(output.logs, "['mypackage', '--alpha=1', '--catalog=dev']\n", output.error_trace);
      const [wheel = '', numpy] = asked.at(-1) ?? [];
      assert.match(wheel, /mypackage-1\.0-py3-none-any\.whl$/);
      assert.equal(numpy, 'numpy');
    }
  });

  it('run two at a time, never more', async () => {
    await upload(
      workspace,
      '/Shared/count.py',
      `import os, time
def names(kind):
    return [name for name in os.listdir('.') if name.startswith(kind)]
for kind in ('running-', 'began-'):  # who has begun is counted as running
    open(kind + str(os.getpid()), 'w').close()
most = 0
while len(names('began-')) < 2:  # ends only if a second task runs at the same time
    time.sleep(0.001)
for _ in range(20):
    most = max(most, len(names('running-')))
os.remove('running-' + str(os.getpid()))
print(most)
`,
    );
    const tasks = ['a', 'b', 'c', 'd'].map((key) => ({
      task_key: key,
      spark_python_task: { python_file: '/Shared/count.py' },
    }));
    const run = await finished({ tasks });
    const counts = await Promise.all(
      tasks.map(async ({ task_key: key }) => (await outputOf(workspace, run, key)).logs),
    );
    assert.ok(
      counts.every((count) => Number(count) <= 2),
      JSON.stringify(counts),
    );
    assert.ok(
      counts.some((count) => Number(count) === 2),
      JSON.stringify(counts),
    );
  });

  it('refuse what cannot be run before anything starts', async () => {
    const jobId = await createJob(workspace, {
      tasks: [{ task_key: 'jar', spark_jar_task: { main_class_name: 'Main' } }],
    });
    const reply = await workspace.call('POST', '/api/2.2/jobs/run-now', { job_id: jobId });
    assert.equal(reply.status, 501);
    assert.match(String(reply.json.message), /Task 'jar' is a spark_jar_task/);
  });

  it('can be cancelled while they wait for a free process, and while their environment is installed', async () => {
    let begun = () => {};
    const installing = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const never: PythonEnvironments = {
      interpreter: () => {
        begun();
        return new Promise(() => {});
      },
    };
    const busy = await startTestWorkspace({ python: never, maxConcurrentTasks: 1 });
    try {
      await upload(busy, '/Shared/a.py', 'print()\n');
      const tasks = [{ task_key: 'a', spark_python_task: { python_file: '/Shared/a.py' } }];
      const jobId = await createJob(busy, { tasks, max_concurrent_runs: 2 });
      const first = await runNow(busy, jobId);
      const second = await runNow(busy, jobId);
      await installing;
      for (const runId of [second, first]) {
        assert.equal((await getRun(busy, runId)).state.life_cycle_state, 'PENDING');
        await busy.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: runId });
        assert.equal((await untilRun(busy, runId)).state.result_state, 'CANCELED');
      }
    } finally {
      await busy.stop();
    }
  });

  it('tell why a Python environment could not be installed', async () => {
    const failing = await startTestWorkspace({
      python: { interpreter: async () => Promise.reject(new Error('No matching distribution found for nothere.')) },
    });
    try {
      await upload(failing, '/Shared/a.py', 'print()\n');
      const tasks = [{ task_key: 'a', spark_python_task: { python_file: '/Shared/a.py' } }];
      const run = await untilRun(failing, await runNow(failing, await createJob(failing, { tasks })));
      assert.match(
        (await outputOf(failing, run)).error ?? '',
        /environment of task a could not be installed\. No matching/,
      );
    } finally {
      await failing.stop();
    }
  });
});
