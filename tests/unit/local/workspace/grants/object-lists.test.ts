import assert from 'node:assert/strict';
import { systemPython } from '../../../../support/jobs';
import type { TestWorkspace } from '../../../../support/local-workspace';
import { ADA, CI, EVE, startWithPrincipals, type Who } from '../../../../support/principals';

const FILES = '/api/2.0/workspace';
const MLFLOW = '/api/2.0/mlflow';
const SECRETS = '/api/2.0/secrets';
const HOME = `/Users/${ADA}`;

type Refused = readonly [Who, string, string, unknown, RegExp];

describe('access control lists of objects', () => {
  let workspace: TestWorkspace;
  let as: Awaited<ReturnType<typeof startWithPrincipals>>['as'];
  const ok = async (who: Who, method: string, path: string, body?: unknown) => {
    const reply = await as(who, method, path, body);
    assert.ok(reply.status === 200 || reply.status === 204, `${who} ${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.json;
  };
  async function refused(...[who, method, path, body, words]: Refused): Promise<void> {
    const reply = await as(who, method, path, body);
    assert.equal(reply.status, 403, `${who} ${method} ${path}: ${reply.status} ${reply.text}`);
    assert.equal(reply.json.error_code, 'PERMISSION_DENIED');
    assert.match(reply.json.message, words);
  }
  const permit = async (path: string, name: Record<string, string>, level: string) =>
    ok('admin', 'PATCH', `/api/2.0/permissions/${path}`, {
      access_control_list: [{ ...name, permission_level: level }],
    });

  before(async () => {
    ({ workspace, as } = await startWithPrincipals({
      python: systemPython(),
      secrets: { given: { key: 'value' } },
    }));
  });
  after(() => workspace?.stop());

  describe('of folders, notebooks and files', () => {
    const statusOf = (who: Who, path: string) => ok(who, 'GET', `${FILES}/get-status?path=${path}`);
    const put = (path: string, overwrite = false) =>
      [`/api/2.0/workspace-files/import-file${path}?overwrite=${overwrite}`, 'text'] as const;

    it('give a home to whom it is named after, and /Shared to everybody', async () => {
      await ok('ada', 'POST', ...put(`${HOME}/a.txt`));
      await ok('eve', 'POST', ...put('/Shared/e.txt'));
      await ok('ada', 'POST', ...put('/Shared/e.txt', true));
      await refused('eve', 'POST', ...put(`${HOME}/b.txt`), /^eve@example\.com does not have Manage permissions on /);
      await refused('eve', 'POST', `${FILES}/mkdirs`, { path: '/top' }, /Manage permissions on \/top\. Please contact/);
    });

    it('show only what may be seen', async () => {
      const listed = async (who: Who, path: string) =>
        ((await ok(who, 'GET', `${FILES}/list?path=${path}`)).objects ?? []).map(
          ({ path: at }: { path: string }) => at,
        );
      assert.deepEqual(await listed('eve', '/Users'), [`/Users/${EVE}`]);
      assert.deepEqual(await listed('ada', '/'), ['/Shared', '/Users']);
      assert.ok((await listed('admin', '/Users')).length > 3);
      const words = new RegExp(`^${EVE} does not have View permissions on ${HOME}`);
      await refused('eve', 'GET', `${FILES}/list?path=${HOME}`, undefined, words);
      await refused('eve', 'GET', `${FILES}/get-status?path=/Workspace${HOME}/none`, undefined, words);
      await refused('eve', 'GET', `${FILES}/export?path=${HOME}/a.txt`, undefined, words);
      assert.equal((await as('ada', 'GET', `${FILES}/get-status?path=${HOME}/none`)).status, 404);
    });

    it('hold for all below a folder, from the weakest level to the strongest', async () => {
      const folder = `${HOME}/project`;
      await ok('ada', 'POST', `${FILES}/mkdirs`, { path: folder });
      await ok('ada', 'POST', ...put(`${folder}/a.txt`));
      const { object_id } = await statusOf('ada', folder);
      const eve = { user_name: EVE };
      await permit(`directories/${object_id}`, eve, 'CAN_READ');
      await statusOf('eve', `${folder}/a.txt`);
      await ok('eve', 'GET', `${FILES}/list?path=${HOME}`);
      await refused('eve', 'POST', ...put(`${folder}/a.txt`, true), /does not have Edit permissions on/);
      await permit(`directories/${object_id}`, eve, 'CAN_EDIT');
      await ok('eve', 'POST', ...put(`${folder}/a.txt`, true));
      await refused('eve', 'POST', ...put(`${folder}/b.txt`, true), /does not have Manage permissions on/);
      await refused('eve', 'POST', `${FILES}/delete`, { path: `${folder}/a.txt` }, /does not have Manage/);
      const change = { access_control_list: [{ user_name: EVE, permission_level: 'CAN_MANAGE' }] };
      await refused('eve', 'PUT', `/api/2.0/permissions/directories/${object_id}`, change, /does not have Manage/);
      await permit(`directories/${object_id}`, eve, 'CAN_MANAGE');
      await ok('eve', 'POST', ...put(`${folder}/b.py`));
      await ok('eve', 'POST', `${FILES}/delete`, { path: folder, recursive: true });
      await ok('ada', 'POST', `${FILES}/mkdirs`, { path: folder });
      await refused('eve', 'GET', `${FILES}/list?path=${folder}`, undefined, /does not have View/);
    });

    it('are shown with what folders above permit', async () => {
      const { object_id: folder } = await statusOf('ada', HOME);
      const { object_id: file } = await statusOf('ada', `${HOME}/a.txt`);
      await permit(`files/${file}`, { group_name: 'readers' }, 'CAN_RUN');
      const shown = await ok('ada', 'GET', `/api/2.0/permissions/files/${file}`);
      assert.deepEqual([shown.object_id, shown.object_type], [`/files/${file}`, 'file']);
      const [readers, ada, admins] = shown.access_control_list;
      assert.deepEqual(readers, {
        group_name: 'readers',
        all_permissions: [{ permission_level: 'CAN_RUN', inherited: false }],
      });
      assert.deepEqual(ada.all_permissions, [
        { permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: [`/directories/${folder}`] },
      ]);
      assert.match(admins.all_permissions[0].inherited_from_object[0], /^\/directories\/\d+$/);
      const levels = await ok('ada', 'GET', `/api/2.0/permissions/files/${file}/permissionLevels`);
      assert.deepEqual(
        levels.permission_levels.map(({ permission_level }: { permission_level: string }) => permission_level),
        ['CAN_READ', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE'],
      );
      assert.equal((await as('admin', 'GET', `/api/2.0/permissions/notebooks/${file}`)).status, 404);
      assert.equal((await as('admin', 'GET', '/api/2.0/permissions/directories/1')).status, 404);
    });
  });

  describe('of experiments', () => {
    let id = '';
    let run = '';
    before(async () => {
      id = (await ok('ada', 'POST', `${MLFLOW}/experiments/create`, { name: `${HOME}/exp` })).experiment_id;
      run = (await ok('ada', 'POST', `${MLFLOW}/runs/create`, { experiment_id: id })).run.info.run_id;
    });

    it('keep them for who made them', async () => {
      const view = /^User eve@example\.com does not have View permissions on experiment \d+\.$/;
      const edit = /does not have Edit permissions on experiment/;
      const cases: readonly Refused[] = [
        ['eve', 'GET', `${MLFLOW}/experiments/get?experiment_id=${id}`, undefined, view],
        ['eve', 'GET', `${MLFLOW}/experiments/get-by-name?experiment_name=${HOME}/exp`, undefined, view],
        ['eve', 'GET', `${MLFLOW}/runs/get?run_id=${run}`, undefined, view],
        ['eve', 'POST', `${MLFLOW}/runs/search`, { experiment_ids: [id] }, view],
        ['eve', 'GET', `${MLFLOW}/metrics/get-history?run_id=${run}&metric_key=m`, undefined, view],
        ['eve', 'GET', `${MLFLOW}/artifacts/list?run_id=${run}`, undefined, view],
        ['eve', 'POST', `${MLFLOW}/logged-models/search`, { experiment_ids: [id] }, view],
        ['eve', 'POST', `${MLFLOW}/runs/create`, { experiment_id: id }, edit],
        ['eve', 'POST', `${MLFLOW}/runs/log-metric`, { run_id: run, key: 'm', value: 1, timestamp: 1 }, edit],
        ['eve', 'POST', `${MLFLOW}/logged-models`, { experiment_id: id }, edit],
        [
          'eve',
          'PUT',
          `/api/2.0/fs/files/WorkspaceInternal/Mlflow/Artifacts/${id}/Runs/${run}/artifacts/a.txt`,
          'a',
          edit,
        ],
        ['eve', 'POST', `${MLFLOW}/experiments/delete`, { experiment_id: id }, /does not have Manage permissions/],
        ['eve', 'POST', `${MLFLOW}/experiments/create`, { name: `${HOME}/other` }, /does not have Manage permissions/],
        ['eve', 'GET', `/api/2.0/permissions/experiments/${id}`, undefined, view],
      ];
      for (const one of cases) {
        await refused(...one);
      }
      assert.deepEqual(await ok('eve', 'POST', `${MLFLOW}/experiments/search`, {}), {});
      assert.equal((await ok('ada', 'POST', `${MLFLOW}/experiments/search`, {})).experiments.length, 1);
      assert.equal((await as('eve', 'GET', `${MLFLOW}/runs/get?run_id=none`)).status, 404);
    });

    it('let read, then edit, then manage', async () => {
      const eve = { user_name: EVE };
      await permit(`experiments/${id}`, eve, 'CAN_READ');
      await ok('eve', 'POST', `${MLFLOW}/runs/search`, { experiment_ids: [id] });
      await refused('eve', 'POST', `${MLFLOW}/runs/set-tag`, { run_id: run, key: 'k', value: 'v' }, /Edit/);
      await permit(`experiments/${id}`, eve, 'CAN_EDIT');
      await ok('eve', 'POST', `${MLFLOW}/runs/set-tag`, { run_id: run, key: 'k', value: 'v' });
      // Who owns an experiment is not what its tag says.
      const tag = { experiment_id: id, key: 'mlflow.ownerEmail', value: EVE };
      await ok('eve', 'POST', `${MLFLOW}/experiments/set-experiment-tag`, tag);
      const body = { experiment_id: id, new_name: `/Users/${EVE}/exp` };
      await refused('eve', 'POST', `${MLFLOW}/experiments/update`, body, /Manage/);
      await permit(`experiments/${id}`, eve, 'CAN_MANAGE');
      await ok('eve', 'POST', `${MLFLOW}/experiments/update`, { ...body, new_name: `${HOME}/renamed` });
    });

    it('come also from the folder', async () => {
      const name = '/Shared/common';
      const { experiment_id } = await ok('ada', 'POST', `${MLFLOW}/experiments/create`, { name });
      await ok('eve', 'POST', `${MLFLOW}/runs/create`, { experiment_id });
    });
  });

  describe('of secret scopes', () => {
    it('let read, write, manage, in the words of the service', async () => {
      await ok('ada', 'POST', `${SECRETS}/scopes/create`, { scope: 'mine' });
      await ok('ada', 'POST', `${SECRETS}/put`, { scope: 'mine', key: 'k', string_value: 'v' });
      const get = `${SECRETS}/get?scope=mine&key=k`;
      const none = /^eve@example\.com does not have READ permission on scope mine to perform this action\.$/;
      await refused('eve', 'GET', get, undefined, none);
      await refused('eve', 'GET', `${SECRETS}/list?scope=mine`, undefined, none);
      await ok('ada', 'POST', `${SECRETS}/acls/put`, { scope: 'mine', principal: EVE, permission: 'READ' });
      await ok('eve', 'GET', get);
      await refused('eve', 'POST', `${SECRETS}/delete`, { scope: 'mine', key: 'k' }, /WRITE permission on scope mine/);
      await ok('ada', 'POST', `${SECRETS}/acls/put`, { scope: 'mine', principal: EVE, permission: 'WRITE' });
      await ok('eve', 'POST', `${SECRETS}/put`, { scope: 'mine', key: 'k', string_value: 'w' });
      await refused('eve', 'GET', `${SECRETS}/acls/list?scope=mine`, undefined, /MANAGE permission on scope mine/);
      assert.deepEqual(await ok('ada', 'GET', `${SECRETS}/acls/list?scope=mine`), {
        items: [
          { principal: ADA, permission: 'MANAGE' },
          { principal: EVE, permission: 'WRITE' },
        ],
      });
      assert.equal((await ok('ada', 'GET', `${SECRETS}/acls/get?scope=mine&principal=${EVE}`)).permission, 'WRITE');
      await ok('ada', 'POST', `${SECRETS}/acls/delete`, { scope: 'mine', principal: EVE });
      await refused('eve', 'GET', get, undefined, none);
      const gone = await as('ada', 'POST', `${SECRETS}/acls/delete`, { scope: 'mine', principal: EVE });
      assert.equal(gone.status, 404);
      const wrong = { scope: 'mine', principal: EVE, permission: 'SEE' };
      assert.equal((await as('ada', 'POST', `${SECRETS}/acls/put`, wrong)).status, 400);
      assert.equal((await as('eve', 'GET', `${SECRETS}/acls/list?scope=none`)).status, 404);
    });

    it('let everybody manage a scope that was made so, and read what the start gave', async () => {
      await ok('ada', 'POST', `${SECRETS}/scopes/create`, { scope: 'open', initial_manage_principal: 'users' });
      await ok('eve', 'POST', `${SECRETS}/scopes/delete`, { scope: 'open' });
      await ok('eve', 'GET', `${SECRETS}/get?scope=given&key=key`);
      await refused('eve', 'POST', `${SECRETS}/put`, { scope: 'given', key: 'k', string_value: 'v' }, /WRITE/);
      const vault = { scope: 'vault', scope_backend_type: 'AZURE_KEYVAULT' };
      assert.equal((await as('ada', 'POST', `${SECRETS}/scopes/create`, vault)).status, 501);
    });

    it('hold for what an endpoint is given', async () => {
      await ok('admin', 'POST', `${SECRETS}/scopes/create`, { scope: 'closed' });
      const served = { entity_name: 'x', environment_vars: { A: '{{secrets/closed/key}}' } };
      const body = { name: 'e', config: { served_entities: [served] } };
      await refused('ada', 'POST', '/api/2.0/serving-endpoints', body, /READ permission on scope closed/);
    });
  });

  it('of pipelines let view, run and manage', async () => {
    const { pipeline_id: id } = await ok('ada', 'POST', '/api/2.0/pipelines', { name: 'p', catalog: 'dev' });
    const at = `/api/2.0/pipelines/${id}`;
    const ci = { service_principal_name: CI };
    await refused(
      'ci',
      'GET',
      at,
      undefined,
      new RegExp(`^User ${CI} does not have View permissions on pipeline ${id}\\.$`),
    );
    await refused(
      'ci',
      'POST',
      `/api/2.0/pipelines/none/updates`,
      {},
      /does not have Run permissions on pipeline none\./,
    );
    assert.deepEqual(await ok('ci', 'GET', '/api/2.0/pipelines'), {});
    await permit(`pipelines/${id}`, ci, 'CAN_VIEW');
    await ok('ci', 'GET', `${at}/updates`);
    await refused('ci', 'POST', `${at}/updates`, {}, /Run permissions/);
    await permit(`pipelines/${id}`, ci, 'CAN_RUN');
    await ok('ci', 'POST', `${at}/updates`, {});
    await refused('ci', 'DELETE', at, undefined, /Manage permissions/);
    await permit(`pipelines/${id}`, ci, 'CAN_MANAGE');
    await ok('ci', 'DELETE', at);
  });

  it('of saved queries let view, edit and manage', async () => {
    const query = { display_name: 'q', query_text: 'SELECT 1' };
    const { id } = await ok('ada', 'POST', '/api/2.0/sql/queries', { query });
    const at = `/api/2.0/sql/queries/${id}`;
    await refused('eve', 'GET', at, undefined, /CAN VIEW permissions on query/);
    assert.deepEqual(await ok('eve', 'GET', '/api/2.0/sql/queries'), {});
    const change = { query: { query_text: 'SELECT 2' }, update_mask: 'query_text' };
    await permit(`queries/${id}`, { user_name: EVE }, 'CAN_RUN');
    await refused('eve', 'PATCH', at, change, /CAN EDIT permissions/);
    await permit(`queries/${id}`, { user_name: EVE }, 'CAN_EDIT');
    await ok('eve', 'PATCH', at, change);
    await refused('eve', 'DELETE', at, undefined, /CAN MANAGE permissions/);
  });

  describe('of saved queries', () => {
    const own = { display_name: 'q', query_text: 'SELECT 1' };
    const toEve = (update_mask: string) => ({ query: { owner_user_name: EVE }, update_mask });
    let at = '';
    beforeEach(async () => {
      const { id } = await ok('ada', 'POST', '/api/2.0/sql/queries', { query: own });
      at = `/api/2.0/sql/queries/${id}`;
      await permit(`queries/${id}`, { user_name: EVE }, 'CAN_EDIT');
    });

    it('let only those who manage one give it to somebody else', async () => {
      for (const mask of ['owner_user_name', 'query_text,owner_user_name', '*']) {
        await refused('eve', 'PATCH', at, toEve(mask), /CAN MANAGE permissions on query/);
      }
      assert.equal((await ok('ada', 'GET', at)).owner_user_name, ADA);
      await ok('ada', 'PATCH', at, toEve('owner_user_name'));
      assert.equal((await ok('ada', 'GET', at)).owner_user_name, EVE);
    });

    it('let administrators give one to somebody else', async () => {
      await ok('admin', 'PATCH', at, toEve('*'));
      assert.equal((await ok('admin', 'GET', at)).owner_user_name, EVE);
    });

    it('let those who edit one send its owner as it is', async () => {
      const query = { owner_user_name: ADA, query_text: 'SELECT 3' };
      const changed = await ok('eve', 'PATCH', at, { query, update_mask: '*' });
      assert.deepEqual(
        [changed.owner_user_name, changed.query_text, changed.last_modifier_user_name],
        [ADA, 'SELECT 3', EVE],
      );
    });

    it('hold on to what a query is and to when it was made, whatever the mask says', async () => {
      for (const query of [{ id: 'x' }, { create_time: 'then' }, { lifecycle_state: 'TRASHED' }]) {
        const reply = await as('ada', 'PATCH', at, { query, update_mask: '*' });
        assert.equal(reply.status, 400, reply.text);
        assert.match(reply.json.message, /The field '\w+' of a query cannot be changed/);
      }
      for (const nobody of [{}, null, '']) {
        const body = { query: { owner_user_name: nobody }, update_mask: 'owner_user_name' };
        assert.equal((await as('ada', 'PATCH', at, body)).status, 400);
      }
    });
  });
});
