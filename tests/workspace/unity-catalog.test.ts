import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

const CATALOG = '/api/2.1/unity-catalog';
const MLFLOW = '/api/2.0/mlflow/unity-catalog';
const MODEL = 'dev.default.fraud';

type Json = Record<string, unknown>;

describe('Unity Catalog of a local workspace', () => {
  let workspace: TestWorkspace;

  before(async () => {
    workspace = await startTestWorkspace();
    await answer('POST', `${CATALOG}/models`, {
      catalog_name: 'dev',
      schema_name: 'default',
      name: 'fraud',
      comment: 'c',
    });
  });

  after(() => workspace.stop());

  async function answer(method: string, path: string, body?: unknown): Promise<Json> {
    const { status, json, text } = await workspace.call(method, path, body);
    assert.equal(status, 200, `${method} ${path}: ${text}`);
    return json;
  }

  async function refusal(method: string, path: string, body?: unknown): Promise<readonly [number, unknown, unknown]> {
    const { status, json } = await workspace.call(method, path, body);
    return [status, json.error_code, json.message];
  }

  /** A READY version with one file, as the MLflow client makes it. */
  async function newVersion(): Promise<string> {
    const created = await answer('POST', `${MLFLOW}/model-versions/create`, { name: MODEL, source: 'dbfs:/somewhere' });
    const { version, status } = created.model_version as Json;
    assert.equal(status, 'PENDING_REGISTRATION');
    const put = await workspace.call(
      'PUT',
      `/api/2.0/fs/files/Models/dev/default/fraud/${version}/MLmodel`,
      'flavors: {}',
    );
    assert.equal(put.status, 204);
    const finalized = await answer('POST', `${MLFLOW}/model-versions/finalize`, { name: MODEL, version });
    assert.equal((finalized.model_version as Json).status, 'READY');
    return String(version);
  }

  it('begins with the catalogs dev, main, prod, staging and a schema default in each', async () => {
    const { catalogs } = await answer('GET', `${CATALOG}/catalogs`);
    assert.deepEqual(
      (catalogs as Json[]).map(({ name }) => name),
      ['dev', 'main', 'prod', 'staging'],
    );
    const { schemas } = await answer('GET', `${CATALOG}/schemas?catalog_name=prod`);
    assert.deepEqual(
      (schemas as Json[]).map((schema) => schema.full_name),
      ['prod.default'],
    );
    assert.deepEqual(await refusal('GET', `${CATALOG}/schemas?catalog_name=gone`), [
      404,
      'CATALOG_DOES_NOT_EXIST',
      "Catalog 'gone' does not exist.",
    ]);
  });

  it('pages models to the end, in the order of their names', async () => {
    await answer('POST', `${CATALOG}/schemas`, { catalog_name: 'dev', name: 'many' });
    for (const name of ['b', 'a', 'c']) {
      await answer('POST', `${CATALOG}/models`, { catalog_name: 'dev', schema_name: 'many', name });
    }
    const names: unknown[] = [];
    let token: unknown = '';
    do {
      const query = `catalog_name=dev&schema_name=many&max_results=2&page_token=${String(token)}`;
      const page = await answer('GET', `${CATALOG}/models?${query}`);
      names.push(...(page.registered_models as Json[]).map(({ name }) => name));
      token = page.next_page_token;
    } while (token !== undefined);
    assert.deepEqual(names, ['a', 'b', 'c']);
    assert.equal((await refusal('GET', `${CATALOG}/models?page_token=bm9uZQ`))[0], 400);
  });

  it('lets an alias name one version, seen from both dialects', async () => {
    const [first, second] = [await newVersion(), await newVersion()];
    await answer('PUT', `${CATALOG}/models/${MODEL}/aliases/champion`, { version_num: Number(first) });
    await answer('POST', `${MLFLOW}/registered-models/alias`, { name: MODEL, alias: 'champion', version: second });
    const byAlias = await answer('GET', `${CATALOG}/models/${MODEL}/aliases/champion?include_aliases=true`);
    assert.equal(byAlias.version, Number(second));
    assert.deepEqual(
      (byAlias.aliases as Json[]).map(({ alias_name }) => alias_name),
      ['champion'],
    );
    const former = await answer('GET', `${MLFLOW}/model-versions/get?name=${MODEL}&version=${first}`);
    assert.equal((former.model_version as Json).aliases, undefined);
    const without = await answer('GET', `${CATALOG}/models/${MODEL}/versions/${second}`);
    assert.equal(without.aliases, undefined);
  });

  it('never lists aliases or tags', async () => {
    const version = await newVersion();
    await answer('POST', `${MLFLOW}/model-versions/set-tag`, { name: MODEL, version, key: 'k', value: 'v' });
    await answer('POST', `${MLFLOW}/registered-models/alias`, { name: MODEL, alias: 'listed', version });
    const lists = [
      (await answer('GET', `${CATALOG}/models/${MODEL}/versions?include_aliases=true`)).model_versions,
      (await answer('GET', `${MLFLOW}/model-versions/search?filter=name%3D'${MODEL}'`)).model_versions,
      (await answer('GET', `${CATALOG}/models`)).registered_models,
      (await answer('GET', `${MLFLOW}/registered-models/search`)).registered_models,
    ];
    for (const item of lists.flat() as Json[]) {
      assert.ok(!('aliases' in item) && !('tags' in item), JSON.stringify(item));
    }
    const got = await answer('GET', `${MLFLOW}/model-versions/get?name=${MODEL}&version=${version}`);
    assert.deepEqual((got.model_version as Json).tags, [{ key: 'k', value: 'v' }]);
  });

  it('drops aliases and files with their version, and does not use its number again', async () => {
    const version = await newVersion();
    await answer('PUT', `${CATALOG}/models/${MODEL}/aliases/short`, { version_num: Number(version) });
    const { storage_location } = await answer('GET', `${CATALOG}/models/${MODEL}/versions/${version}`);
    await answer('DELETE', `${MLFLOW}/model-versions/delete`, { name: MODEL, version });
    assert.deepEqual((await refusal('GET', `${CATALOG}/models/${MODEL}/aliases/short`)).slice(0, 2), [
      404,
      'RESOURCE_DOES_NOT_EXIST',
    ]);
    assert.equal(
      (await workspace.call('GET', `/api/2.0/fs/files/Models/dev/default/fraud/${version}/MLmodel`)).status,
      404,
    );
    const next = await newVersion();
    assert.equal(Number(next), Number(version) + 1);
    assert.notEqual(
      (await answer('GET', `${CATALOG}/models/${MODEL}/versions/${next}`)).storage_location,
      storage_location,
    );
  });

  it('says whether the deployment job of a model is there and has the parameters that it needs', async () => {
    const name = 'dev.default.deployed';
    const tasks = [{ task_key: 'a', notebook_task: { notebook_path: '/n' } }];
    const newJob = async (parameters: readonly string[]) => {
      const named = parameters.map((one) => ({ name: one, default: '' }));
      return String((await answer('POST', '/api/2.2/jobs/create', { tasks, parameters: named })).job_id);
    };
    await answer('POST', `${MLFLOW}/registered-models/create`, { name });
    const state = async () =>
      ((await answer('GET', `${MLFLOW}/registered-models/get?name=${name}`)).registered_model as Json)
        .deployment_job_state;
    assert.equal(await state(), undefined);
    for (const [deployment_job_id, expected] of [
      ['1', 'NOT_FOUND'],
      [await newJob(['model_name']), 'REQUIRED_PARAMETERS_CHANGED'],
      [await newJob(['model_name', 'model_version', 'more']), 'CONNECTED'],
    ]) {
      await answer('PATCH', `${MLFLOW}/registered-models/update`, { name, deployment_job_id });
      assert.equal(await state(), expected);
    }
  });

  it('keeps versions, aliases and files under a new name', async () => {
    await answer('POST', `${MLFLOW}/registered-models/create`, { name: 'dev.default.old' });
    const created = await answer('POST', `${MLFLOW}/model-versions/create`, { name: 'dev.default.old', source: 's' });
    assert.equal((created.model_version as Json).version, '1');
    await workspace.call('PUT', '/api/2.0/fs/files/Models/dev/default/old/1/a', 'content');
    await answer('PATCH', `${CATALOG}/models/dev.default.old`, { new_name: 'new' });
    const file = await workspace.call('GET', '/api/2.0/fs/files/Models/dev/default/new/1/a');
    assert.deepEqual([file.status, file.text], [200, 'content']);
    assert.deepEqual(await refusal('GET', `${CATALOG}/models/dev.default.old`), [
      404,
      'RESOURCE_DOES_NOT_EXIST',
      "Routine or Model 'dev.default.old' does not exist.",
    ]);
  });

  it('refuses a tag key that Unity Catalog refuses, in both dialects', async () => {
    const version = await newVersion();
    const mlflow = { name: MODEL, version, key: 'a.b', value: 'v' };
    const catalog = { changes: { add_tags: [{ key: 'a:b', value: 'v' }] } };
    assert.equal((await refusal('POST', `${MLFLOW}/model-versions/set-tag`, mlflow))[1], 'INVALID_PARAMETER_VALUE');
    const path = `${CATALOG}/subentity-tags/FUNCTION/${MODEL}/${version}`;
    assert.equal((await refusal('PATCH', path, catalog))[1], 'INVALID_PARAMETER_VALUE');
  });
});
