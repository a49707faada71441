import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ExclusiveLocks, SupersededByNewerRun } from '../../../../../local/pipelines/queue/exclusive-locks';
import { VirtualClock } from '../../../../support/virtual-clock';

describe('ExclusiveLocks', () => {
  let folder: string;
  let clock: VirtualClock;
  let locks: ExclusiveLocks;
  const never = new AbortController().signal;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'locks-'));
    clock = new VirtualClock();
    locks = new ExclusiveLocks(folder, clock);
  });

  /** Whether a promise has settled by now, after those who wait looked again. */
  const settled = async (promise: Promise<unknown>): Promise<boolean> => {
    let done = false;
    promise.then(
      () => {
        done = true;
      },
      () => {
        done = true;
      },
    );
    await clock.advance(1000);
    await setImmediate();
    return done;
  };

  it('let one in at a time, in the order of runs', async () => {
    const release = await locks.acquire('prod', '1', never, 'sequential');
    const third = locks.acquire('PROD', '3', never, 'sequential');
    const second = locks.acquire('prod', '2', never, 'sequential');
    assert.equal(await settled(second), false);
    release();
    assert.equal(await settled(second), true);
    assert.equal(await settled(third), false);
    (await second)();
    assert.equal(await settled(third), true);
    (await third)();
  });

  it('keep environments apart', async () => {
    const release = await locks.acquire('prod', '1', never, 'sequential');
    (await locks.acquire('../prod', '2', never, 'sequential'))();
    release();
  });

  it('give the turn to the newest run alone where only the latest shall run', async () => {
    const release = await locks.acquire('prod', '1', never, 'runLatest');
    const second = locks.acquire('prod', '2', never, 'runLatest');
    assert.equal(await settled(second), false);
    const third = locks.acquire('prod', '3', never, 'runLatest');
    await assert.rejects(Promise.all([second, clock.advance(1000)]), SupersededByNewerRun);
    release();
    assert.equal(await settled(third), true);
    (await third)();
  });

  it('end the wait of a run that is cancelled, which then stands in nobody’s way', async () => {
    const release = await locks.acquire('prod', '1', never, 'sequential');
    const cancel = new AbortController();
    const second = locks.acquire('prod', '2', cancel.signal, 'sequential');
    const third = locks.acquire('prod', '3', never, 'sequential');
    cancel.abort(new Error('cancelled'));
    await assert.rejects(second, /cancelled/);
    release();
    assert.equal(await settled(third), true);
    (await third)();
  });

  it('count nothing that a process left which has ended', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const gone = { pid, started: '1' };
    mkdirSync(join(folder, 'prod', '1.held'), { recursive: true });
    writeFileSync(join(folder, 'prod', '1.held', 'holder.json'), JSON.stringify(gone));
    writeFileSync(join(folder, 'prod', '1.waits'), JSON.stringify({ runId: 1, process: gone }));
    writeFileSync(join(folder, 'prod', '0.waits'), '\0\0\0');
    (await locks.acquire('prod', '2', never, 'sequential'))();
    assert.deepEqual(readdirSync(join(folder, 'prod')).sort(), ['1.held', '2.held']);
  });

  it('count generations on after one was given back, so that whoever looked before cannot take it a second time', async () => {
    (await locks.acquire('prod', '1', never, 'sequential'))();
    const release = await locks.acquire('prod', '2', never, 'sequential');
    assert.deepEqual(readdirSync(join(folder, 'prod')).sort(), ['1.held', '2.held']);
    assert.equal(readFileSync(join(folder, 'prod', '1.held', 'holder.json'), 'utf8'), '');
    release();
  });

  it('keep the place of a run of which two stages wait, when one of them gets its turn', async () => {
    const release = await locks.acquire('prod', '1', never, 'sequential');
    const early = locks.acquire('prod', '2', never, 'sequential');
    const late = locks.acquire('prod', '2', never, 'sequential');
    const next = locks.acquire('prod', '3', never, 'sequential');
    release();
    assert.equal(await settled(early), true);
    (await early)();
    assert.equal(await settled(late), true);
    assert.equal(await settled(next), false);
    (await late)();
    assert.equal(await settled(next), true);
    (await next)();
  });
});
