import assert from 'node:assert/strict';
import { HttpClient } from '../../../src/http/client';
import type { Credentials } from '../../../src/http/request';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, startDouble } from '../../support/http-double';

/** Nothing listens at this port of this machine. */
const NOBODY = 'http://127.0.0.1:9';

describe('what a person is told who waits for a request', () => {
  let double: HttpDouble | undefined;
  afterEach(async () => {
    await double?.close();
    double = undefined;
  });

  function client(baseUrl: string, credentials?: Credentials) {
    const said: string[] = [];
    const clock = new AutoClock();
    const http = new HttpClient({
      baseUrl,
      clock,
      random: () => 0,
      say: (line) => said.push(line),
      ...(credentials === undefined ? {} : { credentials }),
    });
    return { http, said, clock };
  }

  async function answering(...answers: readonly Answer[]) {
    double = await startDouble((_, index) => answers[index] ?? { json: {} });
    return client(double.url);
  }

  const get = (http: HttpClient) => http.json({ method: 'GET', path: '/p', query: { secret: 's3cret' } });

  it('says at once that nobody answers, why, and for how long it tries', async () => {
    const { http, said, clock } = client(NOBODY);
    await assert.rejects(get(http), { code: 'CONNECTION_FAILED' });
    assert.deepEqual(said, [
      `GET ${NOBODY}/p: No connection could be made: nobody listens there (ECONNREFUSED). It is tried again in 0.5 s, at most 4 times.`,
    ]);
    assert.equal(clock.waits.length, 4);
  });

  it('says it again for another request only after a minute', async () => {
    const { http, said, clock } = client(NOBODY);
    await assert.rejects(get(http));
    await assert.rejects(get(http.within(300_000)));
    assert.equal(said.length, 1);
    clock.advance(60_000);
    await assert.rejects(get(http));
    assert.equal(said.length, 2);
  });

  it('is silent about one short wait, and says which status makes a longer one', async () => {
    const short = await answering({ status: 502 });
    await get(short.http);
    assert.deepEqual(short.said, []);
    await double?.close();
    const long = await answering({ status: 503, headers: { 'retry-after': '7' }, json: { error_code: 'BUSY' } });
    await get(long.http);
    assert.deepEqual(long.said, [
      `GET ${double?.url}/p: The answer was status 503 (BUSY). It is tried again in 7.0 s, for 300 s at most.`,
    ]);
  });

  for (const [what, limited, request, seconds] of [
    ['a request with a limit of its own', (http) => http, { deadlineMs: 6_500 }, 7],
    ['requests that have a time together', (http) => http.within(20_000), {}, 20],
    ['a request that may take longer than it may wait', (http) => http, { deadlineMs: 3_600_000 }, 300],
  ] as readonly (readonly [string, (http: HttpClient) => HttpClient, object, number])[]) {
    it(`says how long it is tried again: ${what}`, async () => {
      const { http, said } = await answering({ status: 429, headers: { 'retry-after': '3' } });
      await limited(http).json({ method: 'GET', path: '/p', ...request });
      assert.match(said.join('\n'), new RegExp(`in 3\\.0 s, for ${seconds} s at most\\.$`));
    });
  }

  it('takes off what it has waited', async () => {
    const wait = (seconds: string) => ({ status: 429, headers: { 'retry-after': seconds } });
    const { http, said } = await answering(wait('1'), wait('2'));
    await http.json({ method: 'GET', path: '/p', deadlineMs: 3_600_000 });
    assert.match(said.join('\n'), /in 2\.0 s, for 299 s at most\.$/);
  });

  it('does not multiply the attempts of a sign-in that reaches nobody by those of the request', async () => {
    const signIn = client(NOBODY);
    const credentials: Credentials = {
      refreshable: true,
      headers: async () => {
        await get(signIn.http);
        return {};
      },
      invalidate: () => undefined,
    };
    const { http, clock } = client(NOBODY, credentials);
    await assert.rejects(get(http), { code: 'CONNECTION_FAILED' });
    assert.deepEqual(clock.waits, []);
    assert.equal(signIn.clock.waits.length, 4);
  });
});
