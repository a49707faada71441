import assert from 'node:assert/strict';
import type { Clock } from '../../../src/clock';
import { RefreshedToken, type Token, type TokenMeans } from '../../../src/connection/token';
import { TaskError } from '../../../src/errors';
import { AutoClock } from '../../support/auto-clock';

/** @param debug gets each line for who looks into a failure */
function meansOf(clock: Clock, debug: (line: string) => void = () => undefined): TokenMeans {
  return { clock, mask: () => undefined, log: { debug } };
}

describe('RefreshedToken', () => {
  it('lets a cancelled request go while the token is still being fetched, and gives the token to the others', async () => {
    const clock = new AutoClock();
    let arrive: (token: Token) => void = () => undefined;
    let fetches = 0;
    const token = new RefreshedToken(meansOf(clock), {
      issuer: 'The issuer',
      fetch: () => {
        fetches += 1;
        return new Promise((resolve) => {
          arrive = resolve;
        });
      },
    });
    const stop = new AbortController();
    const cancelled = token.headers(stop.signal);
    const other = token.headers();
    stop.abort(new Error('canceled'));
    await assert.rejects(cancelled, /canceled/);
    await assert.rejects(token.headers(stop.signal), /canceled/);
    arrive({ value: 'fresh', lifeMs: 3_600_000 });
    assert.deepEqual(await other, { Authorization: 'Bearer fresh' });
    assert.equal(fetches, 1);
  });

  it('forgets a failed fetch', async () => {
    const clock = new AutoClock();
    const answers: (() => Promise<Token>)[] = [
      () => Promise.reject(new Error('no')),
      async () => ({ value: 'second', lifeMs: 3_600_000 }),
    ];
    const token = new RefreshedToken(meansOf(clock), {
      issuer: 'The issuer',
      fetch: () => (answers.shift() ?? assert.fail('a third fetch'))(),
    });
    const { signal } = new AbortController();
    await assert.rejects(token.headers(signal), /no/);
    assert.deepEqual(await token.headers(signal), { Authorization: 'Bearer second' });
    assert.deepEqual(await token.headers(signal), { Authorization: 'Bearer second' });
  });

  const issued = (lifeMs: number, refusedRestMs = 0) => {
    const clock = new AutoClock();
    let fetches = 0;
    const token = new RefreshedToken(meansOf(clock), {
      issuer: 'The issuer',
      fetch: async () => ({ value: `t${++fetches}`, lifeMs }),
      refusedRestMs,
    });
    return { clock, token, fetches: () => fetches };
  };

  for (const [lifeMs, refusedRestMs, used] of [
    [60_000, 0, 48_000],
    [600_000, 0, 480_000],
    [3_600_000, 0, 3_300_000],
    [86_400_000, 0, 86_100_000],
    [600_000, 40_000, 480_000],
    [100_000, 40_000, 60_000],
    [60_000, 40_000, 30_000],
    [0, 40_000, 0],
  ] as const) {
    it(`uses a token of ${lifeMs / 1000} s for ${used / 1000} s where ${refusedRestMs / 1000} s are not accepted`, async () => {
      const { clock, token, fetches } = issued(lifeMs, refusedRestMs);
      await token.headers();
      if (used > 0) {
        clock.advance(used - 1);
        await token.headers();
        assert.equal(fetches(), 1);
        clock.advance(1);
      }
      await token.headers();
      assert.equal(fetches(), 2);
    });
  }

  it('drops a refused token once, however many requests are refused', async () => {
    const { token, fetches } = issued(3_600_000);
    const first = await token.headers();
    token.invalidate(first);
    token.invalidate(first);
    const second = await token.headers();
    token.invalidate(first);
    assert.deepEqual(await token.headers(), second);
    assert.equal(fetches(), 2);
  });

  it('waits for the fetch that is under way when an old token is refused meanwhile', async () => {
    const { clock, token, fetches } = issued(60_000);
    const first = await token.headers();
    clock.advance(48_000);
    assert.deepEqual(await token.headers(), first);
    token.invalidate(first);
    assert.deepEqual(await token.headers(), { Authorization: 'Bearer t2' });
    assert.equal(fetches(), 2);
  });

  it('counts the life from the request on, not from the answer', async () => {
    const clock = new AutoClock();
    let fetches = 0;
    const token = new RefreshedToken(meansOf(clock), {
      issuer: 'The issuer',
      fetch: async () => {
        clock.advance(10_000);
        return { value: `t${++fetches}`, lifeMs: 60_000 };
      },
    });
    await token.headers();
    clock.advance(37_999);
    await token.headers();
    assert.equal(fetches, 1);
    clock.advance(1);
    await token.headers();
    assert.equal(fetches, 2);
  });

  it('uses the token at hand until its end while the issuer is away, and asks again in half of what is left', async () => {
    const clock = new AutoClock();
    let away = false;
    const asked: number[] = [];
    const token = new RefreshedToken(meansOf(clock), {
      issuer: 'The issuer',
      fetch: async () => {
        asked.push(clock.now());
        if (away) {
          throw new Error('away');
        }
        return { value: `t${asked.length}`, lifeMs: 3_600_000 };
      },
    });
    const begun = clock.now();
    const first = await token.headers();
    away = true;
    for (let second = 1; second < 3600; second++) {
      clock.advance(1_000);
      assert.deepEqual(await token.headers(), first);
    }
    clock.advance(1_000);
    await assert.rejects(token.headers(), /away/);
    assert.deepEqual(
      asked.slice(0, 5).map((time) => (time - begun) / 1000),
      [0, 3300, 3451, 3526, 3564],
    );
    away = false;
    assert.notDeepEqual(await token.headers(), first);
  });

  it('tells in the debug log why a renewal failed that no request waited for, once for each', async () => {
    const clock = new AutoClock();
    const lines: string[] = [];
    const answers: (() => Promise<Token>)[] = [
      async () => ({ value: 'first', lifeMs: 3_600_000 }),
      () => Promise.reject(new TaskError('CREDENTIAL_REFUSED', 'It refused: invalid_client.', { todo: 'Renew it.' })),
      () => Promise.reject(new Error('away')),
    ];
    const token = new RefreshedToken(
      meansOf(clock, (line) => lines.push(line)),
      { issuer: 'The issuer', fetch: () => (answers.shift() ?? assert.fail('a fourth fetch'))() },
    );
    await token.headers();
    clock.advance(3_300_000);
    await Promise.all([token.headers(), token.headers()]);
    await new Promise(setImmediate);
    clock.advance(150_000);
    await token.headers();
    await new Promise(setImmediate);
    const told = 'The issuer gave no newer token; the one at hand is used until its end.';
    assert.deepEqual(lines, [`${told} It refused: invalid_client. Renew it.`, `${told} away`]);
  });

  it('lets no request wait for a renewal that hangs while the token at hand lives', async () => {
    const clock = new AutoClock();
    let fetches = 0;
    const token = new RefreshedToken(meansOf(clock), {
      issuer: 'The issuer',
      fetch: () => {
        fetches += 1;
        return fetches === 1
          ? Promise.resolve({ value: 'first', lifeMs: 3_600_000 })
          : new Promise<Token>(() => undefined);
      },
    });
    const first = await token.headers();
    clock.advance(3_400_000);
    assert.deepEqual(await token.headers(), first);
    clock.advance(199_999);
    assert.deepEqual(await token.headers(), first);
    assert.equal(fetches, 2);
  });
});
