import assert from 'node:assert/strict';
import { InputReader } from '../../../../src/agent/input-reader';
import type { TaskError } from '../../../../src/errors';
import { readInputs } from '../../../../tasks/DatabricksDeployEndpoint/inputs';
import task from '../../../../tasks/DatabricksDeployEndpoint/task.json';
import { FakeHost, tokenConnection } from '../../../support/fake-host';

function read(inputs: Record<string, string>) {
  const host = new FakeHost({
    inputs: { databricksConnection: 'dbx', endpoint: 'price', model: 'main.demo.price', ...inputs },
    connections: { dbx: tokenConnection('https://adb-1.1.azuredatabricks.net', 'dapi') },
  });
  return readInputs(new InputReader(task, host));
}

describe('inputs of DatabricksDeployEndpoint', () => {
  it('have the defaults of the contract', () => {
    const { connection: _, ...inputs } = read({});
    assert.deepEqual(inputs, {
      action: 'deploy',
      endpoint: 'price',
      model: 'main.demo.price',
      dryRun: false,
      timeoutMinutes: 60,
      expectedConfigVersion: 'any',
      version: 'champion',
      purpose: 'customers',
      compute: {
        workloadType: 'CPU',
        scaleToZero: false,
        environmentVariables: new Map(),
        size: { name: 'Small' },
      },
      endpointTags: new Map(),
      sampleRequests: '',
    });
  });

  it('take the concurrency in numbers in place of the size', () => {
    const inputs = read({ minConcurrency: '0', maxConcurrency: '16', scaleToZero: 'True' });
    assert.ok(inputs.action === 'deploy');
    assert.deepEqual(inputs.compute.size, { min: 0, max: 16 });
    assert.equal(inputs.compute.scaleToZero, true);
  });

  for (const [what, inputs, code] of [
    ['no endpoint', { endpoint: '' }, 'INPUT_REQUIRED'],
    ['a name that no endpoint can have', { endpoint: 'price/../x' }, 'INPUT_INVALID'],
    ['no model', { model: '' }, 'INPUT_REQUIRED'],
    ['a model of two levels', { model: 'demo.price' }, 'INPUT_INVALID'],
    ['an empty version', { version: '' }, 'EMPTY_INPUT'],
    ['a macro left over', { version: '$(register.modelVersion)' }, 'UNEXPANDED_MACRO'],
    ['an empty expectation', { expectedConfigVersion: '' }, 'EMPTY_INPUT'],
    ['an expectation that is no number', { expectedConfigVersion: 'latest' }, 'INPUT_INVALID'],
    ['one half of the concurrency', { maxConcurrency: '8' }, 'INPUT_REQUIRED'],
    ['a minimum above the maximum', { minConcurrency: '9', maxConcurrency: '8' }, 'INPUT_INVALID'],
    ['two ways to size', { workloadSize: 'Large', minConcurrency: '1', maxConcurrency: '8' }, 'INPUT_NOT_USED'],
    ['a secret in plain text', { environmentVariables: 'API_KEY=abc' }, 'PLAIN_SECRET'],
    ['a tag of ours', { endpointTags: 'mlops_purpose=test' }, 'INPUT_INVALID'],
    ['an unknown purpose', { purpose: 'demo' }, 'INPUT_INVALID'],
    ['another confirmation', { action: 'delete', confirm: 'prices' }, 'NOT_CONFIRMED'],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(
        () => read(inputs),
        (error: TaskError) => error.code === code,
      );
    });
  }
});
