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
    arrive({ value: 'fresh', expiresAt: clock.now() + 3_600_000 });
    assert.deepEqual(await other, { Authorization: 'Bearer fresh' });
    assert.equal(fetches, 1);
  });

  it('forgets a failed fetch', async () => {
    const clock = new AutoClock();
    const answers: (() => Promise<Token>)[] = [
      () => Promise.reject(new Error('no')),
      async () => ({ value: 'second', expiresAt: clock.now() + 3_600_000 }),
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
});
