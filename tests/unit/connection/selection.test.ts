import assert from 'node:assert/strict';
import { cloudOf } from '../../../src/connection/clouds';
import { environmentSettings, profileOf } from '../../../src/connection/profile';
import { readSelection } from '../../../src/connection/selection';
import { terminalCredentials } from '../../../src/connection/terminal';
import { workspaceUrl } from '../../../src/connection/workspace-url';
import type { TaskError } from '../../../src/errors';
import { HttpClient } from '../../../src/http/client';
import { startDouble } from '../../support/http-double';
import { connection, surroundings } from './surroundings';

describe('which workspace', () => {
  it('normalises addresses and refuses what is not https', () => {
    const good: Record<string, string> = {
      'https://adb-1.2.azuredatabricks.net/?o=1#job/7': 'https://adb-1.2.azuredatabricks.net',
      'ADB-1.2.azuredatabricks.net/': 'https://adb-1.2.azuredatabricks.net',
      'http://127.0.0.1:8080/': 'http://127.0.0.1:8080',
      'localhost:8080': 'https://localhost:8080',
      '127.0.0.1:8080/api': 'https://127.0.0.1:8080',
      'adb-1.2.azuredatabricks.net:443': 'https://adb-1.2.azuredatabricks.net',
      'http://localhost:80': 'http://localhost',
    };
    for (const [text, url] of Object.entries(good)) {
      assert.equal(workspaceUrl(text, 'x'), url);
    }
    for (const bad of [
      '',
      'http://adb-1.2.azuredatabricks.net',
      'ftp://127.0.0.1',
      'https://u:p@w.example',
      'https://',
    ]) {
      assert.throws(() => workspaceUrl(bad, 'x'), { code: 'WORKSPACE_URL_INVALID' }, bad);
    }
  });

  it('wants exactly one way', () => {
    const inputs = (databricks: boolean, azure: boolean, url: string) => ({
      connection: (name: string) =>
        (name === 'databricksConnection' ? databricks : azure)
          ? { ...connection('Token'), url: 'https://w.example/' }
          : undefined,
      text: () => url,
    });
    assert.equal(readSelection(inputs(true, false, ''), 'pipeline').workspaceUrl, 'https://w.example');
    assert.equal(
      readSelection(inputs(false, true, 'https://v.example/x'), 'pipeline').workspaceUrl,
      'https://v.example',
    );
    assert.deepEqual(readSelection(inputs(false, false, ''), 'terminal'), { kind: 'terminal', workspaceUrl: '' });
    assert.throws(() => readSelection(inputs(true, true, ''), 'pipeline'), { code: 'CONNECTION_AMBIGUOUS' });
    assert.throws(() => readSelection(inputs(true, false, 'https://v.example'), 'pipeline'), {
      code: 'CONNECTION_AMBIGUOUS',
    });
    assert.throws(() => readSelection(inputs(false, true, ''), 'pipeline'), { code: 'WORKSPACE_URL_REQUIRED' });
    assert.throws(() => readSelection(inputs(false, false, ''), 'pipeline'), { code: 'CONNECTION_REQUIRED' });
  });

  const clouds: readonly (readonly [data: Record<string, string>, host: string, authority: string])[] = [
    [{}, 'adb-1.2.azuredatabricks.net', 'https://login.microsoftonline.com'],
    [{}, 'adb-1.2.databricks.azure.us', 'https://login.microsoftonline.us'],
    [{}, 'adb-1.2.databricks.azure.cn', 'https://login.chinacloudapi.cn'],
    [{}, 'databricks.bank.example', 'https://login.microsoftonline.com'],
    [{ environment: 'AzureCloud' }, 'adb-1.2.azuredatabricks.net', 'https://login.microsoftonline.com'],
    [{ environment: 'azurechinacloud' }, 'databricks.bank.example', 'https://login.chinacloudapi.cn'],
    [{ environment: 'AzureUSGovernment' }, 'adb-1.2.databricks.azure.us', 'https://login.microsoftonline.us'],
    [
      { environment: 'AzureStack', activeDirectoryAuthority: 'https://login.own.example/' },
      'databricks.own.example',
      'https://login.own.example',
    ],
    [
      { environment: 'AzureStack', environmentAuthorityUrl: 'http://127.0.0.1:9/' },
      'databricks.own.example',
      'http://127.0.0.1:9',
    ],
  ];
  for (const [data, host, authority] of clouds) {
    it(`asks ${authority} for ${host} with ${JSON.stringify(data)}`, () => {
      assert.equal(cloudOf(connection('x', {}, data), `https://${host}`).authority, authority);
    });
  }

  it('asks for the second token of a sovereign cloud at its own service management', () => {
    const resource = (host: string) => cloudOf(connection('x'), `https://${host}`).serviceManagement;
    assert.equal(resource('adb-1.2.azuredatabricks.net'), 'https://management.core.windows.net/');
    assert.equal(resource('adb-1.2.databricks.azure.us'), 'https://management.core.usgovcloudapi.net/');
    assert.equal(resource('adb-1.2.databricks.azure.cn'), 'https://management.core.chinacloudapi.cn/');
  });

  it('refuses a connection of another cloud, and an authority without https', () => {
    const cloud = (data: Record<string, string>) => () =>
      cloudOf(connection('x', {}, data), 'https://adb-1.2.azuredatabricks.net');
    assert.throws(cloud({ environment: 'AzureChinaCloud' }), { code: 'CLOUD_DIFFERS', message: /AzureChinaCloud/ });
    for (const activeDirectoryAuthority of ['', 'login.example', 'http://login.example']) {
      assert.throws(cloud({ environment: 'AzureStack', activeDirectoryAuthority }), { code: 'CONNECTION_INCOMPLETE' });
    }
  });
});

const MANAGEMENT = 'https://management.core.windows.net/';

describe('credentials of the terminal', () => {
  const file =
    '; a comment\n[DEFAULT]\nhost = https://d.example/\n\n[prod]\nhost=https://p.example\ntoken = a=b\n[az]\nhost = https://z.example';

  it('reads profiles', () => {
    assert.deepEqual(profileOf(file, 'prod', 'f'), { host: 'https://p.example', token: 'a=b' });
    assert.throws(() => profileOf(file, 'none', 'f'), { code: 'PROFILE_NOT_FOUND', message: /'none' in f/ });
    const todo = (name: string, text: string) => {
      try {
        profileOf(text, name, 'f');
      } catch (error) {
        return (error as TaskError).options.todo;
      }
      return assert.fail('it has the profile');
    };
    assert.equal(todo('none', file), 'The file has: DEFAULT, prod, az.');
    assert.equal(todo('prdo', file), 'Did you mean prod? The file has: DEFAULT, prod, az.');
    assert.equal(todo('prod', '# none\n'), 'The file has no profile at all: write one with `databricks configure`.');
    assert.throws(() => profileOf('[a]\nbroken', 'a', 'f'), { code: 'PROFILE_INVALID', message: /Line 2/ });
    assert.deepEqual(environmentSettings({ DATABRICKS_HOST: 'h', DATABRICKS_TOKEN: '' }), { host: 'h' });
  });

  const open = (environment: Record<string, string>, givenUrl = '', text = file) => {
    const context = surroundings();
    const azureCli = async (args: readonly string[]) =>
      JSON.stringify({
        accessToken: args.includes(MANAGEMENT) ? 'management-token' : 'cli-token',
        expires_on: context.clock.now() / 1000 + 3600,
      });
    const http = new HttpClient({ baseUrl: '' });
    return {
      context,
      ...terminalCredentials(http, givenUrl, context, { environment, azureCli, readConfiguration: () => text }),
    };
  };

  it('takes the profile, else the environment, else the Azure CLI', async () => {
    const profile = open({
      DATABRICKS_CONFIG_PROFILE: 'prod',
      DATABRICKS_HOST: 'https://other.example',
      DATABRICKS_TOKEN: 'env',
    });
    assert.equal(profile.workspaceUrl, 'https://p.example');
    assert.deepEqual(await profile.credentials.headers(), { Authorization: 'Bearer a=b' });
    assert.deepEqual(profile.context.masked, ['a=b']);
    const environment = open({ DATABRICKS_HOST: 'http://127.0.0.1:99', DATABRICKS_TOKEN: 'env' });
    assert.deepEqual(await environment.credentials.headers(), { Authorization: 'Bearer env' });
    const cli = open({ DATABRICKS_CONFIG_PROFILE: 'az' });
    assert.deepEqual(await cli.credentials.headers(), { Authorization: 'Bearer cli-token' });
    assert.deepEqual(cli.context.masked, ['cli-token']);
    assert.equal(open({}, 'https://given.example').workspaceUrl, 'https://given.example');
  });

  it("shows the Azure CLI's second token where the environment names the workspace in Azure", async () => {
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w';
    const { credentials, context } = open({
      DATABRICKS_HOST: 'https://adb-1.2.azuredatabricks.net',
      DATABRICKS_AZURE_RESOURCE_ID: id,
    });
    assert.deepEqual(await credentials.headers(), {
      Authorization: 'Bearer cli-token',
      'X-Databricks-Azure-SP-Management-Token': 'management-token',
      'X-Databricks-Azure-Workspace-Resource-Id': id,
    });
    assert.deepEqual(new Set(context.masked), new Set(['cli-token', 'management-token']));
  });

  it('sends the second token to no host but those of Azure Databricks', () => {
    const environment = {
      DATABRICKS_HOST: 'https://databricks.own.example',
      DATABRICKS_AZURE_RESOURCE_ID: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w',
    };
    assert.throws(() => open(environment), { code: 'WORKSPACE_HOST_UNKNOWN', message: /databricks\.own\.example/ });
  });

  it('sends a secret that names no workspace to hosts of Azure Databricks and this machine alone', async () => {
    const refused = { code: 'WORKSPACE_HOST_UNKNOWN', message: /own\.example.*not sent there/ };
    for (const secret of [
      { DATABRICKS_TOKEN: 'env' },
      { DATABRICKS_CLIENT_ID: 'app', DATABRICKS_CLIENT_SECRET: 'oauth-secret' },
      { DATABRICKS_CONFIG_PROFILE: 'nowhere' },
    ]) {
      const at = (url: string) => open(secret, url, '[nowhere]\ntoken = t').workspaceUrl;
      assert.throws(() => at('https://own.example'), refused);
      assert.throws(() => at('https://azuredatabricks.net.own.example'), refused);
      assert.equal(at('http://127.0.0.1:8080'), 'http://127.0.0.1:8080');
    }
    const { credentials } = open({ DATABRICKS_TOKEN: 'env' }, 'https://adb-1.2.azuredatabricks.net');
    assert.deepEqual(await credentials.headers(), { Authorization: 'Bearer env' });
    assert.equal(
      open({ DATABRICKS_HOST: 'https://own.example', DATABRICKS_TOKEN: 'env' }, 'https://own.example').workspaceUrl,
      'https://own.example',
    );
  });

  it('signs in with the client id and secret of the environment', async () => {
    const double = await startDouble((request) =>
      request.method === 'GET'
        ? { json: { token_endpoint: `http://${request.headers.host}/oidc/v1/token` } }
        : { json: { access_token: 'from-secret', expires_in: 3600 } },
    );
    try {
      const { credentials, context } = open({
        DATABRICKS_HOST: double.url,
        DATABRICKS_CLIENT_ID: 'app',
        DATABRICKS_CLIENT_SECRET: 'oauth-secret',
      });
      assert.deepEqual(await credentials.headers(), { Authorization: 'Bearer from-secret' });
      assert.equal(
        double.received[1]?.headers.authorization,
        `Basic ${Buffer.from('app:oauth-secret').toString('base64')}`,
      );
      assert.ok(context.masked.includes('oauth-secret'));
    } finally {
      await double.close();
    }
  });

  for (const [said, code] of [
    ['{}', 'AZURE_CLI_FAILED'],
    ['Please run az login', 'AZURE_CLI_FAILED'],
  ] as const) {
    it(`fails when the Azure CLI says ${said}`, async () => {
      const context = surroundings();
      const means = { environment: {}, azureCli: async () => said, readConfiguration: () => '' };
      const { credentials } = terminalCredentials(new HttpClient({ baseUrl: '' }), 'https://w.example', context, means);
      await assert.rejects(credentials.headers(), { code });
    });
  }

  it('says which of its means is not there: the Azure CLI, the configuration file, the host of a profile', async () => {
    const missing = Object.assign(new Error('spawn az ENOENT'), { code: 'ENOENT' });
    const connect = (environment: Record<string, string>, readConfiguration: () => string, url = '') =>
      terminalCredentials(new HttpClient({ baseUrl: '' }), url, surroundings(), {
        environment,
        azureCli: () => Promise.reject(missing),
        readConfiguration,
      });
    const profile = { DATABRICKS_CONFIG_PROFILE: 'p', DATABRICKS_CONFIG_FILE: '/home/a/.databrickscfg' };
    await assert.rejects(connect(profile, () => '[p]\nhost = https://w.example\n').credentials.headers(), {
      code: 'AZURE_CLI_FAILED',
      sentences:
        'There is no Azure CLI (`az`) on this machine. ' +
        "It was asked because profile 'p' has neither a token nor a client secret. " +
        'Install it, or set DATABRICKS_HOST and DATABRICKS_TOKEN, or name a profile that has a token with --profile.',
    });
    assert.throws(() => connect(profile, () => '[p]\ntoken = t\n'), {
      code: 'WORKSPACE_URL_REQUIRED',
      sentences: "The profile 'p' has no 'host'. Write 'host = https://…' into it, or give --workspaceUrl.",
    });
    const unreadable = (code: string) => () => {
      throw Object.assign(new Error(code), { code });
    };
    assert.throws(() => connect(profile, unreadable('ENOENT')), {
      message: 'There is no configuration file /home/a/.databrickscfg.',
    });
    assert.throws(() => connect(profile, unreadable('EACCES')), {
      message: 'The configuration file /home/a/.databrickscfg cannot be read.',
    });
  });

  it('never sends a token of one workspace to another', () => {
    assert.throws(() => open({ DATABRICKS_CONFIG_PROFILE: 'prod' }, 'https://given.example'), {
      code: 'WORKSPACE_URL_DIFFERS',
    });
    assert.throws(() => open({}), { code: 'WORKSPACE_URL_REQUIRED' });
  });
});
