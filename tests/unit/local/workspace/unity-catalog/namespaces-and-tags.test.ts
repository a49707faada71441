import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

const UC = '/api/2.1/unity-catalog';
const TAGS = `${UC}/entity-tag-assignments`;

describe('catalogs, schemas, volumes and tables', () => {
  let workspace: TestWorkspace;
  const call = (method: string, path: string, body?: unknown) =>
    workspace.call<ReturnType<typeof JSON.parse>>(method, path, body);
  const ok = async (method: string, path: string, body?: unknown) => {
    const reply = await call(method, path, body);
    assert.equal(reply.status, 200, `${method} ${path}: ${reply.text}`);
    return reply.json;
  };
  const sql = async (statement: string) => {
    const { warehouses } = await ok('GET', '/api/2.0/sql/warehouses');
    const body = { statement, warehouse_id: warehouses[0].id, wait_timeout: '30s' };
    assert.equal((await ok('POST', '/api/2.0/sql/statements', body)).status.state, 'SUCCEEDED');
  };

  before(async () => {
    workspace = await startTestWorkspace();
    await ok('POST', `${UC}/catalogs`, { name: 'Shop', comment: 'first', properties: { team: 'ml' } });
    await ok('POST', `${UC}/schemas`, { name: 'ml', catalog_name: 'shop' });
    await ok('POST', `${UC}/volumes`, {
      catalog_name: 'shop',
      schema_name: 'ml',
      name: 'files',
      volume_type: 'MANAGED',
    });
    await sql('CREATE TABLE shop.ml.t (x INT, y STRING)');
  });
  after(() => workspace?.stop());

  it('change comment, owner and properties, and say who did', async () => {
    for (const path of ['catalogs/shop', 'schemas/shop.ml', 'volumes/shop.ml.files']) {
      const former = await ok('GET', `${UC}/${path}`);
      const changed = await ok('PATCH', `${UC}/${path}`, { comment: 'second', owner: 'team', properties: { a: 'b' } });
      assert.deepEqual([changed.comment, changed.owner, changed.properties], ['second', 'team', { a: 'b' }]);
      assert.equal(changed.created_by, former.owner);
      assert.equal(changed.updated_by, former.owner);
      assert.deepEqual(await ok('GET', `${UC}/${path}`), changed);
      assert.equal((await call('PATCH', `${UC}/${path}`, { new_name: 'other' })).status, 501);
    }
    assert.equal((await call('PATCH', `${UC}/catalogs/none`, { comment: 'x' })).status, 404);
    assert.equal((await call('PATCH', `${UC}/schemas/shop`, { comment: 'x' })).status, 400);
  });

  it('keep tags of each kind of entity, one value a key', async () => {
    for (const [type, name] of [
      ['catalogs', 'shop'],
      ['schemas', 'shop.ml'],
      ['tables', 'shop.ml.t'],
      ['columns', 'shop.ml.t.x'],
      ['volumes', 'shop.ml.files'],
    ]) {
      const tag = { entity_type: type, entity_name: name, tag_key: 'team', tag_value: 'ml' };
      assert.deepEqual(await ok('POST', TAGS, tag), tag);
      assert.equal((await call('POST', TAGS, tag)).status, 409);
      const path = `${TAGS}/${type}/${name}/tags`;
      assert.deepEqual(await ok('GET', path), { tag_assignments: [tag] });
      const changed = { ...tag, tag_value: 'risk' };
      assert.deepEqual(await ok('PATCH', `${path}/team?update_mask=tag_value`, { tag_value: 'risk' }), changed);
      assert.deepEqual(await ok('GET', `${path}/team`), changed);
      await ok('DELETE', `${path}/team`);
      assert.equal((await call('GET', `${path}/team`)).status, 404);
      assert.equal((await call('DELETE', `${path}/team`)).status, 404);
      assert.deepEqual(await ok('GET', path), {});
    }
  });

  for (const [tag, status] of [
    [{ entity_type: 'tables', entity_name: 'shop.ml.none', tag_key: 'k' }, 404],
    [{ entity_type: 'columns', entity_name: 'shop.ml.t.none', tag_key: 'k' }, 404],
    [{ entity_type: 'catalogs', entity_name: 'none', tag_key: 'k' }, 404],
    [{ entity_type: 'shares', entity_name: 's', tag_key: 'k' }, 501],
    [{ entity_type: 'catalogs', entity_name: 'shop', tag_key: 'a.b' }, 400],
    [{ entity_type: 'catalogs', entity_name: 'shop' }, 400],
  ] as const) {
    it(`refuse the tag ${JSON.stringify(tag)}: ${status}`, async () => {
      assert.equal((await call('POST', TAGS, tag)).status, status);
    });
  }

  it('go only when they are empty, or by force with all that is in them, files and grants too', async () => {
    assert.deepEqual(await ok('GET', `${UC}/tables/shop.ml.t/exists`), { table_exists: true });
    assert.match((await call('DELETE', `${UC}/schemas/shop.ml`)).json.message, /is not empty\. The schema has 2 /);
    assert.equal((await call('DELETE', `${UC}/catalogs/shop`)).status, 400);
    await ok('PATCH', `${UC}/permissions/schema/shop.ml`, { changes: [{ principal: 'users', add: ['SELECT'] }] });
    await ok('DELETE', `${UC}/tables/shop.ml.t`);
    assert.deepEqual(await ok('GET', `${UC}/tables/shop.ml.t/exists`), { table_exists: false });
    assert.equal((await call('DELETE', `${UC}/tables/shop.ml.t`)).status, 404);
    await workspace.call('PUT', '/api/2.0/fs/files/Volumes/shop/ml/files/a.txt', 'x');
    const folder = fileURLToPath((await ok('GET', `${UC}/volumes/shop.ml.files`)).storage_location);
    assert.equal(existsSync(folder), true);
    await ok('DELETE', `${UC}/catalogs/shop?force=true`);
    assert.equal(existsSync(folder), false);
    assert.equal((await call('GET', `${UC}/catalogs/shop`)).status, 404);
    await ok('POST', `${UC}/catalogs`, { name: 'shop' });
    await ok('POST', `${UC}/schemas`, { name: 'ml', catalog_name: 'shop' });
    assert.deepEqual(await ok('GET', `${UC}/permissions/schema/shop.ml`), {}, 'the new one has none of the old grants');
    await ok('DELETE', `${UC}/schemas/shop.ml`);
    await ok('DELETE', `${UC}/catalogs/shop`);
  });

  it('go with their models and the files of these', async () => {
    await ok('POST', `${UC}/schemas`, { name: 'gone', catalog_name: 'dev' });
    await ok('POST', `${UC}/models`, { catalog_name: 'dev', schema_name: 'gone', name: 'm' });
    await ok('DELETE', `${UC}/schemas/dev.gone?force=true`);
    assert.equal((await call('GET', `${UC}/models/dev.gone.m`)).status, 404);
  });

  it('delete a volume with its files', async () => {
    await ok('POST', `${UC}/volumes`, {
      catalog_name: 'dev',
      schema_name: 'default',
      name: 'v',
      volume_type: 'MANAGED',
    });
    await ok('DELETE', `${UC}/volumes/dev.default.v`);
    assert.equal((await call('GET', `${UC}/volumes/dev.default.v`)).status, 404);
    assert.equal((await call('DELETE', `${UC}/volumes/dev.default.v`)).status, 404);
  });
});
