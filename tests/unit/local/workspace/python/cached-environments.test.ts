import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  cachedEnvironments,
  type EnvironmentProgress,
} from '../../../../../local/workspace/python/cached-environments';
import type { Clock } from '../../../../../src/clock';
import { untilProcesses } from '../../../../support/jobs';
import { fakePython } from './fake-python';

/** Real time of day, waits that take one turn of the event loop. */
const clock: Clock = { now: () => Date.now(), sleep: () => new Promise((resolve) => setImmediate(resolve)) };

describe('cached Python environments', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'environments-'));
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  const calls = async (of: string) =>
    (await readFile(join(home, 'bin', 'calls.log'), 'utf8')).split('\n').filter((line) => line.startsWith(of)).length;

  const environments = async (options: Parameters<typeof fakePython>[1] = {}, steps: EnvironmentProgress[] = []) =>
    cachedEnvironments({
      folder: join(home, 'cache'),
      env: { ...process.env, DATABRICKS_MLOPS_PYTHON: await fakePython(join(home, 'bin'), options) },
      constraints: ['a==1.0', 'b==2.0', 'c==3.0'],
      clock,
      onStep: (step) => steps.push(step),
    });

  it('makes one environment per set of requirements, whatever their order and blanks', async () => {
    const first = await (await environments()).interpreter(['a', 'b']);
    const again = await (await environments()).interpreter([' b ', '', '# a comment', 'a', 'a']);
    const other = await (await environments()).interpreter(['a']);
    assert.equal(again, first);
    assert.notEqual(other, first);
    assert.equal(await calls('-m pip'), 2);
    assert.equal(existsSync(first), true);
  });

  it('tells how far it is: every package once, metadata not counted', async () => {
    const steps: EnvironmentProgress[] = [];
    const lines: string[] = [];
    await (await environments({}, steps)).interpreter(['a'], (line) => lines.push(line));
    assert.deepEqual(
      steps.map(({ phase, packages, atMost }) => [phase, packages, atMost]),
      [
        ['creating', 0, 3],
        ['downloading', 1, 3],
        ['downloading', 2, 3],
        ['installing', 2, 3],
        ['ready', 2, 3],
      ],
    );
    assert.equal(lines.at(-1), 'Python environment: ready (2 packages)');
  });

  it('installs once when several ask at the same time, in one process and in several', async () => {
    const slow = { pip: 'sleep 0.3' };
    const [one, two] = [await environments(slow), await environments(slow)];
    const paths = await Promise.all([one.interpreter(['a']), one.interpreter(['a']), two.interpreter(['a'])]);
    assert.equal(new Set(paths).size, 1);
    assert.equal(await calls('-m pip'), 1);
  });

  it('passes the pins to pip', async () => {
    const path = await (await environments({ pip: 'echo "$*" >&2; exit 3' }))
      .interpreter(['a'])
      .catch((error) => error);
    assert.match(path.message, /pip could not install a \(exit code 3\)/);
    assert.match(path.message, /--no-input .*--constraint \S+constraints\.txt/);
  });

  it('leaves nothing behind when the installation fails, and tries again next time', async () => {
    const failing = await environments({ pip: 'echo "ERROR: no matching distribution"; exit 1' });
    await assert.rejects(failing.interpreter(['a']), /no matching distribution/);
    const left = await readdir(join(home, 'cache', 'python'));
    assert.deepEqual(
      left.filter((name) => !name.endsWith('.lock')),
      [],
    );
    assert.equal(existsSync(await (await environments()).interpreter(['a'])), true);
  });

  it('resolves without the pins when the requirements contradict them', async () => {
    const conflict = { pip: 'case "$*" in *--constraint*) echo "ERROR: ResolutionImpossible"; exit 1;; esac' };
    const lines: string[] = [];
    await (await environments(conflict)).interpreter(['a==9'], (line) => lines.push(line));
    assert.ok(lines.some((line) => line.includes('resolving without the pins')));
    assert.equal(await calls('-m pip'), 2);
  });

  it('removes and makes again what a killed process left half-made', async () => {
    const path = await (await environments()).interpreter(['a']);
    const folder = dirname(dirname(path));
    await rm(join(folder, '.complete'));
    await writeFile(join(folder, 'half'), '');
    assert.equal(await (await environments()).interpreter(['a']), path);
    assert.equal(existsSync(join(folder, 'half')), false);
    assert.equal(existsSync(join(folder, '.complete')), true);
  });

  it('ends the pip that a killed process left behind, before it makes the environment again', async () => {
    const path = await fakePython(join(home, 'bin'), { pip: `echo begun; echo > '${home}/begun'; exec sleep 300` });
    const sources = require.resolve('../../../../../local/workspace/python/cached-environments');
    const killed = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', '--eval'],
        `require(${JSON.stringify(sources)}).cachedEnvironments({ folder: ${JSON.stringify(join(home, 'cache'))}, constraints: ['a==1.0', 'b==2.0', 'c==3.0'] }).interpreter(['a'], (line) => console.log(line));`,
      ],
      { env: { ...process.env, DATABRICKS_MLOPS_PYTHON: path }, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const ended = once(killed, 'exit');
    const signal = AbortSignal.timeout(150_000); // a watch that is never ended would keep the tests running
    for await (const { filename } of watch(home, { signal })) {
      if (filename === 'begun') {
        break;
      }
    }
    killed.kill('SIGKILL');
    await ended;
    await untilProcesses(join(home, 'bin'), 1);
    await (await environments()).interpreter(['a']);
    await untilProcesses(join(home, 'bin'), 0);
  });

  it('makes the environment again when the Python below it is gone', async () => {
    const path = await (await environments()).interpreter(['a']);
    await rm(path);
    assert.equal(await (await environments()).interpreter(['a']), path);
    assert.equal(existsSync(path), true);
  });

  it('takes over the lock of a dead process', async () => {
    const path = await (await environments()).interpreter(['a']);
    const folder = dirname(dirname(path));
    await rm(folder, { recursive: true });
    const [own] = await lockNames(folder, await environments());
    const dead = `999999999.${own?.split('.')[1]}.left`;
    await rm(folder, { recursive: true });
    await mkdir(`${folder}.lock`, { recursive: true });
    await writeFile(join(`${folder}.lock`, dead), '');
    assert.equal(await (await environments()).interpreter(['a']), path);
    assert.deepEqual(await readdir(`${folder}.lock`), []);
  });

  it('names what to do when there is no Python', async () => {
    const none = cachedEnvironments({
      folder: home,
      env: { DATABRICKS_MLOPS_PYTHON: join(home, 'none') },
      constraints: [],
    });
    await assert.rejects(none.interpreter([]), /No Python 3\.10 or newer.*not installed.*DATABRICKS_MLOPS_PYTHON/);
    await assert.rejects((await environments({ version: '3.9.18' })).interpreter([]), /version 3\.9\.18/);
  });

  /** Names in the lock folder while an environment is being made. */
  async function lockNames(folder: string, some: ReturnType<typeof cachedEnvironments>): Promise<string[]> {
    const names: string[] = [];
    const made = some.interpreter(['a'], () => void readdir(`${folder}.lock`).then((found) => names.push(...found)));
    await made;
    return names;
  }
});
