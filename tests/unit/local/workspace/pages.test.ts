import assert from 'node:assert/strict';
import { createJob, runNow, systemPython, untilRun, upload } from '../../../support/jobs';
import { send, startTestWorkspace, type TestWorkspace } from '../../../support/local-workspace';

const BROWSER = { accept: 'text/html,application/xhtml+xml' };

describe('the pages of a workspace', () => {
  let workspace: TestWorkspace;
  let cookie: string;

  before(async () => {
    workspace = await startTestWorkspace({ python: systemPython() });
    const opened = await send(workspace.startPageUrl, 'GET', {});
    cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  });
  after(() => workspace.stop());

  const page = async (path: string, status = 200): Promise<string> => {
    const reply = await send(`${workspace.url}${path}`, 'GET', { ...BROWSER, cookie });
    assert.equal(reply.status, status, reply.text);
    assert.match(reply.headers.get('content-type') ?? '', /^text\/html/);
    return reply.text;
  };
  const made = async <T>(path: string, body: object): Promise<T> => {
    const reply = await workspace.call<T>('POST', path, body);
    assert.equal(reply.status, 200, reply.text);
    return reply.json;
  };

  it('show parameters, times and tasks of a run, its child run and its iterations, and logs as text', async () => {
    await upload(workspace, '/Shared/colours.py', `print('\\x1b[31mred\\x1b[0m', 'x' * 500)\n`);
    const script = { spark_python_task: { python_file: '/Shared/colours.py' } };
    const childJob = await createJob(workspace, { name: 'child', tasks: [{ task_key: 'only', ...script }] });
    const jobId = await createJob(workspace, {
      name: 'whole',
      parameters: [{ name: 'catalog', default: '<dev>' }],
      tasks: [
        { task_key: 'child', run_job_task: { job_id: childJob } },
        {
          task_key: 'each',
          depends_on: [{ task_key: 'child' }],
          for_each_task: { inputs: '[1, 2]', task: { task_key: 'one', ...script } },
        },
      ],
    });
    const run = await untilRun(workspace, await runNow(workspace, jobId));
    const text = await page(`/runs/${run.run_id}`);
    assert.match(text, /<td>catalog<\/td><td>&lt;dev&gt;<\/td>/);
    assert.match(text, new RegExp(`<a href="/jobs/${jobId}">`));
    const child = /<th scope="row">Runs<\/th><td><a href="(\/runs\/\d+)">/.exec(text)?.[1] ?? '';
    const childText = await page(child);
    assert.match(childText, /<pre>red x{500}\n<\/pre>/);
    assert.match(childText, /Part of run.*<a href="\/runs\/\d+">/);
    const iterations = [...text.slice(text.indexOf('<h2>Iterations')).matchAll(/<a href="(\/runs\/\d+)">/g)];
    assert.equal(iterations.length, 2);
    assert.match(await page(iterations[0]?.[1] ?? ''), /<pre>red x/);
    assert.match(await page(`/jobs/${jobId}`), new RegExp(`for_each_task.*<a href="/runs/${run.run_id}">`, 's'));
  });

  it('lead from the newest runs to older ones', async () => {
    await upload(workspace, '/Shared/none.py', '');
    const tasks = [{ task_key: 'a', condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } }];
    const jobId = await createJob(workspace, { name: 'many', max_concurrent_runs: 50, tasks });
    for (let count = 0; count < 27; count += 1) {
      await untilRun(workspace, await runNow(workspace, jobId));
    }
    const idsOf = (text: string) => [...text.matchAll(/<a href="\/runs\/(\d+)">/g)].map(([, id]) => id);
    const first = await page(`/runs?job_id=${jobId}`);
    const older = /<a href="(\/runs\?[^"]+)">Older runs/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await page(older);
    assert.equal(idsOf(first).length, 25);
    assert.equal(new Set([...idsOf(first), ...idsOf(second)]).size, 27);
    assert.doesNotMatch(second, /Older runs/);
  });

  it('are where links of the API lead: experiments, models, endpoints, pipelines', async () => {
    const { experiment_id: experiment } = await made<{ experiment_id: string }>('/api/2.0/mlflow/experiments/create', {
      name: '/Shared/<tries>',
    });
    const { run } = await made<{ run: { info: { run_id: string } } }>('/api/2.0/mlflow/runs/create', {
      experiment_id: experiment,
      start_time: 1,
    });
    const runId = run.info.run_id;
    await made('/api/2.0/mlflow/runs/log-metric', { run_id: runId, key: 'rmse', value: 0.5, timestamp: 1 });
    await made('/api/2.0/mlflow/runs/log-parameter', { run_id: runId, key: 'alpha', value: '<1>' });
    await made('/local/seed/models', {
      models: [
        {
          full_name: 'dev.default.fraud',
          aliases: [{ alias_name: 'champion', version_num: 2 }],
          versions: { count: 2 },
        },
      ],
    });
    await made('/api/2.0/serving-endpoints', {
      name: 'fraud',
      config: {
        served_entities: [
          {
            entity_name: 'dev.default.fraud',
            entity_version: '2',
            workload_size: 'Small',
            scale_to_zero_enabled: true,
          },
        ],
      },
    });
    const { pipeline_id: pipeline } = await made<{ pipeline_id: string }>('/api/2.0/pipelines', {
      name: 'etl',
      catalog: 'dev',
      schema: 'default',
      libraries: [{ file: { path: '/Shared/none.sql' } }],
    });
    const { update_id: update } = await made<{ update_id: string }>(`/api/2.0/pipelines/${pipeline}/updates`, {});
    assert.match(await page(`/ml/experiments/${experiment}`), /&lt;tries&gt;[\s\S]*rmse 0\.5/);
    assert.match(await page(`/ml/experiments/${experiment}/runs/${runId}`), /alpha<\/td><td>&lt;1&gt;/);
    assert.match(await page('/explore/data/models/dev/default/fraud'), /champion/);
    assert.match(await page('/explore/data/models/dev/default/fraud/version/2'), /Version 2 of dev\.default\.fraud/);
    assert.match(
      await page('/ml/endpoints/fraud'),
      /POST http:\/\/127\.0\.0\.1:\d+\/serving-endpoints\/fraud\/invocations/,
    );
    assert.match(await page(`/pipelines/${pipeline}`), new RegExp(`/pipelines/${pipeline}/updates/${update}`));
    assert.match(await page(`/pipelines/${pipeline}/updates/${update}`), /Events/);
    const start = await page('/');
    for (const link of [
      `/ml/experiments/${experiment}`,
      '/explore/data/models/dev/default/fraud',
      '/ml/endpoints/fraud',
      `/pipelines/${pipeline}`,
    ]) {
      assert.ok(start.includes(`href="${link}"`), link);
    }
  });

  it('say what is not there, to browsers in HTML and to clients as before', async () => {
    for (const path of ['/ml/experiments/1', '/ml/endpoints/none', '/pipelines/none', '/runs/1', '/jobs/1']) {
      await page(path, 404);
    }
    assert.match(await page('/sql/editor/<x>', 404), /has no page <code>\/sql\/editor\/&lt;x&gt;|%3Cx%3E/);
    const unsigned = await send(`${workspace.url}/ml/endpoints/none`, 'GET', BROWSER);
    assert.equal(unsigned.status, 401);
    assert.match(unsigned.text, /Open the link to the start page/);
    const client = await send(`${workspace.url}/sql/editor`, 'GET', { authorization: `Bearer ${workspace.token}` });
    assert.equal(client.status, 501);
    const api = await send(`${workspace.url}/api/2.2/jobs/list`, 'GET', { ...BROWSER, cookie });
    assert.equal(api.status, 401, 'a cookie is no token');
    assert.match(api.headers.get('content-type') ?? '', /json/);
  });
});
