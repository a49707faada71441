import assert from 'node:assert/strict';
import { createJob, type RunReply, runNow, systemPython, untilRun, upload } from '../../../../support/jobs';
import { send, startTestWorkspace, type TestReply, type TestWorkspace } from '../../../../support/local-workspace';

interface RunList {
  readonly runs?: readonly RunReply[];
  readonly has_more: boolean;
  readonly next_page_token?: string;
}

describe('lists, exports and permissions of jobs', () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await startTestWorkspace({ python: systemPython(), graceMilliseconds: 50 });
  });
  afterEach(() => workspace.stop());

  const scripted = [{ task_key: 'a', spark_python_task: { python_file: '/Shared/a.py' } }];

  async function seed(body: unknown): Promise<TestReply<{ job_ids: string[]; runs: number }>> {
    return workspace.call('POST', '/local/seed/jobs', body);
  }

  async function runs(query: string): Promise<readonly RunReply[]> {
    return (await workspace.call<RunList>('GET', `/api/2.2/jobs/runs/list?${query}`)).json.runs ?? [];
  }

  it('fill a workspace without processes, and list runs by every filter', async () => {
    const seeded = await seed({
      jobs: [
        {
          settings: { name: 'good', tasks: scripted },
          runs: { count: 30, start_time: 1000, interval_ms: 100, duration_ms: 10 },
        },
        { settings: { name: 'bad', tasks: scripted }, runs: { count: 2, outcome: 'FAILED', start_time: 2050 } },
      ],
    });
    assert.deepEqual([seeded.status, seeded.json.runs], [200, 32]);
    const [good, bad] = seeded.json.job_ids;
    assert.deepEqual(
      (await runs(`job_id=${bad}`)).map(({ state, end_time: end }) => [state.result_state, end]),
      [
        ['FAILED', 4050],
        ['FAILED', 3050],
      ],
    );
    const ends = (await runs('limit=25')).map((run) => run.end_time);
    assert.equal(ends.length, 25);
    assert.deepEqual(
      ends,
      [...ends].sort((a, b) => b - a),
      'the latest end first',
    );
    const between = await runs('start_time_from=1500&start_time_to=1700');
    assert.deepEqual(
      between.map((run) => run.start_time),
      [1700, 1600, 1500],
    );
    assert.equal((await runs('active_only=true')).length, 0);
    assert.equal((await runs(`completed_only=true&job_id=${good}&limit=0`)).length, 25);
    assert.equal((await runs('run_type=SUBMIT_RUN')).length, 0);
    assert.equal((await runs('expand_tasks=true&limit=1'))[0]?.tasks?.length, 1);
    for (const query of ['run_type=NONE', 'active_only=true&completed_only=true', 'limit=26', 'page_token=x']) {
      const refused = await workspace.call('GET', `/api/2.2/jobs/runs/list?${query}`);
      assert.deepEqual([refused.status, refused.json.error_code], [400, 'INVALID_PARAMETER_VALUE'], query);
    }
  });

  it('page through a thousand runs and many jobs, each once', async () => {
    const seeded = await seed({
      jobs: [
        { settings: { name: 'busy', tasks: scripted }, runs: { count: 1000 } },
        { settings: { name: 'job', tasks: scripted }, count: 249 },
      ],
    });
    assert.equal(seeded.json.job_ids.length, 250);
    const ids = new Set<string>();
    let pages = 0;
    for (let token: string | undefined = ''; token !== undefined; pages += 1) {
      const page: TestReply<RunList> = await workspace.call(
        'GET',
        `/api/2.2/jobs/runs/list?job_id=${seeded.json.job_ids[0]}&limit=25&page_token=${token}`,
      );
      for (const run of page.json.runs ?? []) {
        ids.add(run.run_id);
      }
      token = page.json.next_page_token;
    }
    assert.deepEqual([pages, ids.size], [40, 1000]);
  });

  it('seed only for the administrator, and within bounds', async () => {
    const stranger = await send(`${workspace.url}/local/seed/jobs`, 'POST', { authorization: 'Bearer dapi0' }, {});
    assert.equal(stranger.status, 403);
    assert.equal((await seed({ jobs: [{ count: 10_001 }] })).status, 400);
    assert.equal((await seed({ jobs: [{ runs: { outcome: 'LATER' } }] })).status, 400);
  });

  it('show more than a hundred tasks of a run in pages', async () => {
    const tasks = Array.from({ length: 230 }, (_, index) => ({ ...scripted[0], task_key: `t${index}` }));
    const seeded = await seed({ jobs: [{ settings: { name: 'wide', tasks }, runs: { count: 1 } }] });
    const [run] = await runs(`job_id=${seeded.json.job_ids[0]}`);
    const sizes: number[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const page: TestReply<RunReply & { next_page_token?: string }> = await workspace.call(
        'GET',
        `/api/2.2/jobs/runs/get?run_id=${run?.run_id}&page_token=${token}`,
      );
      sizes.push(page.json.tasks?.length ?? 0);
      token = page.json.next_page_token;
    }
    assert.deepEqual(sizes, [100, 100, 30]);
  });

  it('export the notebook of a run as it was, escaped, and nothing else', async () => {
    const source =
      "# Databricks notebook source\nx = '<b>&'\n\n# COMMAND ----------\n\ndbutils.notebook.exit('<done>')\n";
    await upload(workspace, '/Shared/nb.py', source);
    await upload(workspace, '/Shared/a.py', 'print(1)\n');
    const tasks = [{ task_key: 'nb', notebook_task: { notebook_path: '/Shared/nb' } }];
    const run = await untilRun(workspace, await runNow(workspace, await createJob(workspace, { tasks })));
    await upload(workspace, '/Shared/nb.py', '# Databricks notebook source\nchanged = 1\n');
    for (const id of [run.run_id, run.tasks?.[0]?.run_id]) {
      const reply = await workspace.call<{ views: { content: string; name: string; type: string }[] }>(
        'GET',
        `/api/2.2/jobs/runs/export?run_id=${id}`,
      );
      const [view] = reply.json.views;
      assert.deepEqual([view?.name, view?.type], ['nb', 'NOTEBOOK']);
      assert.match(view?.content ?? '', /^<!DOCTYPE html>/);
      assert.ok(view?.content.includes('&lt;b&gt;&amp;') && view.content.includes('&lt;done&gt;'), view?.content);
      assert.ok(!view?.content.includes('<b>') && !view?.content.includes('changed'));
    }
    const script = await untilRun(workspace, await runNow(workspace, await createJob(workspace, { tasks: scripted })));
    const refused = await workspace.call('GET', `/api/2.2/jobs/runs/export?run_id=${script.run_id}`);
    assert.deepEqual([refused.status, refused.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
  });

  it('keep permissions of a job, with exactly one owner', async () => {
    const jobId = await createJob(workspace, {
      tasks: scripted,
      access_control_list: [{ group_name: 'readers', permission_level: 'CAN_VIEW' }],
    });
    const path = `/api/2.0/permissions/jobs/${jobId}`;
    const levels = (reply: TestReply) =>
      (reply.json.access_control_list as Record<string, unknown>[]).map((entry) => [
        entry.user_name ?? entry.group_name ?? entry.service_principal_name,
        (entry.all_permissions as { permission_level: string }[])[0]?.permission_level,
      ]);
    const first = levels(await workspace.call('GET', path));
    assert.deepEqual(
      first.map(([, level]) => level),
      ['IS_OWNER', 'CAN_VIEW', 'CAN_MANAGE'],
    );
    const added = await workspace.call('PATCH', path, {
      access_control_list: [
        { group_name: 'readers', permission_level: 'CAN_MANAGE_RUN' },
        { service_principal_name: 'sp', permission_level: 'CAN_MANAGE' },
      ],
    });
    assert.deepEqual(levels(added).slice(1, 3), [
      ['readers', 'CAN_MANAGE_RUN'],
      ['sp', 'CAN_MANAGE'],
    ]);
    const refused: [string, unknown[], RegExp][] = [
      ['PUT', [], /^The job must have exactly one owner\.$/],
      ['PUT', [{ user_name: 'a', permission_level: 'CAN_VIEW' }], /exactly one owner/],
      ['PATCH', [{ user_name: 'a', permission_level: 'IS_OWNER' }], /exactly one owner/],
      ['PUT', [{ group_name: 'g', permission_level: 'IS_OWNER' }], /Groups can not be owners/],
      ['PATCH', [{ user_name: 'a', permission_level: 'CAN_FLY' }], /CAN_FLY/],
      ['PATCH', [{ permission_level: 'CAN_VIEW' }], /exactly one of user_name/],
    ];
    for (const [method, list, message] of refused) {
      const reply = await workspace.call(method, path, { access_control_list: list });
      assert.equal(reply.status, 400, reply.text);
      assert.match(String(reply.json.message), message);
    }
    const owner = [{ service_principal_name: 'sp', permission_level: 'IS_OWNER' }];
    assert.deepEqual(levels(await workspace.call('PUT', path, { access_control_list: owner })), [
      ['sp', 'IS_OWNER'],
      ['admins', 'CAN_MANAGE'],
    ]);
    assert.equal((await workspace.call('GET', `${path}/permissionLevels`)).status, 200);
    assert.equal((await workspace.call('GET', '/api/2.0/permissions/jobs/5')).status, 404);
  });
});
