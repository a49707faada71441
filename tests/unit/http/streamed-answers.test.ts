import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { HttpClient, type HttpClientOptions } from '../../../src/http/client';
import { AutoClock } from '../../support/auto-clock';
import { type HttpDouble, startDouble } from '../../support/http-double';

describe('an answer that is read as a stream', () => {
  let server: HttpDouble | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function body(raw: (response: ServerResponse) => void, options: Partial<HttpClientOptions> = {}) {
    server = await startDouble(() => ({ raw }));
    const http = new HttpClient({ baseUrl: server.url, clock: new AutoClock(), ...options });
    return (await http.request({ method: 'GET', path: '/f' }, 'stream')).body;
  }

  it('comes whole', async () => {
    assert.equal(await text(await body((response) => response.end('x'.repeat(300_000)))), 'x'.repeat(300_000));
  });

  const packed = gzipSync('y'.repeat(100_000));
  for (const [what, headers, part] of [
    ['of a known length', { 'content-length': '10' }, 'half'],
    ['in chunks', {}, 'half'],
    ['compressed', { 'content-encoding': 'gzip' }, packed.subarray(0, packed.length - 20)],
  ] as const) {
    it(`is ANSWER_INCOMPLETE when it breaks off: ${what}`, async () => {
      const broken = await body((response) => {
        response.writeHead(200, headers);
        response.write(part, () => response.destroy());
      });
      await assert.rejects(text(broken), { code: 'ANSWER_INCOMPLETE', name: 'ConnectionError' });
    });
  }

  it('is ANSWER_INCOMPLETE when it stops coming', async () => {
    const slow = await body(
      (response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('half');
      },
      { attemptMs: 50 },
    );
    await assert.rejects(text(slow), { code: 'ANSWER_INCOMPLETE', message: /did not end within 0\.05 s/ });
  });

  it('ends with the reason of a cancel', async () => {
    const cancel = new AbortController();
    const endless = await body((response) => response.write('half'), { signal: cancel.signal });
    endless.once('data', () => cancel.abort(new Error('canceled')));
    await assert.rejects(text(endless), { message: 'canceled' });
  });

  it('ends the connection when nobody reads on', async () => {
    let closed: () => void = () => undefined;
    const end = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const endless = await body((response) => {
      response.write('half');
      response.once('close', closed);
    });
    endless.destroy();
    await end;
  });
});
