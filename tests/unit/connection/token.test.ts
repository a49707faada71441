import assert from 'node:assert/strict';
import { RefreshedToken, type Token } from '../../../src/connection/token';
import { AutoClock } from '../../support/auto-clock';

describe('RefreshedToken', () => {
  it('lets a cancelled request go while the token is still being fetched, and gives the token to the others', async () => {
    const clock = new AutoClock();
    let arrive: (token: Token) => void = () => undefined;
    let fetches = 0;
    const token = new RefreshedToken(
      clock,
      () => undefined,
      () => {
        fetches += 1;
        return new Promise((resolve) => {
          arrive = resolve;
        });
      },
    );
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
    const token = new RefreshedToken(
      clock,
      () => undefined,
      () => (answers.shift() ?? assert.fail('a third fetch'))(),
    );
    const { signal } = new AbortController();
    await assert.rejects(token.headers(signal), /no/);
    assert.deepEqual(await token.headers(signal), { Authorization: 'Bearer second' });
    assert.deepEqual(await token.headers(signal), { Authorization: 'Bearer second' });
  });

  const issued = (lifeMs: number, shortestMarginMs?: number) => {
    const clock = new AutoClock();
    let fetches = 0;
    const token = new RefreshedToken(
      clock,
      () => undefined,
      async () => ({ value: `t${++fetches}`, lifeMs }),
      shortestMarginMs,
    );
    return { clock, token, fetches: () => fetches };
  };

  for (const [lifeMs, shortestMarginMs, used] of [
    [60_000, 0, 48_000],
    [600_000, 0, 480_000],
    [3_600_000, 0, 3_300_000],
    [86_400_000, 0, 86_100_000],
    [600_000, 40_000, 480_000],
    [100_000, 40_000, 60_000],
    [60_000, 40_000, 30_000],
    [0, 40_000, 0],
  ] as const) {
    it(`uses a token of ${lifeMs / 1000} s for ${used / 1000} s where ${shortestMarginMs / 1000} s are not accepted`, async () => {
      const { clock, token, fetches } = issued(lifeMs, shortestMarginMs);
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
    const renewed = token.headers();
    token.invalidate(first);
    assert.deepEqual(await token.headers(), await renewed);
    assert.equal(fetches(), 2);
  });

  it('counts the life from the request on, not from the answer', async () => {
    const clock = new AutoClock();
    let fetches = 0;
    const token = new RefreshedToken(
      clock,
      () => undefined,
      async () => {
        clock.advance(10_000);
        return { value: `t${++fetches}`, lifeMs: 60_000 };
      },
    );
    await token.headers();
    clock.advance(37_999);
    await token.headers();
    assert.equal(fetches, 1);
    clock.advance(1);
    await token.headers();
    assert.equal(fetches, 2);
  });
});
