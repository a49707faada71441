import assert from 'node:assert/strict';
import { createJob, runNow, systemPython, untilRun, upload } from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const PIPELINES = '/api/2.0/pipelines';

interface UpdateReply {
  readonly update: { readonly state: string; readonly cause: string };
}

interface EventList {
  readonly events?: readonly {
    readonly level: string;
    readonly message: string;
    readonly event_type: string;
    readonly error?: { readonly exceptions: readonly { readonly class_name: string; readonly message: string }[] };
  }[];
}

describe('pipelines', () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await startTestWorkspace({ python: systemPython() });
    await upload(
      workspace,
      '/Shared/etl.sql',
      `-- defined before what it reads
CREATE OR REFRESH MATERIALIZED VIEW totals COMMENT 'sum; all' AS SELECT SUM(n) AS total FROM LIVE.numbers;
CREATE OR REFRESH STREAMING TABLE numbers AS SELECT n FROM STREAM(source) WHERE n <> \${left_out};\n`,
    );
    await sql('CREATE SCHEMA IF NOT EXISTS main.etl');
    await sql('CREATE TABLE main.etl.source (n INT)');
    await sql('INSERT INTO main.etl.source VALUES (1), (2), (40)');
  });
  afterEach(() => workspace.stop());

  async function sql(statement: string): Promise<string | undefined> {
    const { warehouses } = (await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses'))
      .json;
    const body = { statement, warehouse_id: warehouses[0]?.id, wait_timeout: '50s' };
    const reply = await workspace.call<{
      status: { state: string };
      result?: { data_array?: string[][] };
    }>('POST', '/api/2.0/sql/statements', body);
    assert.equal(reply.json.status.state, 'SUCCEEDED', reply.text);
    return reply.json.result?.data_array?.[0]?.[0];
  }

  async function create(path: string, more: Record<string, unknown> = {}): Promise<string> {
    const reply = await workspace.call<{ pipeline_id: string }>('POST', PIPELINES, {
      name: `etl ${path}`,
      catalog: 'main',
      schema: 'etl',
      libraries: [{ file: { path } }],
      configuration: { left_out: '2' },
      ...more,
    });
    assert.equal(reply.status, 200, reply.text);
    return reply.json.pipeline_id;
  }

  async function update(id: string, more: Record<string, unknown> = {}): Promise<UpdateReply['update']> {
    const { json } = await workspace.call<{ update_id: string }>('POST', `${PIPELINES}/${id}/updates`, more);
    for (;;) {
      const reply = await workspace.call<UpdateReply>('GET', `${PIPELINES}/${id}/updates/${json.update_id}`);
      assert.equal(reply.status, 200, reply.text);
      if (['COMPLETED', 'FAILED', 'CANCELED'].includes(reply.json.update.state)) {
        return reply.json.update;
      }
    }
  }

  async function events(id: string, query = ''): Promise<NonNullable<EventList['events']>> {
    return (
      (await workspace.call<EventList>('GET', `${PIPELINES}/${id}/events?max_results=100${query}`)).json.events ?? []
    );
  }

  it('compute their datasets in the order of their references, and log it', async () => {
    const id = await create('/Shared/etl.sql');
    assert.equal((await update(id)).state, 'COMPLETED', JSON.stringify(await events(id)));
    assert.equal(await sql('SELECT total FROM main.etl.totals'), '41');
    assert.deepEqual(
      (await events(id, '&order_by=timestamp%20asc')).map(({ message }) => message.replace(/^Update \w+/, 'Update')),
      [
        'Update is CREATED.',
        'Update is INITIALIZING.',
        'Update is SETTING_UP_TABLES.',
        'Update is RUNNING.',
        "Flow 'numbers' is RUNNING.",
        "Flow 'numbers' has COMPLETED.",
        "Flow 'totals' is RUNNING.",
        "Flow 'totals' has COMPLETED.",
        'Update is COMPLETED.',
      ],
    );
    await sql('INSERT INTO main.etl.source VALUES (100)');
    await update(id, { refresh_selection: ['numbers'] });
    assert.equal(await sql('SELECT total FROM main.etl.totals'), '41', 'only what was selected');
    await update(id, { validate_only: true });
    assert.equal(await sql('SELECT total FROM main.etl.totals'), '41');
    const pipeline = await workspace.call<{ state: string; latest_updates: unknown[] }>('GET', `${PIPELINES}/${id}`);
    assert.deepEqual([pipeline.json.state, pipeline.json.latest_updates.length], ['IDLE', 3]);
  });

  it('fail with the reason in the event log', async () => {
    await upload(workspace, '/Shared/wrong.sql', 'CREATE MATERIALIZED VIEW v AS SELECT * FROM nothing_here');
    await upload(workspace, '/Shared/odd.sql', 'SELECT 1');
    await upload(
      workspace,
      '/Shared/circle.sql',
      'CREATE MATERIALIZED VIEW a AS SELECT * FROM b; CREATE MATERIALIZED VIEW b AS SELECT * FROM a',
    );
    await upload(workspace, '/Shared/etl.py', 'print()');
    const reasons: [string, RegExp][] = [
      ['/Shared/wrong.sql', /TABLE_OR_VIEW_NOT_FOUND/],
      ['/Shared/odd.sql', /queries only, not: SELECT 1/],
      ['/Shared/circle.sql', /a, b depend on each other in a circle/],
      ['/Shared/etl.py', /has no Spark/],
      ['/Shared/none.sql', /does not exist in the workspace/],
    ];
    for (const [path, reason] of reasons) {
      const id = await create(path);
      assert.equal((await update(id)).state, 'FAILED', path);
      const found = await events(id, `&filter=${encodeURIComponent("level in ('ERROR', 'WARN')")}`);
      assert.match(found[0]?.error?.exceptions[0]?.message ?? '', reason);
    }
    const id = await create('/Shared/etl.sql', { configuration: {} });
    assert.equal((await update(id)).state, 'FAILED');
    assert.match(JSON.stringify(await events(id)), /configuration of the pipeline has no 'left_out'/);
  });

  it('are updated by a task of a job', async () => {
    const id = await create('/Shared/etl.sql');
    const good = await createJob(workspace, { tasks: [{ task_key: 'etl', pipeline_task: { pipeline_id: id } }] });
    assert.equal((await untilRun(workspace, await runNow(workspace, good))).state.result_state, 'SUCCESS');
    const list = await workspace.call<{ updates: { cause: string }[] }>('GET', `${PIPELINES}/${id}/updates`);
    assert.deepEqual(
      list.json.updates.map(({ cause }) => cause),
      ['JOB_TASK'],
    );
    await workspace.call('PUT', `${PIPELINES}/${id}`, {
      name: 'etl',
      libraries: [{ file: { path: '/Shared/none.sql' } }],
    });
    const failed = await untilRun(workspace, await runNow(workspace, good));
    assert.match(
      failed.state.state_message,
      /ended with FAILED\. The source of the pipeline '\/Shared\/none\.sql' does not exist/,
    );
    assert.equal((await workspace.call('DELETE', `${PIPELINES}/${id}`)).status, 200);
    const gone = await untilRun(workspace, await runNow(workspace, good));
    assert.match(gone.state.state_message, new RegExp(`The specified pipeline ${id} was not found`));
  });

  it('end when they are stopped, and with the run of the job that updates them; one update at a time', async () => {
    const copies = Array.from({ length: 24 }, (_, index) => `d${index}`);
    const endless = `CREATE MATERIALIZED VIEW endless AS SELECT count(*) AS n FROM ${copies
      .map((copy) => `source AS ${copy}`)
      .join(', ')} WHERE ${copies.map((copy) => `${copy}.n`).join(' + ')} < 0`;
    await upload(workspace, '/Shared/endless.sql', endless);
    const id = await create('/Shared/endless.sql');
    const states = async () => {
      const list = await workspace.call<{ updates?: { state: string }[] }>('GET', `${PIPELINES}/${id}/updates`);
      return list.json.updates?.map(({ state }) => state) ?? [];
    };
    const until = async (wanted: string) => {
      while ((await states())[0] !== wanted) {
        assert.notEqual((await states())[0], 'FAILED', JSON.stringify(await events(id)));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await workspace.call('POST', `${PIPELINES}/${id}/updates`, {});
    await until('RUNNING');
    const second = await workspace.call('POST', `${PIPELINES}/${id}/updates`, {});
    assert.deepEqual([second.status, second.json.error_code], [409, 'RESOURCE_CONFLICT']);
    assert.equal((await workspace.call('POST', `${PIPELINES}/${id}/stop`)).status, 200);
    await until('CANCELED');
    const job = await createJob(workspace, { tasks: [{ task_key: 'etl', pipeline_task: { pipeline_id: id } }] });
    const runId = await runNow(workspace, job);
    await until('RUNNING');
    await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: runId });
    assert.equal((await untilRun(workspace, runId)).state.result_state, 'CANCELED');
    assert.deepEqual(await states(), ['CANCELED', 'CANCELED']);
  });

  it('refuse to begin an update that they would not carry out as asked', async () => {
    const id = await create('/Shared/etl.sql');
    for (const [name, value] of [
      ['parameters', { a: 'b' }],
      ['refresh_flow_selection', ['totals']],
    ] as const) {
      const refused = await workspace.call('POST', `${PIPELINES}/${id}/updates`, { [name]: value });
      assert.deepEqual([refused.status, refused.json.error_code], [501, 'NOT_IMPLEMENTED']);
      assert.match(String(refused.json.message), new RegExp(name));
    }
  });

  it('are listed by name, and unknown ones are told in the words of the service', async () => {
    const id = await create('/Shared/etl.sql');
    const names = async (filter: string) =>
      (
        await workspace.call<{ statuses?: { pipeline_id: string }[] }>(
          'GET',
          `${PIPELINES}?filter=${encodeURIComponent(filter)}`,
        )
      ).json.statuses?.map((one) => one.pipeline_id);
    assert.deepEqual(await names("name LIKE 'etl%'"), [id]);
    assert.equal(await names("name LIKE 'e.l%'"), undefined);
    const twice = await workspace.call('POST', PIPELINES, { name: 'etl /Shared/etl.sql' });
    assert.equal(twice.status, 409);
    const none = await workspace.call('GET', `${PIPELINES}/none`);
    assert.deepEqual([none.status, none.json.message], [404, 'The specified pipeline none was not found.']);
    const update = await workspace.call('GET', `${PIPELINES}/${id}/updates/none`);
    assert.deepEqual([update.status, update.json.message], [404, 'The specified update none was not found.']);
  });
});
