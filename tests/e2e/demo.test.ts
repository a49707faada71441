import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { capture } from '../support/captured-output';

const DEMO = resolve('dist', 'cli', 'demo.js');

let running: ChildProcess | undefined;

/** Runs the demo in an empty folder with a temporary directory of its own, so that what it leaves can be seen. */
function demo(
  folder: string,
  args: readonly string[],
  onOutput: (soFar: string, stop: (signal: NodeJS.Signals) => void) => void = () => undefined,
) {
  return new Promise<{ code: number | null; output: string }>((ended, failed) => {
    const child = spawn(process.execPath, [DEMO, ...args], { cwd: folder, env: { ...process.env, TMPDIR: folder } });
    running = child;
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

/** A demo whose test ran out of time goes on, and writes into its folder. */
async function endDemo(): Promise<void> {
  if (running !== undefined && running.exitCode === null && running.signalCode === null) {
    const gone = once(running, 'close');
    running.kill('SIGTERM');
    await gone;
  }
}

describe('the demo', function () {
  this.timeout(600_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  });
  afterEach(async () => {
    await endDemo();
    rmSync(folder, { recursive: true, force: true });
  });

  it('carries a commit through its release to a served answer and leaves only its runs', async () => {
    const { code, output } = await demo(folder, ['--quick']);
    capture('the demo', output);
    assert.equal(code, 0, output);
    assert.match(output, /Approval on mlops-diabetes-prod-model: given by you/);
    assert.match(output, /progression-1 predicts a progression of \d/);
    const page = /^ {2}(\S+index\.html) /m.exec(output)?.[1] ?? '';
    assert.match(readFileSync(join(folder, page), 'utf8'), /prod\.diabetes\.progression/);
    const record = JSON.parse(readFileSync(join(folder, page, '..', 'run.json'), 'utf8'));
    assert.deepEqual(
      record.stages.map(({ name, result }: { name: string; result: string }) => [name, result]),
      [
        ['unit', 'succeeded'],
        ['integration', 'succeeded'],
        ['train_staging', 'succeeded'],
        ['evaluate_staging', 'succeeded'],
        ['approve_promote_staging', 'skipped'],
        ['promote_staging', 'succeeded'],
        ['serve_staging', 'succeeded'],
        ['train_prod', 'succeeded'],
        ['evaluate_prod', 'succeeded'],
        ['approve_promote_prod', 'succeeded'],
        ['promote_prod', 'succeeded'],
        ['serve_prod', 'succeeded'],
      ],
    );
    const left = readdirSync(folder).filter((name) => !name.startsWith('pytest-of-'));
    assert.deepEqual(left, ['.mlops'], 'no state of the workspaces is left');
    assert.deepEqual(processesOf(folder), []);
  });

  it('runs the pipeline of the sample as it is', async () => {
    let asked = false;
    const { code } = await demo(folder, [], (soFar, stop) => {
      if (!asked && soFar.includes('▸ Unit tests')) {
        asked = true;
        stop('SIGTERM');
      }
    });
    assert.equal(code, 1);
    assert.deepEqual(processesOf(folder), [], 'nothing is left running after a request to end');
    assert.equal(
      readFileSync(join(folder, '.mlops', 'demo', 'diabetes', 'azure-pipelines.yml'), 'utf8'),
      readFileSync(join('samples', 'diabetes', 'azure-pipelines.yml'), 'utf8'),
    );
  });

  it('ends on Ctrl-C while a job runs: the job dies, nothing is left running', async () => {
    let watch: NodeJS.Timeout | undefined;
    const { code, output } = await demo(folder, [], (soFar, stop) => {
      if (watch === undefined && soFar.includes('▸ Integration tests')) {
        watch = setInterval(() => {
          if (processesOf(folder).some((command) => command.includes('launch_task.py'))) {
            clearInterval(watch);
            stop('SIGINT');
          }
        }, 50);
      }
    });
    clearInterval(watch); // a demo that ends before its job would leave the watch, and the tests would never end
    assert.equal(code, 1, output);
    assert.match(output, /Interrupted; nothing is left running/);
    assert.deepEqual(processesOf(folder), []);
  });
});

/** Command lines of the processes whose command line or environment names the folder; only where the system shows them. */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc/self/environ')) {
    return [];
  }
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      try {
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
        return `${command}${readFileSync(`/proc/${entry}/environ`, 'utf8')}`.includes(folder) ? [command] : [];
      } catch (error) {
        // The process ended between the two looks, or belongs to somebody else.
        assert.match((error as NodeJS.ErrnoException).code ?? '', /ENOENT|EACCES|ESRCH|EPERM/);
        return [];
      }
    });
}
