import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { systemClock } from '../../src/clock';
import { capture, mustNotAppear } from '../support/captured-output';
import { PRINCIPALS, type SignInScene, startSignInScene } from '../support/sign-in-scene';

const COMMAND = resolve('bin/databricks-mlops.mjs');
const DATABRICKS = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';

describe('credentials of the terminal, as a person starts a task', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
  let scene: SignInScene;

  before(async () => {
    scene = await startSignInScene(systemClock);
    const { url, token } = scene.workspace;
    const secret = scene.way('service principal secret').connection.parameters;
    mustNotAppear(token);
    mustNotAppear(secret['password'] ?? '');
    const profiles = [
      `[token]\nhost = ${url}\ntoken = ${token}`,
      `[secret]\nhost = ${url}\nclient_id = ${secret['username']}\nclient_secret = ${secret['password']}`,
      `[az]\nhost = ${url}`,
    ];
    writeFileSync(join(folder, 'databrickscfg'), `${profiles.join('\n\n')}\n`);
    // In place of the Azure CLI: a program of its name, which knows one signed-in identity.
    const accessToken = await scene.entra.tokenFor(PRINCIPALS.azure, DATABRICKS);
    const said = JSON.stringify({ accessToken, expires_on: Math.floor(systemClock.now() / 1000) + 3600 });
    const az = `#!/bin/sh\n[ "$*" = "account get-access-token --resource ${DATABRICKS} --output json" ] && echo '${said}'\n`;
    writeFileSync(join(folder, 'az'), az);
    chmodSync(join(folder, 'az'), 0o755);
  });
  after(async () => {
    await scene.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function identity(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
    const env = {
      PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      DATABRICKS_CONFIG_FILE: join(folder, 'databrickscfg'),
      ...environment,
    };
    const command = [COMMAND, 'task', 'DatabricksCheckConnection', '--checks', 'identity', '--json', ...args];
    const ended = await new Promise<{ stdout: string; stderr: string }>((done) => {
      execFile(process.execPath, command, { cwd: folder, env }, (_, stdout, stderr) => done({ stdout, stderr }));
    });
    capture('a task at the terminal', ended.stdout + ended.stderr);
    const { result, outputs } = JSON.parse(ended.stdout || '{}') as {
      result?: string;
      outputs?: Record<string, string>;
    };
    return result === 'Succeeded' ? (outputs?.['identity'] ?? '') : ended.stderr;
  }

  it('are those of the profile: token, OAuth secret, or az login', async () => {
    assert.match(await identity(['--profile', 'token']), /@localhost$/);
    assert.equal(await identity(['--profile', 'secret']), PRINCIPALS.secret);
    assert.equal(await identity(['--profile', 'az']), PRINCIPALS.azure);
    assert.match(await identity(['--profile', 'none']), /PROFILE_NOT_FOUND/);
  });

  it('are those of the environment, else of az login', async () => {
    const { url, token } = scene.workspace;
    const { username = '', password = '' } = scene.way('service principal secret').connection.parameters;
    assert.match(await identity([], { DATABRICKS_HOST: url, DATABRICKS_TOKEN: token }), /@localhost$/);
    const client = { DATABRICKS_CLIENT_ID: username, DATABRICKS_CLIENT_SECRET: password };
    assert.equal(await identity([], { DATABRICKS_HOST: url, ...client }), PRINCIPALS.secret);
    assert.equal(await identity(['--workspaceUrl', url]), PRINCIPALS.azure);
    assert.match(await identity([]), /WORKSPACE_URL_REQUIRED/);
    const schemeless = { DATABRICKS_HOST: url.replace('http://', ''), DATABRICKS_TOKEN: token };
    assert.match(
      await identity([], schemeless),
      /speaks plain HTTP and no TLS\. .*Write the address with its scheme: http:/,
    );
  });
});
