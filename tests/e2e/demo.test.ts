import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { capture } from '../support/captured-output';

const DEMO = resolve('dist', 'cli', 'demo.js');

/** Runs the demo in an empty folder with a temporary directory of its own, so that what it leaves can be seen. */
function demo(
  folder: string,
  args: readonly string[],
  onOutput: (soFar: string, stop: (signal: NodeJS.Signals) => void) => void = () => undefined,
) {
  return new Promise<{ code: number | null; output: string }>((ended, failed) => {
    const child = spawn(process.execPath, [DEMO, ...args], { cwd: folder, env: { ...process.env, TMPDIR: folder } });
    let output = '';
    const follow = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      onOutput(output, (signal) => child.kill(signal));
    };
    child.stdout.on('data', follow);
    child.stderr.on('data', follow);
    child.once('error', failed);
    child.once('close', (code) => ended({ code, output }));
  });
}

describe('the demo', function () {
  this.timeout(180_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('takes one model from training to a served answer and leaves only its reports', async () => {
    const { code, output } = await demo(folder, ['--quick']);
    capture('the demo', output);
    assert.equal(code, 0, output);
    assert.match(output, /Promote progression 1 \(there is no champion\): PASS/);
    assert.match(output, /progression-1 predicts a progression of \d/);
    const report = /^ {2}(\S+report\.json) /m.exec(output)?.[1] ?? '';
    assert.equal(JSON.parse(readFileSync(join(folder, report), 'utf8')).verdict, 'PASS');
    assert.deepEqual(readdirSync(folder), ['.mlops'], 'no state of the workspace is left');
    assert.deepEqual(processesOf(folder), []);
  });

  for (const [cause, signal] of [
    ['on Ctrl-C', 'SIGINT'],
    ['when it is asked to end', 'SIGTERM'],
  ] as const) {
    it(`ends ${cause}: the running job dies, nothing is left running`, async () => {
      let asked = false;
      const { code, output } = await demo(folder, [], (soFar, stop) => {
        if (!asked && soFar.includes('Task train: RUNNING')) {
          asked = true;
          stop(signal);
        }
      });
      assert.equal(code, 1, output);
      assert.match(output, /Interrupted; nothing is left running/);
      assert.deepEqual(processesOf(folder), []);
    });
  }
});

/** Processes whose command line or environment names the folder; only where the system shows them. */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc/self/environ')) {
    return [];
  }
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => {
      try {
        const text = readFileSync(`/proc/${entry}/cmdline`, 'utf8') + readFileSync(`/proc/${entry}/environ`, 'utf8');
        return text.includes(folder);
      } catch (error) {
        // The process ended between the two looks, or belongs to somebody else.
        assert.match((error as NodeJS.ErrnoException).code ?? '', /ENOENT|EACCES|ESRCH|EPERM/);
        return false;
      }
    });
}
