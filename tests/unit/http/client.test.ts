import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { HttpClient, type HttpClientOptions } from '../../../src/http/client';
import { ApiError, ConnectionError } from '../../../src/http/errors';
import type { Credentials } from '../../../src/http/request';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../support/http-double';

describe('HttpClient', () => {
  let double: HttpDouble | undefined;

  afterEach(async () => {
    await double?.close();
    double = undefined;
  });

  async function client(
    answer: (request: Received, index: number) => Answer,
    options: Partial<HttpClientOptions> = {},
  ): Promise<{ http: HttpClient; server: HttpDouble; clock: AutoClock }> {
    double = await startDouble(answer);
    const clock = new AutoClock();
    return { http: new HttpClient({ baseUrl: double.url, clock, random: () => 0, ...options }), server: double, clock };
  }

  const failure = async (promise: Promise<unknown>): Promise<ApiError | ConnectionError> => {
    try {
      await promise;
    } catch (error) {
      assert.ok(error instanceof ApiError || error instanceof ConnectionError, String(error));
      return error;
    }
    return assert.fail('it did not fail');
  };

  it('sends query, JSON body and user agent, and keeps 64-bit ids both ways', async () => {
    const { integerId } = await import('../../../src/json');
    const { http, server } = await client(() => ({ body: '{"run_id":9007199254740993,"small":7}' }), {
      userAgent: 'databricks-mlops/1.2.3 (Test)',
    });
    const answer = await http.json({
      method: 'POST',
      path: '/api/x',
      query: { a: 'b c', none: undefined, many: [1, 2] },
      body: { job_id: integerId('9007199254740995') },
    });
    assert.deepEqual(answer, { run_id: '9007199254740993', small: 7 });
    assert.equal(server.received[0]?.url, '/api/x?a=b+c&many=1&many=2');
    assert.equal(server.received[0]?.body, '{"job_id":9007199254740995}');
    assert.equal(server.received[0]?.headers['user-agent'], 'databricks-mlops/1.2.3 (Test)');
    assert.equal(server.received[0]?.headers['content-type'], 'application/json');
  });

  it('repeats 429 and 503 for a POST and honours Retry-After', async () => {
    const answers: Answer[] = [
      { status: 429, headers: { 'retry-after': '7' }, json: { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'slow' } },
      { status: 503, json: { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'later' } },
      { json: { ok: true } },
    ];
    const { http, server, clock } = await client((_, index) => answers[index] ?? { status: 500 });
    assert.deepEqual(await http.json({ method: 'POST', path: '/p', body: {} }), { ok: true });
    assert.equal(server.received.length, 3);
    assert.deepEqual(clock.waits, [7_000, 1_000]);
  });

  it('takes a Retry-After of 0 for no answer: it never asks without a wait', async () => {
    const { http, server, clock } = await client(
      () => ({ status: 503, headers: { 'retry-after': '0' }, json: { message: 'no' } }),
      { deadlineMs: 10_000 },
    );
    assert.equal((await failure(http.json({ method: 'GET', path: '/p' }))).code, 'UNAVAILABLE');
    assert.deepEqual(clock.waits, [500, 1_000, 2_000, 4_000]);
    assert.equal(server.received.length, 5);
  });

  it('caps Retry-After and stops at the deadline with the error of the service', async () => {
    const { http, server, clock } = await client(
      () => ({ status: 429, headers: { 'retry-after': '100000' }, json: { message: 'no' } }),
      { deadlineMs: 300_000 },
    );
    const error = await failure(http.json({ method: 'GET', path: '/p' }));
    assert.equal(error.code, 'THROTTLED');
    assert.deepEqual(clock.waits, [120_000, 120_000]);
    assert.equal(server.received.length, 3);
  });

  it('gives all requests of a client one time together, and each that begins later a second', async () => {
    const { http, server, clock } = await client(() => ({ status: 503, json: { message: 'no' } }));
    const bounded = http.within(10_000).withSignal(undefined);
    assert.equal((await failure(bounded.json({ method: 'GET', path: '/p' }))).code, 'UNAVAILABLE');
    assert.deepEqual(clock.waits, [500, 1_000, 2_000, 4_000]);
    assert.equal((await failure(bounded.json({ method: 'GET', path: '/p' }))).code, 'UNAVAILABLE');
    clock.advance(60_000);
    assert.equal((await failure(bounded.json({ method: 'GET', path: '/p' }))).code, 'UNAVAILABLE');
    assert.equal(server.received.length, 5 + 3 + 1);
  });

  it('begins no attempt with less than a second left: the answer of the service stands, and no time-out', async () => {
    const { http, server, clock } = await client(() => ({ status: 503, json: { message: 'no' } }), {
      deadlineMs: 1_501,
    });
    assert.equal((await failure(http.json({ method: 'GET', path: '/p' }))).code, 'UNAVAILABLE');
    assert.deepEqual(clock.waits, [500]);
    assert.equal(server.received.length, 2);
  });

  it('gives an attempt a second where signing in has left less', async () => {
    const late = new AutoClock();
    const credentials: Credentials = {
      refreshable: true,
      headers: async () => {
        late.advance(299_999);
        return { Authorization: 'Bearer late' };
      },
      invalidate: () => undefined,
    };
    const { http } = await client(() => ({ json: { done: true } }), { credentials, clock: late });
    assert.deepEqual(await http.json({ method: 'GET', path: '/p' }), { done: true });
  });

  it('gives requests that are part of others no more time than those have', async () => {
    const { http, clock } = await client(() => ({ status: 503, json: { message: 'no' } }));
    const start = clock.now();
    await failure(http.within(5_000).within(60_000).json({ method: 'GET', path: '/p' }));
    assert.ok(clock.now() - start < 5_000, `${clock.now() - start} ms`);
  });

  it('never repeats a POST after 500, a lost answer or a cut answer', async () => {
    const faults: readonly [Answer, string][] = [
      [{ status: 500, json: { error_code: 'INTERNAL_ERROR', message: 'x' } }, 'SERVER_ERROR'],
      [{ raw: (response) => response.destroy() }, 'CONNECTION_LOST'],
      [
        {
          raw: (response) =>
            void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
        },
        'ANSWER_INCOMPLETE',
      ],
      [{ body: '{"run_id": 1' }, 'ANSWER_INCOMPLETE'],
      [{ body: '' }, 'ANSWER_INCOMPLETE'],
    ];
    for (const [answer, code] of faults) {
      const { http, server } = await client(() => answer);
      assert.equal((await failure(http.json({ method: 'POST', path: '/p', body: {} }))).code, code);
      assert.equal(server.received.length, 1, code);
      await server.close();
      double = undefined;
    }
  });

  it('repeats idempotent requests after faults, with doubling waits, five times at most', async () => {
    const { http, server, clock } = await client((_, index) =>
      index % 2 === 0
        ? { status: 502, body: '<html><title>Bad gateway</title></html>' }
        : { raw: (response) => response.destroy() },
    );
    const error = await failure(http.json({ method: 'PUT', path: '/p', body: {}, idempotent: true }));
    assert.equal(error.code, 'SERVER_ERROR');
    assert.equal(server.received.length, 5);
    assert.deepEqual(clock.waits, [500, 1_000, 2_000, 4_000]);
    assert.match(error.message, /Bad gateway/);
  });

  it('ends an attempt that gets no answer and says so', async () => {
    const { http } = await client(() => ({ raw: () => undefined }), { attemptMs: 30 });
    const error = await failure(http.json({ method: 'POST', path: '/slow', body: {} }));
    assert.equal(error.code, 'CONNECTION_LOST');
    assert.equal(error instanceof ConnectionError && error.outcomeUnknown, true);
  });

  it('retries a refused connection also for a POST, then says that nothing was sent', async () => {
    const { http, server, clock } = await client(() => ({ json: {} }));
    await server.close();
    double = undefined;
    const error = await failure(http.json({ method: 'POST', path: '/p', body: {} }));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.equal(error instanceof ConnectionError && error.outcomeUnknown, false);
    assert.equal(clock.waits.length, 4);
  });

  it('refuses pages, text, redirects and the private-link login in place of JSON', async () => {
    const cases: readonly [Answer, string][] = [
      [{ body: '<!doctype html><html>login</html>' }, 'ANSWER_NOT_JSON'],
      [{ body: 'OK' }, 'ANSWER_NOT_JSON'],
      [{ status: 302, headers: { location: 'https://login.example/?x' } }, 'ANSWER_NOT_JSON'],
      [
        { status: 302, headers: { location: '/login.html?error=private-link-validation-error' } },
        'PRIVATE_LINK_VALIDATION_ERROR',
      ],
      [{ body: '<html>private-link-validation-error</html>' }, 'PRIVATE_LINK_VALIDATION_ERROR'],
    ];
    for (const [answer, code] of cases) {
      const { http, server } = await client(() => answer);
      assert.equal((await failure(http.json({ method: 'GET', path: '/p' }))).code, code);
      assert.equal(server.received.length, 1);
      await server.close();
      double = undefined;
    }
  });

  it('reads compressed answers and finds a compressed answer that breaks off', async () => {
    const whole = gzipSync(JSON.stringify({ text: 'x'.repeat(5_000) }));
    const { http } = await client((_, index) => ({
      headers: { 'content-encoding': 'gzip' },
      body: index === 0 ? whole : whole.subarray(0, whole.length - 12),
    }));
    assert.equal((await http.json<{ text: string }>({ method: 'GET', path: '/p' })).text.length, 5_000);
    const error = await failure(http.json({ method: 'POST', path: '/p' }));
    assert.equal(error.code, 'ANSWER_INCOMPLETE');
  });

  it('accepts an empty body only where the caller does', async () => {
    const { http } = await client(() => ({ body: '' }));
    assert.deepEqual(await http.json({ method: 'POST', path: '/p', body: {}, acceptEmpty: true }), {});
  });

  it('refreshes a refused credential once', async () => {
    let generation = 1;
    const credentials: Credentials = {
      refreshable: true,
      headers: async () => ({ Authorization: `Bearer t${generation}` }),
      invalidate: () => {
        generation++;
      },
    };
    const refused: Answer = { status: 401, json: { error_code: 'UNAUTHENTICATED', message: 'expired' } };
    const first = await client(
      (request) => (request.headers.authorization === 'Bearer t2' ? { json: { ok: 1 } } : refused),
      {
        credentials,
      },
    );
    assert.deepEqual(await first.http.json({ method: 'POST', path: '/p', body: {} }), { ok: 1 });
    assert.equal(first.server.received.length, 2);
    await first.server.close();
    const second = await client(() => refused, { credentials });
    assert.equal((await failure(second.http.json({ method: 'GET', path: '/p' }))).code, 'UNAUTHENTICATED');
    assert.equal(second.server.received.length, 2);
  });

  it('waits for a token no longer than the request has time, names who gives it, and sends nothing', async () => {
    const hanging: Credentials = {
      refreshable: true,
      issuer: 'The issuer (login.example.com)',
      headers: () => new Promise(() => undefined),
      invalidate: () => undefined,
    };
    const { http, server } = await client(() => ({ json: {} }), { credentials: hanging });
    await assert.rejects(http.json({ method: 'POST', path: '/p', body: {}, deadlineMs: 20 }), {
      code: 'SIGN_IN_TIMEOUT',
      sentences: /^The issuer \(login\.example\.com\) gave no token within 1 s\..*POST .*\/p, was not sent\./s,
    });
    assert.equal(server.received.length, 0);
  });

  it('sends nothing with a token that came when the time of the request was over', async () => {
    const late = new AutoClock();
    const credentials: Credentials = {
      refreshable: true,
      headers: async () => {
        late.advance(300_000);
        return { Authorization: 'Bearer late' };
      },
      invalidate: () => undefined,
    };
    const { http, server } = await client(() => ({ json: {} }), { credentials, clock: late });
    await assert.rejects(http.json({ method: 'GET', path: '/p' }), { code: 'SIGN_IN_TIMEOUT' });
    assert.equal(server.received.length, 0);
  });

  it('refreshes also for a refusal as 403, and not for a missing right', async () => {
    let refreshes = 0;
    const credentials: Credentials = {
      refreshable: true,
      headers: async () => ({ Authorization: `Bearer t${refreshes}` }),
      invalidate: (refused) => {
        assert.deepEqual(refused, { Authorization: 'Bearer t0' });
        refreshes++;
      },
    };
    const said = (message: string): Answer => ({ status: 403, json: { error_code: 403, message } });
    const first = await client(
      (request) =>
        request.headers.authorization === 'Bearer t1' ? { json: { ok: 1 } } : said('Invalid access token.'),
      { credentials },
    );
    assert.deepEqual(await first.http.json({ method: 'POST', path: '/p', body: {} }), { ok: 1 });
    await first.server.close();
    const second = await client(() => said('User has no right.'), { credentials });
    assert.equal((await failure(second.http.json({ method: 'POST', path: '/p' }))).code, 'PERMISSION_DENIED');
    assert.equal(second.server.received.length, 1);
    assert.equal(refreshes, 1);
  });

  it('ends an answer that stops coming, also when it is read as a stream', async () => {
    const half: Answer = {
      raw: (response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('half');
      },
    };
    const { text } = await import('node:stream/consumers');
    const { http } = await client(() => half, { attemptMs: 50 });
    const answer = await http.request({ method: 'GET', path: '/f' }, 'stream');
    await assert.rejects(text(answer.body));
  });

  it('sends an upload again from its beginning and streams an answer', async () => {
    const { Readable } = await import('node:stream');
    const { http, server } = await client((_, index) => (index === 0 ? { status: 503 } : { body: 'stored' }));
    const upload = { length: 5, open: () => Readable.from([Buffer.from('he'), Buffer.from('llo')]) };
    const answer = await http.request({ method: 'PUT', path: '/f', upload, idempotent: true }, 'stream');
    const { text } = await import('node:stream/consumers');
    assert.equal(await text(answer.body), 'stored');
    assert.deepEqual(
      server.received.map((request) => request.body),
      ['hello', 'hello'],
    );
    assert.equal(server.received[1]?.headers['content-length'], '5');
  });

  it('stops at once when its signal aborts, and a client without the signal still sends', async () => {
    const stop = new AbortController();
    const { http, server } = await client(() => {
      stop.abort(new Error('canceled'));
      return { status: 503 };
    });
    await assert.rejects(http.withSignal(stop.signal).json({ method: 'GET', path: '/p' }), /canceled/);
    assert.equal(server.received.length, 1);
    await assert.rejects(
      http.withSignal(stop.signal).withSignal(undefined).json({ method: 'GET', path: '/q', deadlineMs: 500 }),
      ApiError,
    );
    assert.equal(server.received.length, 2);
  });

  it('keeps credentials, query and bodies out of its log and its errors', async () => {
    const lines: string[] = [];
    const { http } = await client(() => ({ raw: (response) => response.destroy() }), {
      credentials: {
        refreshable: false,
        headers: async () => ({ Authorization: 'Bearer s3cret' }),
        invalidate: () => undefined,
      },
      log: (line) => lines.push(line),
    });
    const error = await failure(
      http.json({ method: 'POST', path: '/p', query: { q: 's3cret' }, body: { s: 's3cret' } }),
    );
    const { inspect } = await import('node:util');
    assert.equal(lines.length, 1);
    assert.doesNotMatch(`${lines.join()} ${inspect(error, { depth: 10, showHidden: true })}`, /s3cret/);
  });

  it('goes through the proxy but for bypassed and loopback hosts, and warns of unchecked certificates', async () => {
    const { proxyFor } = await import('../../../src/http/network');
    const network = { proxyUrl: 'http://us%40er:pw@proxy.example:3128', bypass: ['^https://intern\\.'] };
    assert.deepEqual(proxyFor(network, new URL('https://adb-1.1.azuredatabricks.net/x')), {
      protocol: 'http:',
      host: 'proxy.example',
      port: 3128,
      auth: { username: 'us@er', password: 'pw' },
    });
    assert.equal(proxyFor(network, new URL('https://intern.example/')), false);
    assert.equal(proxyFor(network, new URL('http://127.0.0.1:80/')), false);
    const warnings: string[] = [];
    new HttpClient({
      baseUrl: 'https://x.example',
      network: { skipVerify: true },
      warn: (line) => warnings.push(line),
    });
    assert.equal(warnings.length, 1);
  });

  it('says of a proxy that nobody answers for that it is the proxy', async () => {
    const network = { proxyUrl: 'http://user:pa55@127.0.0.1:9' };
    for (const baseUrl of ['http://workspace.example', 'https://workspace.example']) {
      const http = new HttpClient({ baseUrl, network, clock: new AutoClock() });
      const error = await failure(http.json({ method: 'GET', path: '/p' }));
      assert.equal(error.code, 'CONNECTION_FAILED');
      assert.equal(error.message, 'The proxy 127.0.0.1:9 could not be reached: nobody listens there (ECONNREFUSED).');
      assert.match(error.options.todo ?? '', /proxy setting/);
    }
  });

  it('sends a plain-HTTP request to its proxy with the full address', async () => {
    const { http, server } = await client(() => ({ json: { via: 'proxy' } }));
    const proxied = new HttpClient({ baseUrl: 'http://workspace.example', network: { proxyUrl: http.baseUrl } });
    assert.deepEqual(await proxied.json({ method: 'GET', path: '/p' }), { via: 'proxy' });
    assert.equal(server.received[0]?.url, 'http://workspace.example/p');
  });
});
