import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { withFolderLock } from '../../../../../local/workspace/python/folder-lock';
import type { Clock } from '../../../../../src/clock';

const clock: Clock = { now: () => Date.now(), sleep: () => new Promise((resolve) => setImmediate(resolve)) };

describe('folder lock', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'lock-')), 'lock');
  });

  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(join(folder, '..'), { recursive: true, force: true });
  });

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        withFolderLock(folder, clock, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(index);
          inside -= 1;
        }),
      ),
    );
    assert.equal(most, 1);
    assert.equal(order.length, 8);
    assert.deepEqual(await readdir(folder), []);
  });

  it('is released when the body fails', async () => {
    await assert.rejects(
      withFolderLock(folder, clock, () => Promise.reject(new Error('inside'))),
      /inside/,
    );
    assert.equal(await withFolderLock(folder, clock, async () => 'again'), 'again');
  });

  /** A process that holds the lock until it is killed. */
  async function holder(): Promise<ChildProcess> {
    child = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--eval'],
        `const { withFolderLock } = require(${JSON.stringify(require.resolve('../../../../../local/workspace/python/folder-lock'))});
         const { systemClock } = require(${JSON.stringify(require.resolve('../../../../../src/clock'))});
         withFolderLock(${JSON.stringify(folder)}, systemClock, () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)); });`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(createInterface({ input: child.stdout as Readable }), 'line');
    return child;
  }

  it('takes over what a process that was killed still held', async () => {
    const living = await holder();
    let waitedFor: number | undefined;
    const entered = withFolderLock(
      folder,
      clock,
      async () => 'entered',
      (pid) => {
        waitedFor = pid;
        living.kill('SIGKILL');
      },
    );
    assert.equal(await entered, 'entered');
    assert.equal(waitedFor, living.pid);
  });

  it('waits for a living process of this machine, however long ago its clock says that it was heard', async () => {
    const living = await holder();
    let looks = 0;
    const afterHours: Clock = {
      now: () => Date.now() + 8 * 3_600_000,
      sleep: async () => {
        looks += 1;
        if (looks === 400) {
          living.kill('SIGKILL');
        }
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    assert.equal(await withFolderLock(folder, afterHours, async () => looks >= 400), true);
  });

  it('takes a number that belongs to another process by now for that of a dead one', async () => {
    await mkdir(folder, { recursive: true });
    const [host] = await ownHost();
    await writeFile(join(folder, `${process.pid}.${host}.${'0'.repeat(12)}.x`), '');
    assert.equal(await withFolderLock(folder, clock, async () => 'entered'), 'entered');
  });

  it('takes over from a holder of another host that is silent for a minute, wherever the clocks of the two stand', async () => {
    for (const clockOfOther of [-61_000, 0, 24 * 3_600_000]) {
      await mkdir(folder, { recursive: true });
      const foreign = join(folder, `${process.pid}.otherhost.x.y`);
      await writeFile(foreign, '');
      const then = new Date(Date.now() + clockOfOther);
      await utimes(foreign, then, then);
      let waited = 0;
      const counting: Clock = {
        now: clock.now,
        sleep: async (milliseconds) => {
          waited += milliseconds;
          await clock.sleep(0);
        },
      };
      assert.equal(await withFolderLock(folder, counting, async () => 'entered'), 'entered');
      assert.ok(waited > 60_000 && waited < 61_000, String(waited));
    }
  });

  it('waits for a holder of another host that is heard', async () => {
    await mkdir(folder, { recursive: true });
    const foreign = join(folder, '1.otherhost.x.y');
    await writeFile(foreign, '');
    let looks = 0;
    const beating: Clock = {
      now: clock.now,
      sleep: async () => {
        looks += 1;
        const beat = new Date(1_700_000_000_000 + Math.floor(looks / 50) * 1000);
        await (looks < 2_000 ? utimes(foreign, beat, beat) : rm(foreign, { force: true }));
      },
    };
    assert.equal(await withFolderLock(folder, beating, async () => looks), 2_000);
  });

  /** The part of a lock's name that stands for this machine. */
  async function ownHost(): Promise<string[]> {
    let names: string[] = [];
    await withFolderLock(folder, clock, async () => {
      names = await readdir(folder);
    });
    return names.map((name) => name.split('.')[1] ?? '');
  }
});
