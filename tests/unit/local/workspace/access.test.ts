import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startWorkspaces } from '../../../../local/workspace/server';
import { rawStatus, send, startTestWorkspace, type TestWorkspace } from '../../../support/local-workspace';
import { VirtualClock } from '../../../support/virtual-clock';

const me = '/api/2.0/preview/scim/v2/Me';

describe('access to a workspace', () => {
  let workspace: TestWorkspace;
  const clock = new VirtualClock();

  before(async () => {
    workspace = await startTestWorkspace({ clock });
  });
  after(() => workspace.stop());

  it('tells who the token belongs to, with the workspace id on the reply', async () => {
    const reply = await workspace.call('GET', me);
    assert.equal(reply.status, 200);
    assert.match(String(reply.json.userName), /@localhost$/);
    assert.equal(reply.headers.get('x-databricks-org-id'), workspace.id);
    assert.match(workspace.id, /^[1-9]\d{15}$/);
  });

  it('wants a token on every path, and one that it issued', async () => {
    const without = await send(workspace.url + me, 'GET', {});
    assert.equal(without.status, 401);
    assert.equal(without.json.error_code, 401);
    assert.match(String(without.json.message), /^Credential was not sent/);
    const wrong = await send(workspace.url + me, 'GET', { authorization: 'Bearer dapi0' });
    assert.equal(wrong.status, 403);
    assert.equal(wrong.json.message, 'Invalid access token.');
    assert.equal((await send(`${workspace.url}/api/none`, 'GET', {})).status, 401);
  });

  it('says which path it does not know', async () => {
    const reply = await workspace.call('GET', '/api/2.0/clusters/list?x=1');
    assert.equal(reply.status, 501);
    assert.equal(reply.json.error_code, 'NOT_IMPLEMENTED');
    assert.match(String(reply.json.message), /GET \/api\/2\.0\/clusters\/list/);
    assert.equal(reply.headers.get('x-databricks-org-id'), workspace.id);
  });

  it('refuses a foreign Host and a foreign Origin, whatever the token', async () => {
    const authorization = `Bearer ${workspace.token}`;
    const { port } = new URL(workspace.url);
    assert.equal(await rawStatus(workspace.url, me, { authorization }), 200);
    assert.equal(await rawStatus(workspace.url, me, { authorization, host: `localhost:${port}` }), 200);
    for (const host of ['rebound.example', `rebound.example:${port}`, '127.0.0.1:1', `127.0.0.1.example:${port}`]) {
      assert.equal(await rawStatus(workspace.url, me, { authorization, host }), 403, host);
    }
    assert.equal(await rawStatus(workspace.url, me, { authorization, origin: workspace.url }), 200);
    for (const origin of ['null', 'http://rebound.example', `http://127.0.0.1:1`]) {
      assert.equal(await rawStatus(workspace.url, me, { authorization, origin }), 403, origin);
    }
  });

  it('refuses paths that climb', async () => {
    const authorization = `Bearer ${workspace.token}`;
    assert.equal(await rawStatus(workspace.url, '/api/2.0/../secret', { authorization }), 400);
    assert.equal(await rawStatus(workspace.url, '/api/2.0/%2e%2e/secret', { authorization }), 400);
  });

  it('opens the start page by its link, on this machine again and again', async () => {
    assert.equal((await send(`${workspace.url}/`, 'GET', {})).status, 401);
    const first = await send(workspace.startPageUrl, 'GET', {});
    assert.equal(first.status, 303);
    assert.match(first.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Strict/);
    const again = await send(workspace.startPageUrl, 'GET', {});
    assert.equal(again.status, 303);
    assert.notEqual(again.headers.get('set-cookie'), first.headers.get('set-cookie'), 'each has a session of its own');
    assert.equal((await send(workspace.startPageUrl.replace(/.$/, '_'), 'GET', {})).status, 403);
    assert.equal((await send(`${workspace.url}/start`, 'GET', {})).status, 403);
  });

  it('describes its OAuth endpoints without a token', async () => {
    const server = await send(`${workspace.url}/oidc/.well-known/oauth-authorization-server`, 'GET', {});
    assert.equal(server.json.token_endpoint, `${workspace.url}/oidc/v1/token`);
    const config = await send(`${workspace.url}/.well-known/databricks-config`, 'GET', {});
    assert.deepEqual(config.json, {
      oidc_endpoint: `${workspace.url}/oidc`,
      workspace_id: workspace.id,
      cloud: 'Azure',
    });
  });
});

describe('two workspaces of one process', () => {
  it('share the metastore and nothing else', async () => {
    const first = await startTestWorkspace({ names: ['staging', 'prod'] });
    const [staging, prod] = first.all;
    assert.ok(staging !== undefined && prod !== undefined);
    try {
      assert.notEqual(staging.id, prod.id);
      const as = (token: string) => ({ authorization: `Bearer ${token}` });
      assert.equal((await send(prod.url + me, 'GET', as(staging.token))).status, 403);
      const job = { name: 'only-here', tasks: [{ task_key: 'a', notebook_task: { notebook_path: '/n' } }] };
      await send(`${staging.url}/api/2.2/jobs/create`, 'POST', as(staging.token), job);
      assert.deepEqual((await send(`${prod.url}/api/2.2/jobs/list`, 'GET', as(prod.token))).json, { has_more: false });
      await send(`${staging.url}/api/2.1/unity-catalog/catalogs`, 'POST', as(staging.token), {
        name: 'shared_catalog',
      });
      const seen = await send(`${prod.url}/api/2.1/unity-catalog/catalogs/shared_catalog`, 'GET', as(prod.token));
      assert.equal(seen.json.name, 'shared_catalog');
    } finally {
      await first.stop();
    }
  });

  it('refuse a data folder that is in use, a port that is in use, and names that cannot be folders', async () => {
    const first = await startTestWorkspace();
    const data = mkdtempSync(path.join(tmpdir(), 'workspace-'));
    try {
      await assert.rejects(startWorkspaces({ data: first.data }), { code: 'DATA_FOLDER_IN_USE' });
      const port = Number(new URL(first.url).port);
      await assert.rejects(startWorkspaces({ data, port }), { code: 'PORT_IN_USE' });
      for (const names of [['../x'], ['a', 'a'], ['']]) {
        await assert.rejects(startWorkspaces({ data, names }), { code: 'WORKSPACE_NAME_INVALID' });
      }
      const second = await startTestWorkspace({ data, token: 'chosen-by-the-caller' });
      assert.equal(second.token, 'chosen-by-the-caller');
      assert.equal((await second.call('GET', me)).status, 200, 'what failed left the folder free');
      await second.stop();
    } finally {
      await first.stop();
    }
  });
});
