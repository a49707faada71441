import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock';

describe('systemClock', () => {
  it('waits longer than a timer of Node.js can hold, until it is called off', async () => {
    const controller = new AbortController();
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => warnings.push(name);
    process.on('warning', onWarning);
    const days = systemClock.sleep(30 * 24 * 3_600_000, controller.signal);
    const first = await Promise.race([days.then(() => 'days'), systemClock.sleep(20).then(() => 'short')]);
    controller.abort(new Error('called off'));
    await assert.rejects(days, /called off/);
    process.off('warning', onWarning);
    assert.equal(first, 'short');
    assert.deepEqual(warnings, []);
  });

  it('rejects at once when it was called off before', async () => {
    await assert.rejects(systemClock.sleep(5, AbortSignal.abort(new Error('no'))), /no/);
  });
});
