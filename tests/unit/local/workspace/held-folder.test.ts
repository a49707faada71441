import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { HeldByProcess, holdFolder } from '../../../../local/workspace/held-folder';

const holder = path.join(__dirname, 'fixtures', 'holder.ts');

describe('holdFolder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'held-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('names the process that holds the folder until it gives it back', () => {
    const release = holdFolder(folder);
    assert.throws(
      () => holdFolder(folder),
      (error) => error instanceof HeldByProcess && error.pid === process.pid,
    );
    release();
    holdFolder(folder)();
  });

  it('makes the folder, and leaves nothing beside its generations', () => {
    const inner = path.join(folder, 'a', 'b');
    const release = holdFolder(inner);
    assert.throws(() => holdFolder(inner), HeldByProcess);
    release();
    holdFolder(inner)();
    assert.deepEqual(readdirSync(inner).sort(), ['1.held', '2.held']);
    assert.equal(readFileSync(path.join(inner, '1.held', 'holder.json'), 'utf8'), '');
  });

  it('takes over from a process that was killed, even when its number belongs to another', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    for (const [index, gone] of [pid, process.pid].entries()) {
      writeHolder(folder, 2 * index + 1, JSON.stringify({ pid: gone, started: '1' }));
      holdFolder(folder)();
    }
    assert.equal(readdirSync(folder).length, 4);
  });

  it('takes over from a holder of whom a power failure left no name', () => {
    writeHolder(folder, 1, '\0\0\0\0');
    holdFolder(folder)();
    assert.equal(readdirSync(folder).length, 2);
  });

  it('gives back what it holds and nothing else, when the folder was deleted and made again meanwhile', () => {
    const release = holdFolder(folder);
    rmSync(folder, { recursive: true });
    const releaseNew = holdFolder(folder);
    release();
    assert.throws(() => holdFolder(folder), HeldByProcess);
    rmSync(folder, { recursive: true });
    releaseNew();
    mkdirSync(folder);
  });

  it('counts on by numbers, not by names', () => {
    for (let generation = 1; generation <= 11; generation += 1) {
      holdFolder(folder)();
    }
    assert.ok(readdirSync(folder).includes('11.held'));
  });

  it('lets exactly one of several processes have it, also when the one before was killed', async () => {
    for (let round = 0; round < 2; round += 1) {
      const rivals = Array.from({ length: 4 }, () => start(folder));
      const answers = await Promise.all(rivals.map(({ answer }) => answer));
      const winners = rivals.filter((_, index) => answers[index] === 'mine');
      assert.equal(winners.length, 1, answers.join(', '));
      const [winner] = winners;
      assert.deepEqual(
        answers.filter((answer) => answer !== 'mine'),
        Array.from({ length: 3 }, () => String(winner?.process.pid)),
      );
      winner?.process.kill('SIGKILL');
      await Promise.all(rivals.map(({ ended }) => ended));
    }
  });
});

function writeHolder(folder: string, generation: number, text: string): void {
  mkdirSync(path.join(folder, `${generation}.held`));
  writeFileSync(path.join(folder, `${generation}.held`, 'holder.json'), text);
}

function start(folder: string): { process: ChildProcess; answer: Promise<string>; ended: Promise<unknown> } {
  const child = spawn(process.execPath, ['--import', 'tsx', holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  return { process: child, answer: once(lines, 'line').then(([line]) => String(line)), ended };
}
