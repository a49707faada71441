import assert from 'node:assert/strict';
import { administrator } from '../../../local/workspace/identity/principals';
import { unknownOperation } from '../../../local/workspace/left-out';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';
import { byToken, DatabricksCli, databricksProgram } from './command-line';

const ROBOT = '11111111-2222-3333-4444-555555555555';

describe('sign-in and single requests by the unmodified Databricks CLI', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let cli: DatabricksCli;

  before(async function () {
    const program = await databricksProgram(this);
    workspace = await startTestWorkspace({
      servicePrincipals: [{ applicationId: ROBOT, displayName: 'robot', secret: 'robot-secret' }],
    });
    cli = new DatabricksCli(program, byToken(workspace));
    cli.write(
      'databrickscfg',
      `[DEFAULT]\n\n[local]\nhost = ${workspace.url}\ntoken = ${workspace.token}\n\n[robot]\nhost = ${workspace.url}\n` +
        `client_id = ${ROBOT}\nclient_secret = robot-secret\n`,
    );
  });
  after(async () => {
    cli?.remove();
    await workspace?.stop();
  });

  const notThere = (method: string, path: string) => `Error: ${unknownOperation(method, path).message}`;
  const robot = (secret: string) => ({
    DATABRICKS_HOST: workspace.url,
    DATABRICKS_CLIENT_ID: ROBOT,
    DATABRICKS_CLIENT_SECRET: secret,
  });

  describe('auth and current-user', () => {
    it('me by token', async () => {
      const me = await cli.json<{ userName: string; groups: { display: string }[] }>('current-user', 'me');
      assert.deepEqual([me.userName, me.groups.map(({ display }) => display)], [administrator().userName, ['admins']]);
    });

    it('me by a profile', async () => {
      const { code, out } = await cli.end(['current-user', 'me', '--profile', 'local'], {});
      assert.deepEqual([code, JSON.parse(out).userName], [0, administrator().userName]);
    });

    it('me as a service principal, by client id and secret', async () => {
      const { code, out } = await cli.end(['current-user', 'me'], robot('robot-secret'));
      assert.deepEqual([code, JSON.parse(out).userName, JSON.parse(out).displayName], [0, ROBOT, 'robot']);
    });

    it('me as a service principal, by a profile', async () => {
      const { code, out } = await cli.end(['current-user', 'me', '--profile', 'robot'], {});
      assert.deepEqual([code, JSON.parse(out).userName], [0, ROBOT]);
    });

    it('a wrong client secret is refused', async () => {
      const { code, complaints } = await cli.end(['current-user', 'me'], {
        ...robot('wrong-secret'),
        DATABRICKS_AUTH_TYPE: 'oauth-m2m',
      });
      assert.equal(code, 1);
      assert.match(complaints, /invalid_client/);
      assert.doesNotMatch(complaints, /wrong-secret/);
    });

    it('a wrong token is refused, with how it signed in', async () => {
      const { code, complaints } = await cli.end(['jobs', 'list'], {
        ...byToken(workspace),
        DATABRICKS_TOKEN: 'wrong',
      });
      assert.equal(code, 1);
      assert.match(complaints, /^Error: Invalid access token\./);
      assert.match(complaints, /Auth type: Personal Access Token \(pat\)/);
    });

    it('auth describe says who, where and by which variables', async () => {
      const said = await cli.text('auth', 'describe');
      for (const line of [
        `Host: ${workspace.url}`,
        `User: ${administrator().userName}`,
        'Authenticated with: pat',
        `workspace_id: ${workspace.id}`,
        'token: ******** (from DATABRICKS_TOKEN environment variable)',
      ]) {
        assert.ok(said.includes(line), `${line} is missing:\n${said}`);
      }
    });

    it('auth describe of a profile as JSON', async () => {
      const { out } = await cli.end(['auth', 'describe', '--profile', 'robot', '--output', 'json'], {});
      const said = JSON.parse(out);
      assert.deepEqual(
        [said.status, said.username, said.details.auth_type, said.details.host],
        ['success', ROBOT, 'oauth-m2m', workspace.url],
      );
    });

    it('auth describe of a wrong token says that it is not valid', async () => {
      const { out } = await cli.end(['auth', 'describe'], { ...byToken(workspace), DATABRICKS_TOKEN: 'wrong' });
      assert.match(out, /Unable to authenticate: Invalid access token\./);
    });

    it('auth env of a profile', async () => {
      const { code, out } = await cli.end(['auth', 'env', '--profile', 'local'], {});
      const { env } = JSON.parse(out);
      assert.deepEqual(
        [code, env.DATABRICKS_HOST, env.DATABRICKS_TOKEN, env.DATABRICKS_CONFIG_PROFILE],
        [0, workspace.url, workspace.token, 'local'],
      );
    });

    it('auth profiles are valid', async () => {
      const { out } = await cli.end(['auth', 'profiles', '--output', 'json'], {});
      const { profiles } = JSON.parse(out) as { profiles: { name: string; valid: boolean }[] };
      assert.deepEqual(
        profiles.filter(({ name }) => name !== 'DEFAULT').map(({ name, valid }) => [name, valid]),
        [
          ['local', true],
          ['robot', true],
        ],
      );
    });
  });

  describe('api', () => {
    const schemas = '/api/2.1/unity-catalog/schemas';

    it('get', async () => {
      const catalog = await cli.json('api', 'get', '/api/2.1/unity-catalog/catalogs/dev');
      assert.deepEqual([catalog.name, catalog.catalog_type], ['dev', 'MANAGED_CATALOG']);
    });

    it('post, patch and delete', async () => {
      const body = cli.write('schema.json', JSON.stringify({ catalog_name: 'dev', name: 'by_api' }));
      const made = await cli.json('api', 'post', schemas, '--json', `@${body}`);
      const changed = await cli.json('api', 'patch', `${schemas}/dev.by_api`, '--json', '{"comment":"ü"}');
      assert.deepEqual([made.full_name, made.comment, changed.comment], ['dev.by_api', undefined, 'ü']);
      assert.deepEqual(await cli.json('api', 'delete', `${schemas}/dev.by_api`), {});
      assert.match(
        await cli.refusal('api', 'get', `${schemas}/dev.by_api`),
        /^Error: Schema 'dev\.by_api' does not exist\./,
      );
    });

    it('put and head, which answer nothing', async () => {
      const folder = '/api/2.0/fs/directories/Volumes/dev/default/by_api/made';
      await cli.json(
        'api',
        'post',
        '/api/2.1/unity-catalog/volumes',
        '--json',
        JSON.stringify({
          catalog_name: 'dev',
          schema_name: 'default',
          name: 'by_api',
          volume_type: 'MANAGED',
        }),
      );
      assert.equal((await cli.text('api', 'put', folder)).trim(), 'null');
      assert.equal((await cli.text('api', 'head', folder)).trim(), 'null');
      assert.match(await cli.refusal('api', 'head', `${folder}/none`), /Not Found/i);
    });

    it('a refused request ends with the words of the workspace', async () => {
      assert.equal(
        await cli.refusal('api', 'post', schemas, '--json', '{"catalog_name":"none","name":"x"}'),
        "Error: Catalog 'none' does not exist.",
      );
    });

    it('an unknown path ends with its name', async () => {
      assert.equal(await cli.refusal('api', 'get', '/api/2.0/no-such'), notThere('GET', '/api/2.0/no-such'));
    });
  });

  describe('what the workspace has not', () => {
    for (const [command, method, path] of [
      ['clusters list', 'GET', '/api/2.1/clusters/list'],
      ['repos list', 'GET', '/api/2.0/repos'],
      ['tokens list', 'GET', '/api/2.0/token/list'],
      ['fs ls dbfs:/', 'GET', '/api/2.0/dbfs/list'],
    ] as const) {
      it(`${command} says so, and what to use instead`, async () => {
        const said = await cli.refusal(...command.split(' '));
        assert.equal(said, notThere(method, path));
        assert.ok(said.split('. ').length >= 2, said);
      });
    }

    it('a missing job is not found', async () => {
      assert.equal(await cli.refusal('jobs', 'get', '99'), 'Error: Job 99 does not exist.');
    });
  });
});
