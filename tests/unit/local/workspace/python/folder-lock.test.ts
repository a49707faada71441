import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withFolderLock } from '../../../../../local/workspace/python/folder-lock';
import type { Clock } from '../../../../../src/clock';

const clock: Clock = { now: () => Date.now(), sleep: () => new Promise((resolve) => setImmediate(resolve)) };

describe('folder lock', () => {
  let folder: string;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'lock-')), 'lock');
  });

  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

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

  it('takes over what a process that was killed still held', async () => {
    const holder = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--eval'],
        `const { withFolderLock } = require(${JSON.stringify(require.resolve('../../../../../local/workspace/python/folder-lock'))});
         const { systemClock } = require(${JSON.stringify(require.resolve('../../../../../src/clock'))});
         withFolderLock(${JSON.stringify(folder)}, systemClock, () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1000)); });`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(createInterface({ input: holder.stdout }), 'line');
    let waitedFor: number | undefined;
    const entered = withFolderLock(
      folder,
      clock,
      async () => 'entered',
      (pid) => {
        waitedFor = pid;
        holder.kill('SIGKILL');
      },
    );
    assert.equal(await entered, 'entered');
    assert.equal(waitedFor, holder.pid);
  });

  it('takes over from a holder that has been silent for a minute, such as one of another host', async () => {
    await mkdir(folder, { recursive: true });
    const foreign = join(folder, `${process.pid}.otherhost.x`);
    await writeFile(foreign, '');
    const longAgo = new Date(clock.now() - 61_000);
    await utimes(foreign, longAgo, longAgo);
    assert.equal(await withFolderLock(folder, clock, async () => 'entered'), 'entered');
  });
});
