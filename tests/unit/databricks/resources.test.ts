import assert from 'node:assert/strict';
import { quoteName } from '../../../src/databricks/names';
import { lastAttempts } from '../../../src/databricks/runs';
import { createWorkspaceClient, type WorkspaceClient } from '../../../src/databricks/workspace-client';
import { HttpClient } from '../../../src/http/client';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../support/http-double';

describe('databricks resources', () => {
  let double: HttpDouble | undefined;
  afterEach(async () => {
    await double?.close();
    double = undefined;
  });

  async function workspace(
    answer: (request: Received, index: number) => Answer,
    signal?: AbortSignal,
  ): Promise<{ client: WorkspaceClient; server: HttpDouble }> {
    const server = await startDouble(answer);
    double = server;
    const http = new HttpClient({
      baseUrl: server.url,
      clock: new AutoClock(),
      random: () => 0,
      ...(signal && { signal }),
    });
    return { client: createWorkspaceClient(http), server };
  }

  const missing: Answer = { status: 404, json: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'gone' } };
  const forbidden: Answer = { status: 403, json: { error_code: 'PERMISSION_DENIED', message: 'not you' } };

  it('finds jobs of exactly one name on all pages and keeps 64-bit ids', async () => {
    const list = [
      '{"next_page_token":"2"}',
      '{"jobs":[{"job_id":9007199254740993,"settings":{"name":"train"}},{"job_id":8,"settings":{"name":"TRAIN"}}],"next_page_token":"3"}',
      '{"jobs":[{"job_id":9,"settings":{"name":"train"}}]}',
    ];
    const { client, server } = await workspace((_, index) => ({ body: list[index] ?? '{}' }));
    assert.deepEqual(
      (await client.jobs.listByName('train')).map((job) => job.job_id),
      ['9007199254740993', '9'],
    );
    assert.equal(server.received[1]?.url, '/api/2.2/jobs/list?name=train&limit=100&page_token=2');
  });

  it('merges the pages of a run and sends ids as numbers', async () => {
    const { client, server } = await workspace((request) => {
      if (request.url.includes('page_token=b')) {
        return { json: { run_id: 1, tasks: [{ run_id: 3, task_key: 'b' }], job_parameters: [] } };
      }
      return request.method === 'GET'
        ? {
            json: {
              run_id: 1,
              tasks: [{ run_id: 2, task_key: 'a' }],
              job_parameters: [{ name: 'p' }],
              next_page_token: 'b',
            },
          }
        : { body: '' };
    });
    const run = await client.runs.get('1');
    assert.deepEqual(
      run?.tasks?.map((task) => task.run_id),
      ['2', '3'],
    );
    assert.equal(run?.job_parameters?.length, 1);
    await client.runs.cancel('9007199254740993');
    assert.equal(server.received.at(-1)?.body, '{"run_id":9007199254740993}');
  });

  it('repeats a start only with an idempotency token', async () => {
    const { client, server } = await workspace((_, index) =>
      index === 0 || index === 2 ? { raw: (response) => response.destroy() } : { json: { run_id: 7 } },
    );
    assert.equal(await client.runs.runNow('5', { idempotency_token: 'k-1' }), '7');
    assert.deepEqual(
      server.received.map((request) => request.body),
      Array(2).fill('{"idempotency_token":"k-1","job_id":5}'),
    );
    await assert.rejects(client.runs.submit({ run_name: 'x' }), { code: 'CONNECTION_LOST' });
    assert.equal(server.received.length, 3);
  });

  it('takes only a definite not-found for "there is none"', async () => {
    const reads: ((client: WorkspaceClient) => Promise<unknown>)[] = [
      (client) => client.jobs.get('1'),
      (client) => client.runs.get('1'),
      (client) => client.mlflowRuns.get('r'),
      (client) => client.experiments.getByName('/e'),
      (client) => client.loggedModels.get('m-1'),
      (client) => client.registeredModels.get('a.b.c'),
      (client) => client.registeredModels.versionByAlias('a.b.c', 'champion'),
      (client) => client.modelVersions.get('a.b.c', '1'),
      (client) => client.servingEndpoints.get('e'),
      (client) => client.warehouses.get('w'),
      (client) => client.files.download('/Volumes/a/b/c/f'),
      (client) => client.workspaceFiles.status('/Shared'),
      (client) => client.workspaceFiles.read('/Shared/f'),
    ];
    let next = missing;
    const { client } = await workspace(() => next);
    for (const read of reads) {
      next = missing;
      assert.equal(await read(client), undefined, String(read));
      next = forbidden;
      await assert.rejects(read(client), { code: 'PERMISSION_DENIED' }, String(read));
      next = { status: 404, body: '<html>no such page</html>' };
      await assert.rejects(read(client), { status: 404 }, String(read));
    }
  });

  it('does not send an alias twice, and deletes what is already gone without complaint', async () => {
    const { client, server } = await workspace((_, index) =>
      index === 0 ? { raw: (response) => response.destroy() } : missing,
    );
    await assert.rejects(client.registeredModels.setAlias('a.b.c', 'champion', '2'), { code: 'CONNECTION_LOST' });
    assert.equal(server.received.length, 1);
    await client.registeredModels.deleteAlias('a.b.c', 'challenger');
    assert.deepEqual(
      server.received.map((request) => [request.method, request.body]),
      [
        ['POST', '{"name":"a.b.c","alias":"champion","version":"2"}'],
        ['DELETE', '{"name":"a.b.c","alias":"challenger"}'],
      ],
    );
  });

  it('says who is signed in and where', async () => {
    const { client } = await workspace(() => ({
      headers: { 'x-databricks-org-id': '1234567890123456' },
      json: { id: '1', userName: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', displayName: 'ci', active: true },
    }));
    const me = await client.identity.current();
    assert.deepEqual([me.kind, me.workspaceId], ['servicePrincipal', '1234567890123456']);
  });

  it('names the served entity that answered', async () => {
    const { client, server } = await workspace(() => ({
      headers: { 'served-model-name': 'm-3' },
      json: { predictions: [1] },
    }));
    const answer = await client.servingEndpoints.query('e', { inputs: [1] });
    assert.deepEqual(answer, { body: { predictions: [1] }, servedModelName: 'm-3' });
    assert.equal(server.received[0]?.url, '/serving-endpoints/e/invocations');
  });

  it('writes a workspace file, replacing what is there, whatever the service says of it', async () => {
    const { client, server } = await workspace((_, index) => ({ body: index === 0 ? '{}' : '' }));
    await client.workspaceFiles.write('/Shared/a b', Buffer.from('x'));
    await client.workspaceFiles.write('/Shared/a b', Buffer.from('x'));
    assert.equal(server.received[0]?.url, '/api/2.0/workspace-files/import-file/Shared/a%20b?overwrite=true');
  });

  it('does not take a page with status 200 for a file that was written or read', async () => {
    const { client } = await workspace(() => ({
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<html><title>Sign in</title></html>',
    }));
    for (const call of [
      () => client.workspaceFiles.write('/Shared/train.py', Buffer.from('x')),
      () => client.workspaceFiles.read('/Shared/train.py'),
      () => client.files.upload('/Volumes/a/b/c/train.py', Buffer.from('x')),
      () => client.files.download('/Volumes/a/b/c/train.py'),
    ]) {
      await assert.rejects(call, { code: 'ANSWER_NOT_JSON' });
    }
  });

  it('takes the last attempt of each task', () => {
    const tasks = [
      { run_id: '1', task_key: 'a', attempt_number: 0 },
      { run_id: '2', task_key: 'b' },
      { run_id: '3', task_key: 'a', attempt_number: 1 },
    ];
    assert.deepEqual(
      lastAttempts(tasks).map((task) => task.run_id),
      ['3', '2'],
    );
  });

  it('quotes names for SQL', () => {
    assert.equal(quoteName('a.b`c.d'), '`a`.`b``c`.`d`');
  });
});
