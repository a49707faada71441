import assert from 'node:assert/strict';
import { HttpClient } from '../../../src/http/client';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, startDouble } from '../../support/http-double';

const START = { method: 'POST', path: '/start', body: {}, idempotent: true } as const;
const dropped: Answer = { raw: (response) => response.destroy() };

describe('a client that awaits answers, when the cancel comes', () => {
  let server: HttpDouble | undefined;
  let cancel: AbortController;
  beforeEach(() => {
    cancel = new AbortController();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** A client whose step is cancelled while the first request is under way. */
  async function client(...answers: readonly Answer[]): Promise<HttpClient> {
    server = await startDouble((_, index) => {
      cancel.abort(new Error('canceled'));
      return answers[index] ?? { status: 500 };
    });
    return new HttpClient({ baseUrl: server.url, clock: new AutoClock(), signal: cancel.signal }).awaitingAnswers();
  }

  it('gives the answer of the request under way', async () => {
    assert.deepEqual(await (await client({ json: { run_id: 7 } })).json(START), { run_id: 7 });
  });

  for (const [what, answer] of [
    ['429', { status: 429, headers: { 'retry-after': '7' } }],
    ['503', { status: 503 }],
    ['a refusal', { status: 400, json: { error_code: 'INVALID_PARAMETER_VALUE' } }],
  ] as const) {
    it(`sends nothing again after ${what}: nothing was started`, async () => {
      const http = await client(answer, { json: { run_id: 7 } });
      await assert.rejects(http.json(START), { message: 'canceled' });
      assert.equal(server?.received.length, 1);
    });
  }

  for (const [what, answer] of [
    ['a lost answer', dropped],
    ['a 500', { status: 500 }],
    ['half an answer', { body: '{"run_id"' }],
  ] as const) {
    it(`asks again after ${what}: something may have been started`, async () => {
      assert.deepEqual(await (await client(answer, { json: { run_id: 7 } })).json(START), { run_id: 7 });
    });
  }

  for (const [what, isThere] of [
    ['429', true],
    ['a refused connection', false],
  ] as const) {
    it(`ends a wait after ${what} at once`, async () => {
      server = await startDouble(() => ({ status: 429, headers: { 'retry-after': '88' } }));
      const { url, received } = server;
      if (!isThere) {
        await server.close();
        server = undefined;
      }
      const clock = {
        now: () => 0,
        sleep: async (_milliseconds: number, signal?: AbortSignal) => {
          cancel.abort(new Error('canceled'));
          signal?.throwIfAborted();
        },
      };
      const http = new HttpClient({ baseUrl: url, clock, signal: cancel.signal }).awaitingAnswers();
      await assert.rejects(http.json(START), { message: 'canceled' });
      assert.equal(received.length, isThere ? 1 : 0);
    });
  }

  it('sends nothing at all when it came before', async () => {
    const http = await client({ json: {} });
    cancel.abort(new Error('canceled'));
    await assert.rejects(http.json(START), { message: 'canceled' });
    assert.equal(server?.received.length, 0);
  });
});
