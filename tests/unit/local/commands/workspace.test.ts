import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workspace } from '../../../../local/commands/workspace';
import { startWorkspaces } from '../../../../local/workspace/server';

const CLI = ['--import', 'tsx', join('local', 'cli.ts'), 'workspace'];

describe('databricks-mlops workspace', () => {
  let data: string;

  beforeEach(() => {
    data = join(mkdtempSync(join(tmpdir(), 'workspace-command-')), 'data');
  });
  afterEach(() => rmSync(join(data, '..'), { recursive: true, force: true }));

  const command = (...args: string[]) =>
    spawnSync(process.execPath, [...CLI, ...args, '--data', data], { encoding: 'utf8' });

  async function started(
    more: readonly string[] = [],
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<{ child: ChildProcess; url: string; said: string }> {
    const child = spawn(process.execPath, [...CLI, 'start', '--workspace', 'dev', '--data', data, '--json', ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    });
    const [said] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const [first] = JSON.parse(said) as { url: string }[];
    return { child, url: first?.url ?? '', said };
  }

  it('says what runs, keeps no token on disk, and stops it from another terminal', async () => {
    const { child, url, said } = await started();
    const status = command('status');
    assert.equal(status.status, 0, status.stderr);
    assert.match(status.stdout, new RegExp(`^dev {2}${url} {2}\\(process ${child.pid}\\)`));
    const [{ token }] = JSON.parse(said) as [{ token: string }];
    assert.ok(!readFileSync(join(data, 'running.json'), 'utf8').includes(token));
    assert.equal(command('reset').status, 2, 'the state of a running workspace is not deleted');

    const ended = once(child, 'exit');
    assert.equal(command('stop').status, 0);
    assert.deepEqual(await ended, [0, null]);
    assert.equal(command('status').status, 1);
    assert.equal(command('reset').status, 0);
    assert.equal(existsSync(data), false);
  });

  it('lets the principals of a file in by the tokens of the environment, with their rights alone', async () => {
    const file = join(data, '..', 'principals.yml');
    const user = (token: string) => `users: [{userName: ada@example.com, token: ${token}}]\n`;
    writeFileSync(file, user('dapi123'));
    await assert.rejects(workspace(['start', '--data', data, '--principals', file]), {
      name: 'CommandError',
      message: /principals\.yml:1:\d+.*must name an environment variable/,
    });
    await assert.rejects(workspace(['start', '--data', data, '--principals', join(data, 'none.yml')]), {
      message: /There is no file .*none\.yml/,
    });
    writeFileSync(file, user('{env: ADA_TOKEN}'));
    const { child, url } = await started(['--principals', file], { ...process.env, ADA_TOKEN: 'token-of-ada' });
    const headers = { authorization: 'Bearer token-of-ada' };
    const me = await fetch(`${url}/api/2.0/preview/scim/v2/Me`, { headers });
    assert.match(await me.text(), /ada@example\.com/);
    assert.equal((await fetch(`${url}/api/2.1/unity-catalog/catalogs/dev`, { headers })).status, 403);
    const ended = once(child, 'exit');
    assert.equal(command('stop').status, 0);
    assert.deepEqual(await ended, [0, null]);
  });

  it('deploys the jobs of the sample into a catalog that is there, and a second time resets the same ones', async () => {
    const { child, url, said } = await started();
    const [{ token }] = JSON.parse(said) as [{ token: string }];
    const env = { ...process.env, DATABRICKS_HOST: url, DATABRICKS_TOKEN: token, DATABRICKS_CONFIG_PROFILE: '' };
    const deploy = (...args: string[]) =>
      spawnSync(process.execPath, [...CLI, 'deploy', ...args], { encoding: 'utf8', env });

    const missing = deploy('--catalog', 'stagign');
    assert.deepEqual([missing.status, missing.stdout], [2, '']);
    assert.equal(
      missing.stderr,
      "There is no catalog 'stagign' in this workspace that you may see; nothing was deployed. Did you mean staging? Catalogs: dev, main, prod, staging.\n",
    );

    const first = deploy('--catalog', 'dev', '--commit', 'c1', '--json');
    assert.equal(first.status, 0, first.stderr);
    const jobs = JSON.parse(first.stdout) as { name: string; id: string; created: boolean }[];
    assert.deepEqual(
      jobs.map(({ name, created }) => [name, created]),
      [
        ['diabetes-evaluate', true],
        ['diabetes-integration', true],
        ['diabetes-train', true],
      ],
    );
    const again = deploy('--catalog', 'dev');
    for (const { name, id } of jobs) {
      assert.match(again.stdout, new RegExp(`  ${name} +${id}  reset\\n`));
    }
    assert.match(
      again.stdout,
      /Next: (?:npx databricks-mlops|node \S+) task DatabricksRunWorkflow --job diabetes-train\n$/,
    );

    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });

  it('deploys a bundle with the variables of the environment, and says what of it is not used', async () => {
    const bundle = join(data, '..', 'bundle');
    mkdirSync(bundle);
    writeFileSync(
      join(bundle, 'databricks.yml'),
      `bundle: {name: b}
variables: {who: {}}
resources:
  jobs:
    a:
      name: "job of \${var.who}"
      permissions: [{level: CAN_VIEW, group_name: users}]
      schedule: {quartz_cron_expression: 0 0 6 * * ?, timezone_id: UTC}
`,
    );
    const { child, url, said } = await started();
    const [{ token }] = JSON.parse(said) as [{ token: string }];
    const host = { ...process.env, DATABRICKS_HOST: url, DATABRICKS_TOKEN: token, DATABRICKS_CONFIG_PROFILE: '' };
    const deploy = (env: NodeJS.ProcessEnv) =>
      spawnSync(process.execPath, [...CLI, 'deploy', bundle, '--catalog', 'dev'], { encoding: 'utf8', env });

    const without = deploy(host);
    assert.equal(without.status, 1);
    assert.match(without.stderr, /\$\{var\.who\} has no value.*BUNDLE_VAR_who in the environment/);

    const { status, stdout, stderr } = deploy({ ...host, BUNDLE_VAR_who: 'me' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^ {2}job of me {2}\d+ {2}created$/m);
    assert.match(stderr, /^warning: Not used here: databricks\.yml: resources\.jobs\.a\.permissions\.$/m);
    assert.match(
      stderr,
      /^warning: .*resources\.jobs\.a\.schedule is kept; a local workspace starts nothing by itself\.$/m,
    );

    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });

  for (const [args, says] of [
    [[], /--catalog NAME is required/],
    [['--catalog', '../x'], /--catalog may have letters/],
    [['tests', '--catalog', 'dev'], /There is no databricks\.yml in .*tests\./],
    [['a', 'b', '--catalog', 'dev'], /'b' is one argument too many/],
  ] as const) {
    it(`deploys nothing with wrong usage: ${args.join(' ') || 'no catalog'}`, () => {
      const { status, stderr } = command('deploy', ...args);
      assert.equal(status, 2);
      assert.match(stderr, says);
    });
  }

  for (const [args, says] of [
    [['strt'], /^There is no 'workspace strt'\. Did you mean 'start'\?\n\ndatabricks-mlops workspace </],
    [['frobnicate'], /^There is no 'workspace frobnicate'\.\n\n/],
    [['start', '--prt', '1'], /^Unknown option '--prt'\.\n\ndatabricks-mlops workspace </],
    [['start', '--port', 'abc'], /^--port must be a number from 0 to 65535, not 'abc'\.$/],
  ] as const) {
    it(`says what is wrong with: ${args.join(' ')}`, () => assert.rejects(workspace(args), { message: says }));
  }

  it('says when there is nothing to delete', () => {
    assert.equal(command('reset').stdout, `There is no state in ${data}.\n`);
  });

  it('ends in order when its terminal is closed', async () => {
    const { child } = await started();
    const ended = once(child, 'exit');
    child.kill('SIGHUP');
    assert.deepEqual(await ended, [0, null]);
    assert.equal(existsSync(join(data, 'running.json')), false);
  });

  it('leaves a process alone that only has the number of one that was killed', () => {
    mkdirSync(data);
    const record = { process: { pid: process.pid, started: 'long ago' }, workspaces: [] };
    writeFileSync(join(data, 'running.json'), JSON.stringify(record));
    const stop = command('stop');
    assert.deepEqual([stop.status, stop.stdout], [0, `No local workspace runs on ${data}.\n`]);
  });

  it('deletes no state that a run uses, which no other terminal has started', async () => {
    const running = await startWorkspaces({ data });
    try {
      const reset = command('reset');
      assert.equal(reset.status, 2);
      assert.match(reset.stderr, new RegExp(`^Process ${process.pid} uses the state in .*: nothing was deleted\\.`));
      assert.equal(existsSync(join(data, 'metadata', 'data.mdb')), true);
    } finally {
      await running.stop();
    }
    assert.equal(command('reset').status, 0);
    assert.equal(existsSync(data), false);
  });

  it('deletes no folder that is not its own', () => {
    mkdirSync(join(data, 'metadata'), { recursive: true });
    writeFileSync(join(data, 'metadata', 'thesis.txt'), 'years of work');
    const reset = command('reset');
    assert.equal(reset.status, 2);
    assert.match(reset.stderr, /is not the data folder of a local workspace; nothing was deleted/);
    assert.equal(existsSync(join(data, 'metadata', 'thesis.txt')), true);
  });
});
