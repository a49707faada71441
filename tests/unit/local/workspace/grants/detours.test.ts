import assert from 'node:assert/strict';
import type { TestWorkspace } from '../../../../support/local-workspace';
import { CI, startWithPrincipals, type Who } from '../../../../support/principals';

const UC = '/api/2.1/unity-catalog';
const MLFLOW = '/api/2.0/mlflow';
const REGISTRY = `${MLFLOW}/unity-catalog`;
const MODEL = 'dev.default.churn';

describe('ways around rights', () => {
  let workspace: TestWorkspace;
  let as: Awaited<ReturnType<typeof startWithPrincipals>>['as'];
  let warehouse = '';
  const ok = async (who: Who, method: string, path: string, body?: unknown) => {
    const reply = await as(who, method, path, body);
    assert.equal(reply.status, 200, `${who} ${method} ${path}: ${reply.text}`);
    return reply.json;
  };
  const sql = (who: Who, statement: string, more: Record<string, unknown> = {}) =>
    ok(who, 'POST', '/api/2.0/sql/statements', { statement, warehouse_id: warehouse, wait_timeout: '30s', ...more });
  async function refused(who: Who, method: string, path: string, body: unknown, status: number, words: RegExp) {
    const reply = await as(who, method, path, body);
    assert.equal(reply.status, status, `${who} ${method} ${path}: ${reply.text}`);
    assert.match(reply.json.message, words);
  }
  async function newVolume(name: string, reader?: string): Promise<void> {
    const levels = { catalog_name: 'dev', schema_name: 'default' };
    await ok('admin', 'POST', `${UC}/volumes`, { ...levels, name, volume_type: 'MANAGED' });
    if (reader !== undefined) {
      const changes = [{ principal: reader, add: ['READ_VOLUME'] }];
      await ok('admin', 'PATCH', `${UC}/permissions/volume/dev.default.${name}`, { changes });
    }
  }

  before(async () => {
    ({ workspace, as } = await startWithPrincipals());
    warehouse = (await ok('admin', 'GET', '/api/2.0/sql/warehouses')).warehouses[0].id;
    await ok('admin', 'POST', `${REGISTRY}/registered-models/create`, { name: MODEL });
    await ok('admin', 'POST', `${REGISTRY}/model-versions/create`, { name: MODEL, source: 'dbfs:/x' });
    await newVolume('secret');
    await newVolume('shown', CI);
    await as('admin', 'PUT', '/api/2.0/fs/files/Volumes/dev/default/secret/a.txt', 'content');
  });
  after(() => workspace?.stop());

  it('EXECUTE does not give credentials to write a version', async () => {
    const path = `${REGISTRY}/model-versions/generate-temporary-credentials`;
    const read = { name: MODEL, version: '1', operation: 'MODEL_VERSION_OPERATION_READ' };
    await ok('ada', 'POST', path, read);
    const write = { ...read, operation: 'MODEL_VERSION_OPERATION_READ_WRITE' };
    await refused('ada', 'POST', path, write, 403, /CREATE MODEL VERSION on Routine or Model/);
    await ok('admin', 'POST', path, write);
  });

  it('nor in the other dialect', async () => {
    const path = `${UC}/temporary-model-version-credentials`;
    const model = { catalog_name: 'dev', schema_name: 'default', model_name: 'churn', version: 1 };
    await ok('ada', 'POST', path, { ...model, operation: 'READ_MODEL_VERSION' });
    const write = { ...model, operation: 'READ_WRITE_MODEL_VERSION' };
    await refused('ada', 'POST', path, write, 403, /CREATE MODEL VERSION on Routine or Model/);
  });

  it('SHOW CATALOGS and SHOW SCHEMAS leave out what may not be known of', async () => {
    const all = await sql('admin', 'SHOW CATALOGS');
    assert.ok(all.result.data_array.flat().includes('prod'));
    assert.deepEqual((await sql('ada', 'SHOW CATALOGS')).result.data_array, [['dev']]);
    assert.ok((await sql('ada', 'SHOW SCHEMAS IN dev')).result.data_array.flat().includes('default'));
    assert.deepEqual((await sql('ada', 'SHOW SCHEMAS IN prod')).result, {});
  });

  it('a statement, its result and its cancel are for who started it', async () => {
    const { statement_id } = await sql('ada', 'SELECT 1 AS x', {
      disposition: 'EXTERNAL_LINKS',
      format: 'JSON_ARRAY',
    });
    const path = `/api/2.0/sql/statements/${statement_id}`;
    await refused('ci', 'GET', path, undefined, 404, /was not found/);
    await refused('ci', 'GET', `${path}/result/chunks/0`, undefined, 404, /was not found/);
    await refused('ci', 'POST', `${path}/cancel`, {}, 404, /was not found/);
    await ok('ada', 'GET', path);
    await ok('ada', 'GET', `${path}/result/chunks/0`);
    await ok('admin', 'GET', path);
  });

  it('a path that is given twice gives no URL for the second one', async () => {
    const query = 'path=/Volumes/dev/default/shown/a.txt&path=/Volumes/dev/default/secret/a.txt';
    const reply = await as('ci', 'POST', `/api/2.0/fs/create-download-url?${query}`);
    assert.equal(reply.status, 404, reply.text);
    assert.match(reply.json.message, /shown/);
  });

  it('an experiment whose artifacts are in a volume wants the rights on the volume', async () => {
    const { experiment_id } = await ok('ci', 'POST', `${MLFLOW}/experiments/create`, {
      name: '/Shared/in-volume',
      artifact_location: 'dbfs:/Volumes/dev/default/secret',
    });
    const { run } = await ok('ci', 'POST', `${MLFLOW}/runs/create`, { experiment_id });
    const { run_id } = run.info;
    const { model } = await ok('ci', 'POST', `${MLFLOW}/logged-models`, { experiment_id, name: 'm' });
    const ofModel = `${MLFLOW}/logged-models/${model.info.model_id}/artifacts`;
    const READ = /READ VOLUME on Volume 'dev\.default\.secret'/;
    const WRITE = /WRITE VOLUME on Volume 'dev\.default\.secret'/;
    for (const [method, path, body, words] of [
      ['GET', `${MLFLOW}/artifacts/list?run_id=${run_id}`, undefined, READ],
      ['POST', `${MLFLOW}/artifacts/credentials-for-read`, { run_id, path: ['a.txt'] }, READ],
      ['POST', `${MLFLOW}/artifacts/credentials-for-write`, { run_id, path: ['a.txt'] }, WRITE],
      ['GET', `${ofModel}/directories`, undefined, READ],
      ['POST', `${ofModel}/credentials-for-download`, { paths: ['a.txt'] }, READ],
      ['POST', `${ofModel}/credentials-for-upload`, { paths: ['a.txt'] }, WRITE],
    ] as const) {
      await refused('ci', method, path, body, 403, words);
    }
    await ok('admin', 'POST', `${MLFLOW}/artifacts/credentials-for-read`, { run_id, path: ['a.txt'] });
  });

  it('an endpoint serves only versions that who configures it may use', async () => {
    const served_entities = [{ entity_name: MODEL, entity_version: '1', workload_size: 'Small' }];
    const body = { name: 'churn', config: { served_entities } };
    await refused(
      'ci',
      'POST',
      '/api/2.0/serving-endpoints',
      body,
      403,
      /EXECUTE on Routine or Model 'dev\.default\.churn'/,
    );
  });
});
