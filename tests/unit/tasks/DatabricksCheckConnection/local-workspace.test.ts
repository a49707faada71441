import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { principalsShape } from '../../../../local/workspace/identity/principal-settings';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksCheckConnection/inputs';
import { run } from '../../../../tasks/DatabricksCheckConnection/run';
import task from '../../../../tasks/DatabricksCheckConnection/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import type { TestWorkspace } from '../../../support/local-workspace';
import { ADA, startWithPrincipals, type Who } from '../../../support/principals';

const UC = '/api/2.1/unity-catalog';
const GRANT = /^GRANT ([A-Z ]+) ON (CATALOG|SCHEMA|FUNCTION) (\S+) TO `([^`]+)`;$/;
const PERMIT = /^databricks permissions update (\S+) (\S+) --json '(.+)'$/;

describe('DatabricksCheckConnection against a workspace that enforces rights', () => {
  let workspace: TestWorkspace;
  let as: Awaited<ReturnType<typeof startWithPrincipals>>['as'];
  let warehouse = '';

  before(async () => {
    ({ workspace, as } = await startWithPrincipals());
    const task = { task_key: 'a', notebook_task: { notebook_path: '/n' } };
    await as('admin', 'POST', '/api/2.2/jobs/create', { name: 'train', tasks: [task] });
    await as('admin', 'POST', `${UC}/models`, { catalog_name: 'dev', schema_name: 'default', name: 'churn' });
    warehouse = (await as('admin', 'GET', '/api/2.0/sql/warehouses')).json.warehouses[0].id;
  });
  after(() => workspace?.stop());

  async function check(who: Who, inputs: Record<string, string>): Promise<FakeHost> {
    const token = who === 'admin' ? workspace.token : `token-of-${who}`;
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', failOn: 'error', ...inputs },
      connections: { dbx: tokenConnection(workspace.url, token) },
    });
    await runTask(task, readInputs, run, host, new AutoClock());
    return host;
  }

  function commands(host: FakeHost): string[] {
    const { checks } = JSON.parse(readFileSync(host.outputs.get('reportPath') ?? '', 'utf8'));
    return checks.flatMap(({ rights }: { rights: { command: string }[] }) => rights.map(({ command }) => command));
  }

  /** Does as administrator what a command says. */
  async function obey(command: string): Promise<void> {
    const [, privilege, type, name, principal] = GRANT.exec(command) ?? [];
    const [, kind, id, json] = PERMIT.exec(command) ?? [];
    const reply =
      privilege === undefined
        ? await as('admin', 'PATCH', `/api/2.0/permissions/${kind}/${id}`, JSON.parse(json ?? ''))
        : await as('admin', 'PATCH', `${UC}/permissions/${type?.toLowerCase()}/${name?.replaceAll('`', '')}`, {
            changes: [{ principal, add: [privilege.replaceAll(' ', '_')] }],
          });
    assert.equal(reply.status, 200, `${command}: ${reply.text}`);
  }

  it('is content with the administrator', async () => {
    const host = await check('admin', {
      checks: 'all',
      model: 'dev.default.churn',
      warehouse: 'Local warehouse',
      job: 'train',
      readOnlyGroups: 'readers',
    });
    assert.equal(host.result, 'Succeeded', host.printed);
  });

  it('suggests what is there, from the lists that the workspace gives, and nothing that is hidden from the identity', async () => {
    const mistyped = [
      [{ checks: 'unityCatalog', catalog: 'deb' }, /Did you mean dev\?/],
      [{ checks: 'unityCatalog', catalog: 'dev', schema: 'defualt' }, /Did you mean dev\.default\?/],
      [{ checks: 'unityCatalog', model: 'dev.default.chrun' }, /Did you mean dev\.default\.churn\?/],
      [{ checks: 'warehouse', warehouse: 'Local warehuose' }, /Did you mean Local warehouse\?/],
      [{ checks: 'jobs', job: 'trainn' }, /Did you mean train\?/],
    ] as const;
    for (const [inputs, expected] of mistyped) {
      assert.match((await check('admin', inputs)).printed, expected);
    }
    const hidden = await check('eve', { checks: 'unityCatalog,jobs', catalog: 'deb', job: 'trainn' });
    assert.doesNotMatch(hidden.printed, /Did you mean/);
  });

  it('lets who may create the schema pass before the first training, and tells who may not which right would do', async () => {
    const inputs = { checks: 'unityCatalog', model: 'dev.first.churn' };
    for (const who of ['admin', 'boss'] as const) {
      const host = await check(who, inputs);
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.match(
        host.printed,
        /There is no schema dev\.first .* It may create one in catalog dev\. If the name is right, it does not exist yet\./,
      );
      assert.doesNotMatch(host.printed, /GRANT/);
    }
    const host = await check('ci', inputs);
    assert.equal(host.result, 'Failed');
    assert.match(host.printed, /So that it may create the schema: GRANT CREATE SCHEMA ON CATALOG `dev` TO `\S+`;/);
    await obey(/GRANT CREATE SCHEMA \S+ CATALOG \S+ TO \S+;/.exec(host.printed)?.[0] ?? '');
    assert.equal((await check('ci', inputs)).result, 'Succeeded');
  });

  it('names commands that are enough: who obeys each of them, from no right at all, ends with a check that passes', async () => {
    const jobs = await as('admin', 'GET', '/api/2.2/jobs/list');
    const inputs = {
      checks: 'identity,unityCatalog,warehouse,jobs',
      model: 'dev.default.churn',
      warehouse,
      job: String(jobs.json.jobs[0].job_id),
    };
    const obeyed: string[] = [];
    let host = await check('eve', inputs);
    assert.equal(host.result, 'Failed');
    for (let round = 0; host.result === 'Failed' && round < 8; round += 1) {
      const named = commands(host).filter((command) => !obeyed.includes(command));
      assert.notEqual(named.length, 0, host.printed);
      for (const command of named) {
        await obey(command);
        obeyed.push(command);
      }
      host = await check('eve', inputs);
    }
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(obeyed.map((command) => command.split(' ').slice(0, 4).join(' ')).sort(), [
      'GRANT EXECUTE ON FUNCTION',
      'GRANT USE CATALOG ON',
      'GRANT USE SCHEMA ON',
      'databricks permissions update jobs',
      'databricks permissions update warehouses',
    ]);
  });

  it('finds the group that can write, by a right that another group gave it, and is content once that is taken away', async () => {
    const path = `${UC}/permissions/schema/dev.default`;
    const inputs = { checks: 'readOnlyGroups', catalog: 'dev', readOnlyGroups: 'analysts' };
    assert.equal((await check('boss', inputs)).result, 'Succeeded');
    await as('admin', 'PATCH', path, { changes: [{ principal: 'readers', add: ['MODIFY'] }] });
    const host = await check('boss', inputs);
    assert.deepEqual(commands(host), ['REVOKE MODIFY ON SCHEMA `dev`.`default` FROM `readers`;'], host.printed);
    assert.deepEqual(commands(await check('ada', { ...inputs, readOnlyGroups: 'builders' })), [
      'GRANT MANAGE ON CATALOG `dev` TO `ada@example.com`;',
    ]);
    await as('admin', 'PATCH', path, { changes: [{ principal: 'readers', remove: ['MODIFY'] }] });
    assert.equal((await check('boss', inputs)).result, 'Succeeded');
  });

  it('is not content with the schemas that it sees when there may be others', async () => {
    const hiding = principalsShape.parse({
      users: [{ userName: ADA, groups: ['analysts'], token: { env: 'ADA_TOKEN' } }],
      groups: [{ displayName: 'analysts' }],
      grants: [
        { on: 'catalog dev', to: ['analysts'], privileges: ['USE CATALOG'] },
        { on: 'schema dev.default', to: [ADA], privileges: ['USE SCHEMA'] },
      ],
    });
    const other = await startWithPrincipals({ principals: hiding });
    const [former, formerAs] = [workspace, as];
    ({ workspace, as } = other);
    try {
      await as('admin', 'POST', `${UC}/schemas`, { catalog_name: 'dev', name: 'secret' });
      const path = `${UC}/permissions/schema/dev.secret`;
      await as('admin', 'PATCH', path, { changes: [{ principal: 'analysts', add: ['MODIFY'] }] });
      const inputs = { checks: 'readOnlyGroups', catalog: 'dev', readOnlyGroups: 'analysts' };
      assert.equal((await check('admin', inputs)).result, 'Failed');
      const host = await check('ada', inputs);
      assert.deepEqual(commands(host), ['GRANT USE SCHEMA ON CATALOG `dev` TO `ada@example.com`;'], host.printed);
      await obey(commands(host)[0] ?? '');
      assert.deepEqual(commands(await check('ada', inputs)), [
        'REVOKE MODIFY ON SCHEMA `dev`.`secret` FROM `analysts`;',
      ]);
    } finally {
      await other.workspace.stop();
      [workspace, as] = [former, formerAs];
    }
  });

  it('names the entitlement that lets an identity in, whichever check finds the door closed', async () => {
    for (const inputs of [
      { checks: 'identity,workspace' },
      { checks: 'unityCatalog', catalog: 'dev' },
      { checks: 'warehouse', warehouse },
      { checks: 'jobs' },
      { checks: 'jobs', job: '1' },
    ]) {
      const host = await check('bob', inputs);
      assert.equal(host.result, 'Failed', JSON.stringify(inputs));
      assert.match(host.printed, /user bob@example\.com lacks the entitlement workspace-access/);
      assert.match(commands(host)[0] ?? '', /^databricks users patch \S+ --json '.*"add".*"workspace-access".*'$/);
      assert.doesNotMatch(host.printed, /DatabricksCheckConnection.* names it/);
    }
  });

  it('says of a token that is refused that it is refused', async () => {
    const host = await check('gone', { checks: 'identity' });
    assert.equal(host.result, 'Failed');
    assert.match(host.printed, /Invalid access token/);
  });
});
