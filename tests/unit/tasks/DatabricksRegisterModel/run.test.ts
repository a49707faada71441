import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ApiError } from '../../../../local/workspace/api';
import { model, startTrackedModel, type TrackedModel } from './tracked-model';

describe('DatabricksRegisterModel, against the local workspace', () => {
  let tracked: TrackedModel;

  beforeEach(async () => {
    tracked = await startTrackedModel();
  });

  afterEach(async () => {
    await tracked.local.close();
    assert.deepEqual(tracked.local.defects, []);
  });

  const alias = async (name: string) =>
    (await tracked.client.registeredModels.versionByAlias(model, name))?.version ?? '';

  it('registers the model of an MLflow run once, whichever way it is named', async () => {
    const host = await tracked.register({ mlflowRunId: tracked.runId });
    assert.equal(host.result, 'Succeeded', host.printed);
    const { lineagePath, modelUrl, mlflowRunUrl, ...outputs } = Object.fromEntries(host.outputs);
    assert.deepEqual(outputs, {
      result: 'succeeded',
      modelName: model,
      modelVersion: '1',
      modelUri: `models:/${model}/1`,
      mlflowRunId: tracked.runId,
      created: 'true',
      previousAliasVersion: '',
      championVersion: '',
      artifactName: '',
    });
    assert.match(modelUrl ?? '', /\/explore\/data\/models\/main\/default\/price\/version\/1$/);
    assert.match(mlflowRunUrl ?? '', /\/runs\//);
    const lineage = JSON.parse(readFileSync(lineagePath ?? '', 'utf8'));
    assert.equal(lineage.workflowRunId, '77');
    assert.deepEqual(lineage.signature.inputs, [{ type: 'double', name: 'x' }]);
    assert.deepEqual(await tracked.versions(), [{ version: '1', status: 'READY' }]);
    const copied = await tracked.client.files.download('/Models/main/default/price/1/data/model file.bin');
    assert.equal(copied?.length, 70_000);
    assert.equal(await alias('challenger'), '1');
    assert.match(
      readFileSync(host.summaries[0] ?? '', 'utf8'),
      /^\*\*Registered main\.default\.price version 1; there is no champion\.\*\*/,
    );

    for (const source of [
      { mlflowRunId: tracked.runId },
      { loggedModelId: tracked.loggedModelId },
      { workflowRunId: '77' },
      { action: 'resolve', version: '1' },
      { action: 'resolve', version: 'challenger' },
    ]) {
      const again = await tracked.register(source);
      assert.equal(again.result, 'Succeeded', again.printed);
      assert.equal(again.outputs.get('modelVersion'), '1', JSON.stringify(source));
      assert.equal(again.outputs.get('created'), 'false');
    }
    assert.equal((await tracked.versions()).length, 1);
  });

  it('registers what a workflow run logged, and finds what its code said', async () => {
    const host = await tracked.register({ workflowRunId: '77' });
    assert.equal(host.outputs.get('modelVersion'), '1', host.printed);
    assert.equal(host.outputs.get('created'), 'true');
    await tracked.client.modelVersions.create({ name: model, source: 'runs:/other/model' });
    await tracked.client.modelVersions.finalize(model, '2');
    tracked.workflowOutput = { logs: `mlops-result: {"model_name": "${model}", "model_version": "2"}\n` };
    const both = await tracked.register({ workflowRunId: '77' });
    assert.equal(both.error?.code, 'MODEL_VERSION_AMBIGUOUS', both.printed);
  });

  it('warns of what a workflow run said about its model and cannot be used', async () => {
    tracked.workflowOutput = { logs: `mlops-result: {"model_name": "${model}"}\n` };
    const host = await tracked.register({ workflowRunId: '77' });
    assert.ok(
      host.issues.some(({ type, code }) => type === 'warning' && code === 'RESULT_LINE_UNREADABLE'),
      host.printed,
    );
  });

  it('registers nothing while it cannot read what the workflow run said: it may have said a version', async () => {
    const fault = { kind: 'html', carriedOut: false } as const;
    const path = '/api/2.2/jobs/runs/get-output';
    tracked.local.faults.add({ method: 'GET', path, skip: 0, probability: 1, seed: 0, fault });
    const host = await tracked.register({ workflowRunId: '77' });
    assert.equal(host.error?.code, 'ANSWER_NOT_JSON', host.printed);
    assert.deepEqual(await tracked.client.registeredModels.get(model), undefined);
  });

  it('warns when the workflow run registered other models only', async () => {
    const other = 'main.default.prize';
    await tracked.client.registeredModels.create({ name: other });
    await tracked.client.modelVersions.create({ name: other, source: 'runs:/x/model', run_id: tracked.runId });
    await tracked.client.modelVersions.finalize(other, '1');
    const warnings = (host: Awaited<ReturnType<typeof tracked.register>>) =>
      host.issues.filter(({ code }) => code === 'MODEL_OF_ANOTHER_NAME').map(({ message }) => message);
    const host = await tracked.register({ workflowRunId: '77' });
    assert.equal(host.outputs.get('created'), 'true', host.printed);
    assert.equal(warnings(host).length, 1, host.printed);
    assert.match(
      warnings(host)[0] ?? '',
      /registered main\.default\.prize version 1, but no version of main\.default\.price\./,
    );
    assert.deepEqual(warnings(await tracked.register({ workflowRunId: '77' })), [], 'the model has a version now');
  });

  it('writes description and tags, adds and never removes', async () => {
    await tracked.register({ mlflowRunId: tracked.runId, description: 'first', tags: 'a=1\nb=2', modelTags: 'team=x' });
    await tracked.register({ mlflowRunId: tracked.runId, tags: '{"b": "3", "c": 4}' });
    const version = await tracked.client.modelVersions.get(model, '1');
    assert.equal(version?.description, 'first');
    const tags = Object.fromEntries((version?.tags ?? []).map(({ key, value }) => [key, value]));
    assert.deepEqual([tags.a, tags.b, tags.c, tags.mlops_state], ['1', '3', '4', 'registered']);
    assert.deepEqual((await tracked.client.registeredModels.get(model))?.tags, [{ key: 'team', value: 'x' }]);
  });

  it('moves the alias, tells whom it named, and gives the champion none', async () => {
    await tracked.register({ mlflowRunId: tracked.runId });
    await tracked.client.modelVersions.create({ name: model, source: 'runs:/other/model' });
    await tracked.client.modelVersions.finalize(model, '2');
    await tracked.client.registeredModels.setAlias(model, 'challenger', '2');
    const moved = await tracked.register({ mlflowRunId: tracked.runId });
    assert.equal(moved.outputs.get('previousAliasVersion'), '2');
    assert.equal(await alias('challenger'), '1');
    await tracked.client.registeredModels.deleteAlias(model, 'challenger');
    await tracked.client.registeredModels.setAlias(model, 'champion', '1');
    const champion = await tracked.register({ mlflowRunId: tracked.runId });
    assert.equal(champion.result, 'Succeeded', champion.printed);
    assert.equal(champion.outputs.get('championVersion'), '1');
    assert.equal(await alias('challenger'), '');
    const none = await tracked.register({ mlflowRunId: tracked.runId, alias: 'none' });
    assert.equal(none.result, 'Succeeded');
  });

  it('completes a version that was left half-uploaded', async () => {
    await tracked.client.registeredModels.create({ name: model });
    const source = `models:/${tracked.loggedModelId}`;
    await tracked.client.modelVersions.create({
      name: model,
      source,
      run_id: tracked.runId,
      model_id: tracked.loggedModelId,
    });
    for (const inputs of [{ mlflowRunId: tracked.runId }, { workflowRunId: '77' }]) {
      const host = await tracked.register(inputs);
      assert.equal(host.outputs.get('modelVersion'), '1', host.printed);
    }
    assert.deepEqual(await tracked.versions(), [{ version: '1', status: 'READY' }]);
  });

  it('deletes a version whose upload fails, and never leaves it pending', async () => {
    tracked.intercept = ({ method, url }) => {
      if (method === 'PUT' && url.pathname.endsWith('.bin')) {
        throw new ApiError(403, 'PERMISSION_DENIED', 'no writing here');
      }
    };
    const host = await tracked.register({ mlflowRunId: tracked.runId });
    assert.equal(host.error?.code, 'PERMISSION_DENIED', host.printed);
    assert.deepEqual(await tracked.versions(), []);
    tracked.intercept = () => undefined;
    assert.equal((await tracked.register({ mlflowRunId: tracked.runId })).result, 'Succeeded');
    assert.equal((await tracked.versions()).length, 1);
  });

  it('says what failed also where the version of the failed upload cannot be deleted', async () => {
    tracked.intercept = ({ method, url }) => {
      if (method === 'PUT' && url.pathname.endsWith('.bin')) {
        throw new ApiError(403, 'PERMISSION_DENIED', 'no writing here');
      }
      if (method === 'DELETE' && url.pathname.endsWith('/model-versions/delete')) {
        throw new ApiError(403, 'PERMISSION_DENIED', 'no deleting here');
      }
    };
    const host = await tracked.register({ mlflowRunId: tracked.runId });
    assert.match(host.error?.message ?? '', /no writing here/);
    const [warning] = host.issues.filter(({ code }) => code === 'VERSION_NOT_DELETED');
    assert.match(warning?.message ?? host.printed, /^Version 1 of main\.default\.price .*no deleting here/);
  });

  it('does not blame the network for a machine that cannot be written to', async () => {
    const folder = process.env['TMPDIR'];
    tracked.intercept = ({ method, url }) => {
      if (method === 'POST' && url.pathname.endsWith('/model-versions/create')) {
        process.env['TMPDIR'] = __filename;
      }
    };
    try {
      const host = await tracked.register({ mlflowRunId: tracked.runId });
      assert.equal(host.error?.code, 'LOCAL_FILE_NOT_WRITTEN', host.printed);
      assert.deepEqual(await tracked.versions(), []);
    } finally {
      if (folder === undefined) {
        delete process.env['TMPDIR'];
      } else {
        process.env['TMPDIR'] = folder;
      }
    }
  });

  it('refuses a model without signature before anything is created', async () => {
    await tracked.writeModel('flavors: {}\n');
    const host = await tracked.register({ mlflowRunId: tracked.runId });
    assert.equal(host.error?.code, 'SIGNATURE_MISSING', host.printed);
    assert.equal(await tracked.client.registeredModels.get(model), undefined);
    const example = await tracked.register({
      mlflowRunId: tracked.runId,
      requireSignature: 'false',
      requireInputExample: 'true',
    });
    assert.equal(example.error?.code, 'INPUT_EXAMPLE_MISSING');
    const unchecked = await tracked.register({ mlflowRunId: tracked.runId, requireSignature: 'false' });
    assert.equal(unchecked.result, 'Succeeded', unchecked.printed);
    const resolved = await tracked.register({ action: 'resolve', version: '1' });
    assert.equal(resolved.error?.code, 'SIGNATURE_MISSING');
  });

  it('waits for READY no longer than it may, and says how it stands', async () => {
    await tracked.client.registeredModels.create({ name: model });
    await tracked.client.modelVersions.create({ name: model, source: 'runs:/x/model' });
    const host = await tracked.register({ action: 'resolve', version: '1', waitMinutes: '2' });
    assert.equal(host.error?.code, 'VERSION_NOT_READY', host.printed);
    assert.match(host.message, /still PENDING_REGISTRATION after 2 min/);
  });

  it('changes nothing on a dry run', async () => {
    const host = await tracked.register({ mlflowRunId: tracked.runId, dryRun: 'true' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.message, /a new version of main\.default\.price would be registered/);
    assert.equal(await tracked.client.registeredModels.get(model), undefined);
  });

  it('promises nothing on a dry run that it could not do', async () => {
    for (const inputs of [
      { action: 'resolve', version: '9' },
      { action: 'resolve', mlflowRunId: tracked.runId },
    ]) {
      const host = await tracked.register({ ...inputs, dryRun: 'true' });
      assert.equal(host.error?.code, 'VERSION_NOT_FOUND', host.printed);
    }
  });

  it('registers no folder without a model, also where no signature is asked for', async () => {
    const host = await tracked.register({
      mlflowRunId: tracked.runId,
      artifactPath: 'other',
      requireSignature: 'false',
    });
    assert.equal(host.error?.code, 'MODEL_FILE_MISSING', host.printed);
    assert.equal(await tracked.client.registeredModels.get(model), undefined);
  });

  it('refuses what cannot be meant', async () => {
    const cases: readonly (readonly [Record<string, string>, string])[] = [
      [{}, 'MODEL_SOURCE_REQUIRED'],
      [{ mlflowRunId: 'a', workflowRunId: '1' }, 'MODEL_SOURCE_REQUIRED'],
      [{ version: '1' }, 'MODEL_SOURCE_REQUIRED'],
      [{ workflowRunId: 'latest' }, 'INPUT_INVALID'],
      [{ mlflowRunId: '$(train.mlflowRunId)' }, 'UNEXPANDED_MACRO'],
      [{ mlflowRunId: 'a', model: 'price' }, 'INPUT_INVALID'],
      [{ mlflowRunId: 'a', model: '' }, 'INPUT_REQUIRED'],
      [{ mlflowRunId: 'a', alias: '' }, 'EMPTY_INPUT'],
      [{ mlflowRunId: 'a', alias: 'champion' }, 'ALIAS_RESERVED'],
      [{ mlflowRunId: 'a', alias: 'Previous_Champion' }, 'ALIAS_RESERVED'],
      [{ mlflowRunId: 'a', alias: 'v7' }, 'INPUT_INVALID'],
      [{ mlflowRunId: 'a', tags: 'mlops_state=champion' }, 'INPUT_INVALID'],
      [{ mlflowRunId: 'a', modelTags: '{"mlops_digest": "1"}' }, 'INPUT_INVALID'],
      [{ mlflowRunId: 'a' }, 'MLFLOW_RUN_NOT_FOUND'],
      [{ loggedModelId: 'm-1' }, 'LOGGED_MODEL_NOT_FOUND'],
      [{ workflowRunId: '5' }, 'RUN_NOT_FOUND'],
      [{ action: 'resolve', version: '9' }, 'VERSION_NOT_FOUND'],
      [{ action: 'resolve', mlflowRunId: tracked.runId }, 'VERSION_NOT_FOUND'],
      [{ mlflowRunId: tracked.runId, artifactPath: 'other' }, 'MODEL_FILE_MISSING'],
    ];
    for (const [inputs, code] of cases) {
      const host = await tracked.register(inputs);
      assert.equal(host.result, 'Failed');
      assert.equal(host.error?.code, code, `${JSON.stringify(inputs)}: ${host.message}`);
      assert.doesNotMatch(host.printed, /\n\s+at /);
    }
    assert.equal(await tracked.client.registeredModels.get(model), undefined);
  });
});
