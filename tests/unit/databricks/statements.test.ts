import assert from 'node:assert/strict';
import type { Clock } from '../../../src/clock';
import type { StatementRequest } from '../../../src/databricks/statements';
import { createWorkspaceClient, type WorkspaceClient } from '../../../src/databricks/workspace-client';
import { HttpClient } from '../../../src/http/client';
import { collect } from '../../../src/http/paging';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../support/http-double';
import { VirtualClock } from '../../support/virtual-clock';

describe('statements', () => {
  const doubles: HttpDouble[] = [];
  const warnings: string[] = [];
  afterEach(async () => {
    await Promise.all(doubles.splice(0).map((double) => double.close()));
    warnings.length = 0;
  });

  async function double(answer: (request: Received, index: number) => Answer | Promise<Answer>): Promise<HttpDouble> {
    const server = await startDouble(answer);
    doubles.push(server);
    return server;
  }

  async function workspace(
    answer: (request: Received, index: number) => Answer | Promise<Answer>,
    signal?: AbortSignal,
    clock: Clock = new AutoClock(),
  ): Promise<{ client: WorkspaceClient; server: HttpDouble }> {
    const server = await double(answer);
    const credentials = {
      refreshable: false,
      headers: async () => ({ Authorization: 'Bearer secret' }),
      invalidate: () => assert.fail('nothing refused the token'),
    };
    const http = new HttpClient({
      baseUrl: server.url,
      clock,
      random: () => 0,
      credentials,
      warn: (line, code) => warnings.push(`${code}: ${line}`),
      ...(signal && { signal }),
    });
    return { client: createWorkspaceClient(http), server };
  }

  const SELECT: StatementRequest = { statement: 'SELECT 1', warehouseId: 'w' };
  const READ: StatementRequest = { ...SELECT, repeatable: true };
  const succeeded = (result: object, total?: number) => ({
    statement_id: 's1',
    status: { state: 'SUCCEEDED' },
    manifest: total === undefined ? {} : { total_row_count: total },
    result,
  });
  const lost: Answer = { raw: (response) => response.destroy() };

  it('polls a statement, reads its chunks and binds parameters', async () => {
    const answers: Record<string, unknown> = {
      '/api/2.0/sql/statements': { statement_id: 's1', status: { state: 'PENDING' } },
      '/api/2.0/sql/statements/s1': {
        statement_id: 's1',
        status: { state: 'SUCCEEDED' },
        manifest: { schema: { columns: [{ name: 'x' }] }, total_row_count: 3 },
        result: { data_array: [['1'], [null]], next_chunk_index: 1 },
      },
      '/api/2.0/sql/statements/s1/result/chunks/1': { data_array: [['3']] },
    };
    const { client, server } = await workspace((request) => ({ json: answers[request.url] }));
    const parameters = [{ name: 'v', value: "o'hara", type: 'STRING' }];
    const result = await client.statements.execute({ statement: 'SELECT :v', warehouseId: 'w', parameters });
    assert.deepEqual(await collect(result.rows()), [['1'], [null], ['3']]);
    const sent = JSON.parse(server.received[0]?.body ?? '') as Record<string, unknown>;
    assert.deepEqual([sent.wait_timeout, sent.parameters], ['0s', parameters]);
  });

  it('fails on a failed statement and on rows that are missing', async () => {
    let answer: unknown = {
      statement_id: 's',
      status: { state: 'FAILED', error: { error_code: 'BAD_REQUEST', message: 'no table' }, sql_state: '42P01' },
    };
    const { client } = await workspace(() => ({ json: answer }));
    const execute = () => client.statements.execute({ statement: 'SELECT 1', warehouseId: 'w' });
    await assert.rejects(execute(), { code: 'STATEMENT_FAILED', message: /no table/ });
    answer = {
      statement_id: 's',
      status: { state: 'SUCCEEDED' },
      manifest: { total_row_count: 2 },
      result: { data_array: [['1']] },
    };
    await assert.rejects(collect((await execute()).rows()), { code: 'STATEMENT_INCOMPLETE' });
  });

  for (const [request, times] of [
    [READ, 2],
    [SELECT, 1],
    [{ ...SELECT, statement: 'INSERT INTO t VALUES (1)' }, 1],
  ] as const) {
    it(`sends ${request.statement} ${times === 1 ? 'once' : 'again'} when the answer to it is lost (repeatable: ${String(request.repeatable ?? false)})`, async () => {
      const { client, server } = await workspace((_, index) =>
        index === 0 ? lost : { json: succeeded({ data_array: [['1']] }) },
      );
      const executed = client.statements.execute(request);
      if (times === 1) {
        await assert.rejects(executed, { code: 'CONNECTION_LOST' });
      } else {
        assert.deepEqual(await collect((await executed).rows()), [['1']]);
      }
      assert.equal(server.received.length, times);
    });
  }

  it('reads a result that is too large inline by links, without its token', async () => {
    const storage = await double(({ url }) => ({
      json:
        url === '/r/0?sig=a'
          ? [
              ['1', null],
              ['2', 'x'],
            ]
          : [['3', 'y']],
    }));
    const link = (index: number) => ({
      external_links: [
        {
          external_link: `${storage.url}/r/${index}?sig=${index === 0 ? 'a' : 'b'}`,
          http_headers: { 'x-key': 'k' },
          ...(index === 0 ? { next_chunk_index: 1 } : {}),
        },
      ],
    });
    const { client, server } = await workspace(({ method, url, body }) => {
      if (method === 'GET') {
        return { json: link(Number(url.split('/').at(-1))) };
      }
      const { disposition } = JSON.parse(body) as { disposition: string };
      return disposition === 'INLINE'
        ? {
            json: {
              statement_id: 's0',
              status: { state: 'FAILED', error: { message: 'Inline byte limit exceeded. …' } },
            },
          }
        : { json: succeeded(link(0), 3) };
    });
    const result = await client.statements.execute(READ);
    assert.deepEqual(await collect(result.rows()), [
      ['1', null],
      ['2', 'x'],
      ['3', 'y'],
    ]);
    assert.deepEqual(
      server.received.map(({ url }) => url),
      ['/api/2.0/sql/statements', '/api/2.0/sql/statements', '/api/2.0/sql/statements/s1/result/chunks/1'],
    );
    assert.deepEqual(
      storage.received.map(({ url, headers }) => [url, headers.authorization, headers['x-key']]),
      [
        ['/r/0?sig=a', undefined, 'k'],
        ['/r/1?sig=b', undefined, 'k'],
      ],
    );
    await assert.rejects(client.statements.execute(SELECT), { code: 'STATEMENT_FAILED' });
  });

  it('asks for a link anew when it has run out, once', async () => {
    const storage = await double(({ url }) => (url === '/new' ? { json: [['1']] } : { status: 403, body: '<Error/>' }));
    let renewed = '/new';
    const { client, server } = await workspace(({ method }) =>
      method === 'GET'
        ? { json: { external_links: [{ external_link: `${storage.url}${renewed}` }] } }
        : { json: succeeded({ chunk_index: 0, external_links: [{ external_link: `${storage.url}/old` }] }, 1) },
    );
    const rows = async () => collect((await client.statements.execute(READ)).rows());
    assert.deepEqual(await rows(), [['1']]);
    assert.equal(server.received.at(-1)?.url, '/api/2.0/sql/statements/s1/result/chunks/0');
    renewed = '/older';
    await assert.rejects(rows(), { status: 403 });
  });

  it('says that a result is gone, whether the statement is closed or its chunk', async () => {
    let answer: object = { statement_id: 's1', status: { state: 'CLOSED' } };
    const { client } = await workspace(({ method }) =>
      method === 'GET' ? { status: 404, json: { error_code: 'NOT_FOUND', message: 'gone' } } : { json: answer },
    );
    await assert.rejects(client.statements.execute(READ), { code: 'STATEMENT_CLOSED' });
    answer = succeeded({ data_array: [['1']], next_chunk_index: 1 }, 2);
    await assert.rejects(collect((await client.statements.execute(READ)).rows()), { code: 'STATEMENT_CLOSED' });
  });

  it('waits for the id of a statement that is on its way when the step is cancelled, and cancels it', async () => {
    const stop = new AbortController();
    const { client, server } = await workspace(
      () => {
        stop.abort(new Error('canceled'));
        return { json: { statement_id: 's1', status: { state: 'PENDING' } } };
      },
      stop.signal,
      new VirtualClock(0),
    );
    await assert.rejects(client.statements.execute(SELECT), /canceled/);
    assert.deepEqual(
      server.received.map(({ url }) => url),
      ['/api/2.0/sql/statements', '/api/2.0/sql/statements/s1/cancel'],
    );
  });

  it('does not wait longer than a little for that id, and sends nothing when the step was cancelled before', async () => {
    const stop = new AbortController();
    const never: Answer = { raw: () => undefined };
    const { client, server } = await workspace(() => {
      stop.abort(new Error('canceled'));
      return never;
    }, stop.signal);
    await assert.rejects(client.statements.execute(SELECT), /canceled/);
    await assert.rejects(client.statements.execute(SELECT), /canceled/);
    assert.equal(server.received.length, 1);
  });

  it('cancels its statement when the step is cancelled', async () => {
    const stop = new AbortController();
    const { client, server } = await workspace((request) => {
      if (request.method === 'GET') {
        stop.abort(new Error('canceled'));
      }
      return { json: { statement_id: 's1', status: { state: 'RUNNING' } } };
    }, stop.signal);
    await assert.rejects(client.statements.execute({ statement: 'SELECT 1', warehouseId: 'w' }), /canceled/);
    assert.equal(server.received.at(-1)?.url, '/api/2.0/sql/statements/s1/cancel');
  });

  const REFUSED = { status: 403, json: { error_code: 'PERMISSION_DENIED', message: 'not yours' } };
  const mayStillRun = /^CANCEL_INCOMPLETE: Statement s1 could not be cancelled and may still run: .*not yours/;

  it('says that its time is over also where it cannot be cancelled, and warns of that', async () => {
    const { client } = await workspace(({ url }) =>
      url.endsWith('/cancel') ? REFUSED : { json: { statement_id: 's1', status: { state: 'RUNNING' } } },
    );
    await assert.rejects(client.statements.execute({ ...SELECT, limitMs: 1_000 }), { code: 'STATEMENT_TIMEOUT' });
    assert.match(warnings.join('\n'), mayStillRun);
    assert.equal(warnings.length, 1);
  });

  it('warns of a statement that goes on although the step is cancelled', async () => {
    const stop = new AbortController();
    const { client } = await workspace((request) => {
      if (request.url.endsWith('/cancel')) {
        return REFUSED;
      }
      if (request.method === 'GET') {
        stop.abort(new Error('canceled'));
      }
      return { json: { statement_id: 's1', status: { state: 'RUNNING' } } };
    }, stop.signal);
    await assert.rejects(client.statements.execute(SELECT), /canceled/);
    assert.match(warnings.join('\n'), mayStillRun);
    assert.equal(warnings.length, 1);
  });
});
