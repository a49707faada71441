import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';
import { byToken, DatabricksCli, databricksProgram } from './command-line';

interface Assignments {
  readonly privilege_assignments?: readonly { readonly principal: string; readonly privileges: readonly unknown[] }[];
}

describe('Unity Catalog, warehouses, endpoints and secrets by the unmodified Databricks CLI', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let cli: DatabricksCli;

  before(async function () {
    const program = await databricksProgram(this);
    workspace = await startTestWorkspace();
    cli = new DatabricksCli(program, byToken(workspace));
  });
  after(async () => {
    cli?.remove();
    await workspace?.stop();
  });

  const names = async (...args: string[]) =>
    (await cli.json<{ name: string }[]>(...args)).map(({ name }) => name).sort();

  it('catalogs: create, get, update, list, and delete with force', async () => {
    await cli.text('catalogs', 'create', 'cli_catalog', '--comment', 'first');
    await cli.text('catalogs', 'update', 'cli_catalog', '--comment', 'second');
    assert.equal((await cli.json('catalogs', 'get', 'cli_catalog')).comment, 'second');
    assert.deepEqual(await names('catalogs', 'list'), ['cli_catalog', 'dev', 'main', 'prod', 'staging']);
    assert.match(await cli.text('catalogs', 'list'), /^cli_catalog +MANAGED_CATALOG +second$/m);
    await cli.text('schemas', 'create', 'inner', 'cli_catalog');
    assert.match(await cli.refusal('catalogs', 'delete', 'cli_catalog'), /^Error: Catalog 'cli_catalog' is not empty/);
    await cli.text('catalogs', 'delete', 'cli_catalog', '--force');
    assert.equal(await cli.refusal('catalogs', 'get', 'cli_catalog'), "Error: Catalog 'cli_catalog' does not exist.");
  });

  it('schemas: create, get, update, list and delete', async () => {
    await cli.text('schemas', 'create', 'cli_schema', 'dev', '--comment', 'first');
    await cli.text('schemas', 'update', 'dev.cli_schema', '--comment', 'second');
    assert.equal((await cli.json('schemas', 'get', 'dev.cli_schema')).comment, 'second');
    assert.ok((await names('schemas', 'list', 'dev')).includes('cli_schema'));
    await cli.text('schemas', 'delete', 'dev.cli_schema');
    assert.match(await cli.refusal('schemas', 'get', 'dev.cli_schema'), /does not exist\.$/);
  });

  it('volumes: create, read, list, update and delete', async () => {
    const made = await cli.json('volumes', 'create', 'dev', 'default', 'cli_volume', 'MANAGED');
    assert.deepEqual([made.full_name, made.volume_type], ['dev.default.cli_volume', 'MANAGED']);
    await cli.text('volumes', 'update', 'dev.default.cli_volume', '--comment', 'changed');
    assert.equal((await cli.json('volumes', 'read', 'dev.default.cli_volume')).comment, 'changed');
    assert.deepEqual(await names('volumes', 'list', 'dev', 'default'), ['cli_volume']);
    await cli.text('volumes', 'delete', 'dev.default.cli_volume');
    assert.match(await cli.refusal('volumes', 'read', 'dev.default.cli_volume'), /does not exist\.$/);
  });

  it('grants: update, get, and effective ones with their origin', async () => {
    const change = (what: object) =>
      cli.json(
        'grants',
        'update',
        'catalog',
        'staging',
        '--json',
        JSON.stringify({ changes: [{ principal: 'users', ...what }] }),
      );
    const effective = async () =>
      (await cli.json<Assignments>('grants', 'get-effective', 'schema', 'staging.default')).privilege_assignments?.find(
        ({ principal }) => principal === 'users',
      )?.privileges;
    await change({ add: ['USE_CATALOG', 'SELECT'] });
    const { privilege_assignments } = await cli.json<Assignments>('grants', 'get', 'catalog', 'staging');
    const ofUsers = privilege_assignments?.find(({ principal }) => principal === 'users');
    assert.deepEqual([...(ofUsers?.privileges ?? [])].sort(), ['SELECT', 'USE_CATALOG']);
    const select = (await effective())?.find((one) => (one as { privilege: string }).privilege === 'SELECT');
    assert.deepEqual(select, { privilege: 'SELECT', inherited_from_name: 'staging', inherited_from_type: 'CATALOG' });
    await change({ remove: ['USE_CATALOG', 'SELECT'] });
    assert.equal(await effective(), undefined);
  });

  it('registered models and versions: create, get, list, alias, update and delete', async () => {
    const model = 'dev.default.cli_model';
    await cli.text(
      'registered-models',
      'create',
      '--name',
      'cli_model',
      '--catalog-name',
      'dev',
      '--schema-name',
      'default',
    );
    const seeded = await workspace.call('POST', '/local/seed/models', {
      models: [{ full_name: 'dev.default.cli_versions', versions: { count: 3, source: 'dbfs:/seeded' } }],
    });
    assert.equal(seeded.status, 200, seeded.text);
    assert.deepEqual(await names('registered-models', 'list'), ['cli_model', 'cli_versions']);
    await cli.text('registered-models', 'update', model, '--comment', 'changed');
    assert.equal((await cli.json('registered-models', 'get', model)).comment, 'changed');

    const versions = 'dev.default.cli_versions';
    await cli.text('registered-models', 'set-alias', versions, 'champion', '2');
    const champion = await cli.json('model-versions', 'get-by-alias', versions, 'champion');
    assert.deepEqual([champion.version, champion.status], [2, 'READY']);
    await cli.text('model-versions', 'update', versions, '2', '--comment', 'best');
    assert.equal((await cli.json('model-versions', 'get', versions, '2')).comment, 'best');
    const listed = await cli.json<{ version: number }[]>('model-versions', 'list', versions);
    assert.deepEqual(listed.map(({ version }) => version).sort(), [1, 2, 3]);
    await cli.text('registered-models', 'delete-alias', versions, 'champion');
    assert.match(await cli.refusal('model-versions', 'get-by-alias', versions, 'champion'), /champion/);
    await cli.text('model-versions', 'delete', versions, '1');
    assert.equal(
      await cli.refusal('model-versions', 'get', versions, '1'),
      `Error: Model version '${versions}/1' does not exist.`,
    );
    await cli.text('registered-models', 'delete', model);
    assert.match(await cli.refusal('registered-models', 'get', model), /does not exist/);
  });

  it('warehouses: list and get', async () => {
    const [warehouse] = await cli.json<{ id: string; name: string; state: string }[]>('warehouses', 'list');
    assert.deepEqual([warehouse?.name, warehouse?.state], ['Local warehouse', 'RUNNING']);
    assert.equal((await cli.json('warehouses', 'get', warehouse?.id ?? '')).id, warehouse?.id);
    assert.equal(await cli.refusal('warehouses', 'get', 'none'), 'Error: SQL warehouse with ID none does not exist.');
  });

  it('serving endpoints: list, and one that is not there', async () => {
    assert.deepEqual(await cli.json('serving-endpoints', 'list'), []);
    assert.equal(await cli.refusal('serving-endpoints', 'get', 'none'), 'Error: The endpoint none does not exist.');
  });

  it('secrets: scopes, values and their removal', async () => {
    await cli.text('secrets', 'create-scope', 'cli');
    await cli.text('secrets', 'put-secret', 'cli', 'key', '--string-value', 'value');
    assert.deepEqual(await names('secrets', 'list-scopes'), ['cli']);
    const keys = await cli.json<{ key: string }[]>('secrets', 'list-secrets', 'cli');
    assert.deepEqual(
      keys.map(({ key }) => key),
      ['key'],
    );
    const { value } = await cli.json<{ value: string }>('secrets', 'get-secret', 'cli', 'key');
    assert.equal(Buffer.from(value, 'base64').toString(), 'value');
    await cli.text('secrets', 'delete-secret', 'cli', 'key');
    assert.match(await cli.refusal('secrets', 'get-secret', 'cli', 'key'), /does not exist/i);
    await cli.text('secrets', 'delete-scope', 'cli');
    assert.deepEqual(await cli.json('secrets', 'list-scopes'), []);
  });
});
