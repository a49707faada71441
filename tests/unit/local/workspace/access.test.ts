import assert from 'node:assert/strict';
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

  it('opens the start page by a link that works once', async () => {
    assert.equal((await send(`${workspace.url}/`, 'GET', {})).status, 401);
    const first = await send(workspace.startPageUrl, 'GET', {});
    assert.equal(first.status, 303);
    assert.match(first.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Strict/);
    assert.equal((await send(workspace.startPageUrl, 'GET', {})).status, 403);
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
  it('have own tokens and ids, and a port of one is not the other', async () => {
    const { startWorkspaces } = await import('../../../../local/workspace/server');
    const first = await startTestWorkspace({ names: ['staging', 'prod'] });
    try {
      await assert.rejects(startWorkspaces({ data: first.data }), { code: 'DATA_FOLDER_IN_USE' });
    } finally {
      await first.stop();
    }
  });

  it('refuses names that cannot be folders, and a name twice', async () => {
    for (const names of [['../x'], ['a', 'a'], ['']]) {
      await assert.rejects(startTestWorkspace({ names }), { code: 'WORKSPACE_NAME_INVALID' });
    }
  });
});
