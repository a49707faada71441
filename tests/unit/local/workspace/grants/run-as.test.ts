import assert from 'node:assert/strict';
import { type PrincipalSettings, principalsShape } from '../../../../../local/workspace/identity/principal-settings';
import { systemPython } from '../../../../support/jobs';
import type { TestWorkspace } from '../../../../support/local-workspace';
import { ADA, CI, ENVIRONMENT, EVE, SETTINGS, startWithPrincipals, type Who } from '../../../../support/principals';

const DEPLOYER = '22222222-2222-4333-8444-555555555555';
const TABLE = 'dev.default.t';

/** As the others, and a second service principal that Eve has the role Service Principal User on. */
const principals: PrincipalSettings = principalsShape.parse({
  ...SETTINGS,
  servicePrincipals: [...SETTINGS.servicePrincipals, { applicationId: DEPLOYER, groups: ['analysts'], users: [EVE] }],
});

describe('whom a job runs as', () => {
  let workspace: TestWorkspace;
  let as: Awaited<ReturnType<typeof startWithPrincipals>>['as'];
  let warehouse = '';
  const ok = async (who: Who, method: string, path: string, body?: unknown) => {
    const reply = await as(who, method, path, body);
    assert.equal(reply.status, 200, `${who} ${method} ${path}: ${reply.text}`);
    return reply.json;
  };

  before(async () => {
    ({ workspace, as } = await startWithPrincipals({ principals, environment: ENVIRONMENT, python: systemPython() }));
    warehouse = (await ok('admin', 'GET', '/api/2.0/sql/warehouses')).warehouses[0].id;
    const sql = { warehouse_id: warehouse, wait_timeout: '30s', statement: `CREATE TABLE ${TABLE} AS SELECT 1 AS x` };
    await ok('admin', 'POST', '/api/2.0/sql/statements', sql);
    const query = { display_name: 'q', query_text: `SELECT x FROM ${TABLE}` };
    queryId = (await ok('admin', 'POST', '/api/2.0/sql/queries', { query })).id;
  });
  after(() => workspace?.stop());

  let queryId = '';
  /** Reads a table that Ada may read and Eve may not. */
  const reading = () => ({
    task_key: 'read',
    sql_task: { warehouse_id: warehouse, query: { query_id: queryId } },
  });

  async function ended(runId: string) {
    for (;;) {
      const run = await ok('admin', 'GET', `/api/2.2/jobs/runs/get?run_id=${runId}`);
      if (run.status.state === 'TERMINATED') {
        return run;
      }
    }
  }

  async function outcome(starter: Who, settings: Record<string, unknown>, maker: Who = starter) {
    const { job_id } = await ok(maker, 'POST', '/api/2.2/jobs/create', { tasks: [reading()], ...settings });
    const access_control_list = [{ group_name: 'users', permission_level: 'CAN_MANAGE_RUN' }];
    await ok('admin', 'PATCH', `/api/2.0/permissions/jobs/${job_id}`, { access_control_list });
    const job = await ok('admin', 'GET', `/api/2.2/jobs/get?job_id=${job_id}`);
    const { run_id } = await ok(starter, 'POST', '/api/2.2/jobs/run-now', { job_id });
    const run = await ended(run_id);
    assert.equal(run.run_as_user_name, job.run_as_user_name);
    return [run.creator_user_name, run.run_as_user_name, run.state.result_state];
  }

  it('is its owner, whoever starts it', async () => {
    assert.deepEqual(await outcome('eve', {}, 'ada'), [EVE, ADA, 'SUCCESS']);
    assert.deepEqual(await outcome('ada', {}, 'eve'), [ADA, EVE, 'FAILED']);
  });

  it('is whom run_as names', async () => {
    const runAs = { run_as: { service_principal_name: DEPLOYER } };
    assert.deepEqual(await outcome('eve', runAs), [EVE, DEPLOYER, 'SUCCESS']);
    assert.deepEqual(await outcome('ada', { run_as: { user_name: EVE } }, 'admin'), [ADA, EVE, 'FAILED']);
  });

  it('is in a one-time run its run_as, else who submits it', async () => {
    const submit = async (who: Who, more: Record<string, unknown>) => {
      const run = { tasks: [reading()], ...more };
      const { run_id } = await ok(who, 'POST', '/api/2.2/jobs/runs/submit', run);
      return (await ended(run_id)).state.result_state;
    };
    assert.equal(await submit('eve', {}), 'FAILED');
    assert.equal(await submit('eve', { run_as: { service_principal_name: DEPLOYER } }), 'SUCCESS');
  });

  it('counts for the job that a task runs: that has an owner of its own', async () => {
    const inner = await ok('ada', 'POST', '/api/2.2/jobs/create', { tasks: [reading()] });
    const task = { task_key: 'outer', run_job_task: { job_id: inner.job_id } };
    assert.deepEqual(await outcome('eve', { tasks: [task] }, 'eve'), [EVE, EVE, 'SUCCESS']);
  });

  it('is the one behind the token of the process', async () => {
    const code = 'import os, urllib.request\nurl = os.environ["DATABRICKS_HOST"] + "/api/2.0/preview/scim/v2/Me"\n';
    const ask = `${code}token = "Bearer " + os.environ["DATABRICKS_TOKEN"]\nprint(urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": token})).read().decode())\n`;
    await ok('admin', 'POST', '/api/2.0/workspace-files/import-file/Shared/me.py?overwrite=true', ask);
    const task = { task_key: 'me', spark_python_task: { python_file: '/Shared/me.py' } };
    const runAs = { run_as: { service_principal_name: CI } };
    const { run_id } = await ok('admin', 'POST', '/api/2.2/jobs/runs/submit', { ...runAs, tasks: [task] });
    const run = await ended(run_id);
    const { logs } = await ok('admin', 'GET', `/api/2.2/jobs/runs/get-output?run_id=${run.tasks[0].run_id}`);
    assert.equal(JSON.parse(logs).userName, CI);
  });

  it('cannot be somebody whose rights the maker has no claim to', async () => {
    const create = { tasks: [reading()] };
    const { job_id } = await ok('eve', 'POST', '/api/2.2/jobs/create', create);
    const owner = (name: string) => ({ access_control_list: [{ user_name: name, permission_level: 'IS_OWNER' }] });
    for (const [path, method, body] of [
      ['/api/2.2/jobs/create', 'POST', { ...create, run_as: { user_name: ADA } }],
      ['/api/2.2/jobs/create', 'POST', { ...create, run_as: { service_principal_name: CI } }],
      ['/api/2.2/jobs/create', 'POST', { ...create, ...owner(ADA) }],
      ['/api/2.2/jobs/runs/submit', 'POST', { ...create, run_as: { user_name: ADA } }],
      ['/api/2.2/jobs/update', 'POST', { job_id, new_settings: { run_as: { user_name: ADA } } }],
      ['/api/2.2/jobs/reset', 'POST', { job_id, new_settings: { ...create, run_as: { user_name: ADA } } }],
      [`/api/2.0/permissions/jobs/${job_id}`, 'PUT', owner(ADA)],
      ['/api/2.0/pipelines', 'POST', { name: 'p', run_as: { user_name: ADA } }],
    ] as const) {
      const reply = await as('eve', method, path, body);
      assert.equal(reply.status, 403, `${path}: ${reply.text}`);
      assert.match(reply.json.message, /not allowed to set run_as|Only workspace administrators can make/);
    }
    await ok('admin', 'PUT', `/api/2.0/permissions/jobs/${job_id}`, owner(ADA));
    assert.equal((await ok('admin', 'GET', `/api/2.2/jobs/get?job_id=${job_id}`)).run_as_user_name, ADA);
  });

  it('is with pipelines their owner or run_as, whoever starts an update', async () => {
    const source = `CREATE MATERIALIZED VIEW dev.default.made AS SELECT x FROM ${TABLE}`;
    await ok('admin', 'POST', '/api/2.0/workspace-files/import-file/Shared/p.sql?overwrite=true', source);
    const libraries = [{ file: { path: '/Shared/p.sql' } }];
    const state = async (maker: Who, more: Record<string, unknown>) => {
      const body = { name: `p ${maker} ${JSON.stringify(more)}`, libraries, ...more };
      const { pipeline_id: id } = await ok(maker, 'POST', '/api/2.0/pipelines', body);
      const { update_id } = await ok('admin', 'POST', `/api/2.0/pipelines/${id}/updates`, {});
      for (;;) {
        const { update } = await ok('admin', 'GET', `/api/2.0/pipelines/${id}/updates/${update_id}`);
        if (['COMPLETED', 'FAILED'].includes(update.state)) {
          const { run_as_user_name } = await ok('admin', 'GET', `/api/2.0/pipelines/${id}`);
          return [run_as_user_name, update.state];
        }
      }
    };
    assert.deepEqual(await state('eve', {}), [EVE, 'FAILED']);
    const admin = (await ok('admin', 'GET', '/api/2.0/preview/scim/v2/Me')).userName;
    assert.deepEqual(await state('admin', {}), [admin, 'COMPLETED']);
    assert.deepEqual(await state('admin', { run_as: { user_name: EVE } }), [EVE, 'FAILED']);
  });

  it('cannot be a group yet', async () => {
    const reply = await as('admin', 'POST', '/api/2.2/jobs/runs/submit', {
      tasks: [reading()],
      run_as: { group_name: 'readers' },
    });
    assert.equal(reply.status, 501);
    assert.match(reply.json.message, /does not run jobs as a group/);
  });

  it('shows a one-time run also to whom its access_control_list names', async () => {
    const access_control_list = [{ group_name: 'readers', permission_level: 'CAN_VIEW' }];
    const body = { run_name: 'shared', tasks: [reading()], access_control_list };
    const { run_id } = await ok('ci', 'POST', '/api/2.2/jobs/runs/submit', body);
    await ok('ada', 'GET', `/api/2.2/jobs/runs/get?run_id=${run_id}`);
    const { runs } = await ok('ada', 'GET', '/api/2.2/jobs/runs/list?run_type=SUBMIT_RUN');
    assert.ok(runs.some((run: { run_id: string }) => run.run_id === run_id));
    assert.equal((await as('ada', 'POST', '/api/2.2/jobs/runs/cancel', { run_id })).status, 403);
    assert.equal((await as('eve', 'GET', `/api/2.2/jobs/runs/get?run_id=${run_id}`)).status, 403);
    await ended(run_id);
  });
});
