import assert from 'node:assert/strict';
import {
  createJob,
  getRun,
  processesWith,
  runNow,
  systemPython,
  untilLogged,
  untilRun,
  upload,
} from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

interface JobReply {
  readonly job_id: string;
  readonly settings: Record<string, unknown> & { readonly tasks?: readonly Record<string, unknown>[] };
  readonly has_more?: boolean;
  readonly next_page_token?: string;
}

interface JobList {
  readonly jobs?: readonly JobReply[];
  readonly has_more: boolean;
  readonly next_page_token?: string;
}

describe('operations on jobs and runs', () => {
  let workspace: TestWorkspace;
  const quick = [{ task_key: 'quick', spark_python_task: { python_file: '/Shared/quick.py' } }];
  const hanging = [{ task_key: 'hangs', spark_python_task: { python_file: '/Shared/hangs.py' } }];

  beforeEach(async () => {
    workspace = await startTestWorkspace({ python: systemPython(), graceMilliseconds: 50 });
    await upload(workspace, '/Shared/quick.py', 'print(1)\n');
    await upload(workspace, '/Shared/hangs.py', 'import time\nprint("ready")\ntime.sleep(600)\n');
  });
  afterEach(() => workspace.stop());

  async function getJob(jobId: string, more = ''): Promise<JobReply> {
    return (await workspace.call<JobReply>('GET', `/api/2.2/jobs/get?job_id=${jobId}${more}`)).json;
  }

  it('refuse a start and a repair with both generations of parameters', async () => {
    const parameters = [{ name: 'catalog', default: 'dev' }];
    const jobId = await createJob(workspace, { name: 'Mixed', tasks: quick, parameters });
    const mixed = { job_parameters: { catalog: 'prod' }, python_params: ['a'] };
    const start = { job_id: Number(jobId), ...mixed };
    const refused = await workspace.call<{ error_code: string }>('POST', '/api/2.2/jobs/run-now', start);
    assert.deepEqual([refused.status, refused.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
    const runId = await runNow(workspace, jobId, { job_parameters: {}, python_params: ['a'] });
    await untilRun(workspace, runId);
    const repair = { run_id: Number(runId), rerun_tasks: ['quick'], ...mixed };
    assert.equal((await workspace.call('POST', '/api/2.2/jobs/runs/repair', repair)).status, 400);
  });

  it('keep, change and delete a job', async () => {
    const jobId = await createJob(workspace, {
      name: 'Train',
      tasks: [...quick, { task_key: 'b', depends_on: [{ task_key: 'quick' }], notebook_task: { notebook_path: '/n' } }],
      schedule: { quartz_cron_expression: '0 0 0 * * ?', timezone_id: 'UTC' },
      run_as: { service_principal_name: 'sp' },
    });
    const job = await getJob(jobId);
    assert.equal(job.job_id, jobId);
    assert.deepEqual(job.settings.schedule, {
      quartz_cron_expression: '0 0 0 * * ?',
      timezone_id: 'UTC',
      pause_status: 'UNPAUSED',
    });
    assert.deepEqual([job.settings.timeout_seconds, job.settings.max_concurrent_runs], [0, 1]);
    assert.equal(job.settings.tasks?.[1]?.run_if, 'ALL_SUCCESS');
    assert.deepEqual(job.settings.tasks?.[1]?.notebook_task, { notebook_path: '/n', source: 'WORKSPACE' });

    const change = { timeout_seconds: 5, tasks: [{ task_key: 'c', notebook_task: { notebook_path: '/c' } }] };
    await workspace.call('POST', '/api/2.2/jobs/update', {
      job_id: jobId,
      new_settings: change,
      fields_to_remove: ['schedule', 'tasks/b'],
    });
    const updated = await getJob(jobId);
    assert.equal(updated.settings.schedule, undefined);
    assert.equal(updated.settings.timeout_seconds, 5);
    assert.deepEqual(
      updated.settings.tasks?.map((task) => task.task_key),
      ['quick', 'c'],
    );

    await workspace.call('POST', '/api/2.2/jobs/reset', {
      job_id: jobId,
      new_settings: { name: 'Other', tasks: quick },
    });
    const replaced = await getJob(jobId);
    assert.deepEqual([replaced.settings.name, replaced.settings.timeout_seconds], ['Other', 0]);
    assert.deepEqual(replaced.settings.run_as, { service_principal_name: 'sp' }, 'a reset keeps run_as');

    assert.equal((await workspace.call('POST', '/api/2.2/jobs/delete', { job_id: jobId })).status, 200);
    const gone = await workspace.call('GET', `/api/2.2/jobs/get?job_id=${jobId}`);
    assert.deepEqual(
      [gone.status, gone.json],
      [400, { error_code: 'INVALID_PARAMETER_VALUE', message: `Job ${jobId} does not exist.` }],
    );
  });

  it('write ids as bare numbers, beyond 2^53', async () => {
    const reply = await workspace.call('POST', '/api/2.1/jobs/create', { name: 'ids', tasks: quick });
    assert.match(reply.text, /^\{"job_id":90071992547409\d\d\}$/);
  });

  it('refuse settings that make no sense, each with its reason', async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ tasks: [{ task_key: 'a b', notebook_task: { notebook_path: '/n' } }] }, /task key 'a b'/],
      [{ tasks: [{ task_key: 'a' }] }, /exactly one task type, it has none/],
      [{ tasks: [...quick, ...quick] }, /task key 'quick' is there twice/],
      [{ tasks: [{ ...quick[0], depends_on: [{ task_key: 'none' }] }] }, /depends on the task 'none'/],
      [{ tasks: [{ ...quick[0], depends_on: [{ task_key: 'quick' }] }] }, /depend on each other in a circle/],
      [{ tasks: [{ ...quick[0], environment_key: 'e' }] }, /environment 'e', which the job does not define/],
      [{ tasks: [{ ...quick[0], run_if: 'SOMETIMES' }] }, /run_if of task 'quick' cannot be 'SOMETIMES'/],
      [{ parameters: [{ name: 'a' }, { name: 'a' }] }, /job parameter 'a' is there twice/],
      [{ timeout_seconds: -1 }, /timeout_seconds must not be negative/],
      [{ git_source: { git_url: 'x' } }, /^git_source\.git_provider must be one of: github,/],
    ];
    for (const [settings, message] of bad) {
      const reply = await workspace.call('POST', '/api/2.2/jobs/create', settings);
      assert.deepEqual(
        [reply.status, reply.json.error_code],
        [400, 'INVALID_PARAMETER_VALUE'],
        JSON.stringify(settings),
      );
      assert.match(String(reply.json.message), message);
    }
  });

  it('list jobs by exact name without regard to case, in pages', async () => {
    for (const name of ['a', 'B', 'b', 'bb']) {
      await createJob(workspace, { name, tasks: quick });
    }
    const named = await workspace.call<JobList>('GET', '/api/2.2/jobs/list?name=b');
    assert.deepEqual(
      named.json.jobs?.map((job) => job.settings.name),
      ['b', 'B'],
    );
    assert.equal(named.json.jobs?.[0]?.settings.tasks, undefined);
    const seen: unknown[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const page: JobList = (
        await workspace.call<JobList>('GET', `/api/2.2/jobs/list?limit=3&expand_tasks=true&page_token=${token}`)
      ).json;
      seen.push(...(page.jobs ?? []).map((job) => [job.settings.name, job.settings.tasks?.length]));
      assert.equal(page.has_more, page.next_page_token !== undefined);
      token = page.next_page_token;
    }
    assert.deepEqual(seen, [
      ['bb', 1],
      ['b', 1],
      ['B', 1],
      ['a', 1],
    ]);
    assert.deepEqual((await workspace.call('GET', '/api/2.2/jobs/list?name=none')).json, { has_more: false });
    assert.equal((await workspace.call('GET', '/api/2.2/jobs/list?page_token=x')).status, 400);
  });

  it('show long arrays by the hundred in 2.2, whole in 2.1', async () => {
    const tasks = Array.from({ length: 150 }, (_, index) => ({ ...quick[0], task_key: `t${index}` }));
    const jobId = await createJob(workspace, { name: 'long', tasks, parameters: [{ name: 'p', default: '' }] });
    const first = await getJob(jobId);
    assert.equal(first.settings.tasks?.length, 100);
    assert.equal(first.has_more, true);
    const second = await getJob(jobId, `&page_token=${first.next_page_token}`);
    assert.deepEqual([second.settings.tasks?.length, second.settings.name], [50, 'long']);
    assert.equal(second.settings.parameters, undefined, 'arrays that fitted are left out on later pages');
    assert.equal(second.next_page_token, undefined);
    const whole = await workspace.call<JobReply>('GET', `/api/2.1/jobs/get?job_id=${jobId}`);
    assert.equal(whole.json.settings.tasks?.length, 150);
  });

  it('make exactly one run for an idempotency token, also from many requests at once', async () => {
    const jobId = await createJob(workspace, { tasks: quick, max_concurrent_runs: 10 });
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => runNow(workspace, jobId, { idempotency_token: 'once' })),
    );
    assert.equal(new Set(ids).size, 1);
    const [runId = ''] = ids;
    const runs = await workspace.call<{ runs: unknown[] }>('GET', `/api/2.2/jobs/runs/list?job_id=${jobId}`);
    assert.equal(runs.json.runs.length, 1);
    await untilRun(workspace, runId);
    assert.equal(await runNow(workspace, jobId, { idempotency_token: 'once' }), runId);
    assert.equal((await workspace.call('POST', '/api/2.2/jobs/runs/delete', { run_id: runId })).status, 200);
    const again = await workspace.call('POST', '/api/2.2/jobs/run-now', { job_id: jobId, idempotency_token: 'once' });
    assert.deepEqual([again.status, again.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
    const long = await workspace.call('POST', '/api/2.2/jobs/run-now', {
      job_id: jobId,
      idempotency_token: 'x'.repeat(65),
    });
    assert.equal(long.status, 400);
  });

  it('refuse parameters that the job does not define', async () => {
    const jobId = await createJob(workspace, { tasks: quick, parameters: [{ name: 'catalog', default: 'dev' }] });
    const reply = await workspace.call('POST', '/api/2.2/jobs/run-now', {
      job_id: jobId,
      job_parameters: { catalgo: 'x' },
    });
    assert.deepEqual([reply.status, reply.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
    assert.match(String(reply.json.message), /catalgo.*catalog/);
  });

  it('skip a run above max_concurrent_runs, or queue it', async () => {
    const jobId = await createJob(workspace, { tasks: hanging });
    const first = await runNow(workspace, jobId);
    await untilLogged(workspace, first, 'ready');
    const skipped = await getRun(workspace, await runNow(workspace, jobId));
    assert.deepEqual(
      [skipped.state.life_cycle_state, skipped.state.result_state, skipped.status.termination_details?.code],
      ['SKIPPED', 'MAXIMUM_CONCURRENT_RUNS_REACHED', 'MAX_CONCURRENT_RUNS_EXCEEDED'],
    );
    const queued = await runNow(workspace, jobId, { queue: { enabled: true } });
    assert.equal((await getRun(workspace, queued)).status.state, 'QUEUED');
    const active = await workspace.call<{ runs: unknown[] }>('GET', '/api/2.2/jobs/runs/list?active_only=true');
    assert.equal(active.json.runs.length, 2);
    const busy = await workspace.call('POST', '/api/2.2/jobs/runs/delete', { run_id: first });
    assert.equal(busy.json.error_code, 'INVALID_STATE');
    await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: first });
    await untilRun(workspace, first);
    await untilLogged(workspace, queued, 'ready');
    await workspace.call('POST', '/api/2.2/jobs/runs/cancel-all', { job_id: jobId });
    assert.equal((await untilRun(workspace, queued)).state.result_state, 'CANCELED');
  });

  it('submit one-time runs, and run only the chosen tasks of a job', async () => {
    const submitted = await workspace.call<{ run_id: string }>('POST', '/api/2.2/jobs/runs/submit', {
      run_name: 'once',
      tasks: quick,
    });
    const run = await untilRun(workspace, submitted.json.run_id);
    assert.equal(run.state.result_state, 'SUCCESS');
    assert.equal(run.run_page_url, `${workspace.url}/?o=${workspace.id}#job/run/${run.run_id}`);
    const chain = ['a', 'b', 'c'].map((key, index, keys) => ({
      ...quick[0],
      task_key: key,
      ...(index > 0 ? { depends_on: [{ task_key: keys[index - 1] }] } : {}),
    }));
    const jobId = await createJob(workspace, { tasks: chain, max_concurrent_runs: 9 });
    const chosen: [string[], string[]][] = [
      [['b'], ['b']],
      [['+b'], ['a', 'b']],
      [['b+'], ['b', 'c']],
      [['+b+'], ['a', 'b', 'c']],
    ];
    for (const [only, keys] of chosen) {
      const partial = await untilRun(workspace, await runNow(workspace, jobId, { only }));
      assert.deepEqual(
        partial.tasks?.map((task) => task.task_key),
        keys,
      );
      assert.equal(partial.state.result_state, 'SUCCESS');
    }
  });

  it('answer for task runs by their own id, and refuse the output of a whole run in the words of the service', async () => {
    const run = await untilRun(workspace, await runNow(workspace, await createJob(workspace, { tasks: quick })));
    const task = await getRun(workspace, run.tasks?.[0]?.run_id ?? '');
    assert.equal(task.state.result_state, 'SUCCESS');
    const output = await workspace.call('GET', `/api/2.2/jobs/runs/get-output?run_id=${run.run_id}`);
    assert.equal(output.status, 400);
    assert.match(String(output.json.message), /^Retrieving the output of runs with multiple tasks is not supported\./);
    const none = await workspace.call('GET', '/api/2.2/jobs/runs/get?run_id=5');
    assert.deepEqual([none.status, none.json.message], [400, 'Run 5 does not exist.']);
  });

  it('end all processes when the workspace stops, and remember what became of the runs', async () => {
    const runId = await runNow(workspace, await createJob(workspace, { tasks: hanging }));
    await untilLogged(workspace, runId, 'ready');
    await workspace.stop('keep');
    assert.deepEqual(processesWith(`LOCAL_WORKSPACE_TASK_FOLDER=${workspace.data}`), []);
    workspace = await startTestWorkspace({ data: workspace.data, python: systemPython() });
    const run = await getRun(workspace, runId);
    assert.equal(run.state.life_cycle_state, 'INTERNAL_ERROR');
    assert.match(run.state.state_message, /The local workspace was stopped while the run was active/);
  });
});
