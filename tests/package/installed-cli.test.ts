import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The npm package as somebody gets it: packed, installed in an empty folder, used from there. */
describe('the installed command-line package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'installed-cli-'));
  const command = join(folder, 'node_modules', '.bin', 'databricks-mlops');
  let workspace: ChildProcess | undefined;

  before(() => {
    const packed = join(folder, 'packed');
    mkdirSync(packed);
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', packed], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    const [tarball = ''] = readdirSync(packed);
    execFileSync(
      'npm',
      ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', join(packed, tarball)],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
  });
  after(async () => {
    if (workspace !== undefined) {
      // It still writes into the folder while it ends.
      const ended = once(workspace, 'exit');
      workspace.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: readonly string[], environment: Record<string, string> = {}) =>
    spawnSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, DATABRICKS_HOST: '', DATABRICKS_TOKEN: '', ...environment },
    });

  it('explains itself', () => {
    const help = run(['--help']);
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /workspace start/);
    assert.match(run(['--version']).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(run(['nonsense']).status, 2);
    assert.equal(run(['task', 'DatabricksRunWorkflow', '--nonsense', 'x']).status, 2);
  });

  it('starts a workspace and runs a task against it', async () => {
    workspace = spawn(command, ['workspace', 'start', '--data', join(folder, 'data'), '--json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first] = JSON.parse(await firstLine(workspace)) as { url: string; token: string }[];
    const checked = run(['task', 'DatabricksCheckConnection', '--json'], {
      DATABRICKS_HOST: first?.url ?? '',
      DATABRICKS_TOKEN: first?.token ?? '',
    });
    assert.equal(checked.status, 0, checked.stderr);
    const said = JSON.parse(checked.stdout);
    assert.equal(said.result, 'Succeeded');
    assert.equal(said.outputs.failures, '0');
    assert.ok(!`${checked.stdout}${checked.stderr}`.includes(first?.token ?? 'no token'), 'the token is not shown');
    const refused = run(['task', 'DatabricksCheckConnection'], {
      DATABRICKS_HOST: first?.url ?? '',
      DATABRICKS_TOKEN: 'dapi-wrong',
    });
    assert.equal(refused.status, 1);
  });
});

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
    assert.ok(child.stdout !== null);
    createInterface({ input: child.stdout }).once('line', resolve);
  });
}
