import assert from 'node:assert/strict';
import { Slots } from '../../../../../local/pipelines/run/slots';

describe('slots', () => {
  it('are given first come, first served, and a second release of one gives nothing', async () => {
    const slots = new Slots(1);
    const { signal } = new AbortController();
    const order: string[] = [];
    const first = await slots.take(signal);
    const later = ['b', 'c'].map(async (name) => {
      const release = await slots.take(signal);
      order.push(name);
      return release;
    });
    first();
    first();
    const second = await later[0];
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(order, ['b']);
    second?.();
    await later[1];
    assert.deepEqual(order, ['b', 'c']);
  });

  it('are not given to whoever left the queue', async () => {
    const slots = new Slots(1);
    const stays = new AbortController();
    const leaves = new AbortController();
    const release = await slots.take(stays.signal);
    const gone = slots.take(leaves.signal);
    const next = slots.take(stays.signal);
    leaves.abort(new Error('left'));
    await assert.rejects(gone, /left/);
    release();
    (await next)();
    await assert.rejects(slots.take(leaves.signal), /left/);
  });
});
