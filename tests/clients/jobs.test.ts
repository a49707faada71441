import assert from 'node:assert/strict';
import { forgetRepositories, GitRepository } from '../support/git-repository';
import { systemPython } from '../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';

describe('jobs by the unmodified Databricks SDK for Python', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let repository: GitRepository;
  let commit: string;
  let seen: Record<string, unknown>;

  before(async () => {
    repository = new GitRepository();
    const cell = { cell_type: 'code', source: "dbutils.notebook.exit('hello ' + dbutils.widgets.get('name'))" };
    commit = repository.commit({ 'notebooks/hello.ipynb': JSON.stringify({ cells: [cell], nbformat: 4 }) });
    workspace = await startTestWorkspace({ python: systemPython(), graceMilliseconds: 50 });
    const task = { task_key: 'a', spark_python_task: { python_file: '/Shared/client/show.py' } };
    const seeded = await workspace.call<{ job_ids: string[] }>('POST', '/local/seed/jobs', {
      jobs: [
        { settings: { name: 'busy', tasks: [task] }, runs: { count: 1000 } },
        { settings: { name: 'seeded', tasks: [task] }, count: 250 },
        {
          settings: {
            name: 'wide',
            tasks: Array.from({ length: 250 }, (_, index) => ({ ...task, task_key: `t${index}` })),
          },
          runs: { count: 1 },
        },
      ],
    });
    assert.equal(seeded.status, 200, seeded.text);
    seen = await runPythonClient('databricks_jobs.py', [seeded.json.job_ids[0] ?? ''], {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
      GIT_SOURCE_URL: repository.url,
    });
  });
  after(async () => {
    await workspace?.stop();
    repository?.remove();
    forgetRepositories();
  });

  it('runs a Jupyter notebook of a Git source, and learns its commit', () => {
    const { refused, ...fine } = seen.git_source as Record<string, unknown>;
    assert.match(String(refused), /INTERNAL_ERROR: Task nb .* checkout Git repository: NOT_FOUND: .* no tag 'none'/);
    assert.deepEqual(fine, {
      result: 'hello git',
      provider: 'azureDevOpsServices',
      commit,
      source: 'GIT',
    });
  });

  it('repairs a run with other parameters, and again by the id of the last repair', () => {
    assert.deepEqual(seen.repair, {
      failed: 'FAILED',
      blocked: 'UPSTREAM_FAILED',
      mended: 'SUCCESS',
      attempts: [
        ['first', 0],
        ['gate', 0],
        ['gate', 1],
        ['last', 0],
        ['last', 1],
      ],
      history: [
        ['ORIGINAL', 'FAILED', 3],
        ['REPAIR', 'SUCCESS', 2],
      ],
      withoutLatest: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'],
      second: '2',
      rounds: 3,
    });
  });

  it('follows a job that another one runs', () => {
    assert.deepEqual(seen.run_job, {
      state: 'SUCCESS',
      jobId: true,
      trigger: 'RUN_JOB_TASK',
      by: true,
      logs: 'parent',
      resolved: ['parent'],
    });
  });

  it('pages the iterations of a for-each task and reads the output of each', () => {
    assert.deepEqual(seen.for_each, {
      state: 'SUCCESS',
      iterations: 230,
      distinct: 230,
      stats: [230, 230, 0],
      query: 'SELECT :x AS x',
      resolved: { x: '7' },
    });
  });

  it('sees conditions, run_if, retries and the chosen tasks', () => {
    assert.deepEqual(seen.control, {
      states: { if: 'SUCCESS', no: 'EXCLUDED', fails: 'FAILED', cleans: 'SUCCESS' },
      outcome: 'true',
      tries: 2,
      run: 'SUCCESS_WITH_FAILURES',
      status: 'SUCCESS_WITH_FAILURES',
      only: ['fails', 'cleans'],
    });
  });

  it('queues a run, and cancels all of a job', () => {
    assert.deepEqual(seen.queue, {
      waiting: 'QUEUED',
      why: 'MAX_CONCURRENT_RUNS_REACHED',
      active: true,
      ended: ['CANCELED', 'CANCELED'],
      left: 0,
    });
  });

  it('pages through 250 jobs, 1000 runs and 250 tasks, each once', () => {
    assert.deepEqual(seen.pages, {
      jobs: [250, 250],
      runs: [1000, 1000],
      ordered: true,
      recent: 10,
      tasks: 250,
      settings: 250,
      expanded: 250,
    });
  });

  it('reads and changes permissions of a job, never without an owner', () => {
    assert.deepEqual(seen.permissions, {
      levels: ['IS_OWNER', 'CAN_VIEW', 'CAN_MANAGE'],
      noOwner: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE', 'The job must have exactly one owner.'],
      possible: ['CAN_MANAGE', 'CAN_MANAGE_RUN', 'CAN_VIEW', 'IS_OWNER'],
      missing: ['ResourceDoesNotExist'],
    });
  });

  it('keeps settings, schedules and environments of a job', () => {
    assert.deepEqual(seen.settings, {
      schedule: ['Europe/Zurich', 'UNPAUSED'],
      tasks: ['a', 'b'],
      tags: null,
      concurrent: 3,
      gone: ['ResourceDoesNotExist'],
      wrong: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'],
    });
  });

  it('exports the notebook of a run, and deletes the run', () => {
    assert.deepEqual(seen.export, { result: true, view: ['nb', 'NOTEBOOK'], gone: ['ResourceDoesNotExist'] });
  });

  it('runs a pipeline by a task, and reads its updates and events', () => {
    assert.deepEqual(seen.pipeline, {
      run: 'SUCCESS',
      updates: [['COMPLETED', 'JOB_TASK']],
      state: 'IDLE',
      events: 7,
      listed: ['client'],
      missing: ['ResourceDoesNotExist'],
    });
  });
});
