import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Host } from '../../../src/agent/host';
import { InputReader } from '../../../src/agent/input-reader';
import { FakeHost } from '../../support/fake-host';

const DEFINITION = {
  name: 'DatabricksTest',
  version: { Major: 1, Minor: 0, Patch: 0 },
  inputs: [{ name: 'reportPath', type: 'string', defaultValue: '' }],
  outputVariables: [],
};

describe('an input that takes a file of ours', () => {
  const fileOf = (value: string, kind: Host['kind'] = 'pipeline') =>
    new InputReader(
      DEFINITION,
      new FakeHost({ kind, inputs: { reportPath: value }, variables: { 'System.DefaultWorkingDirectory': '/s' } }),
    ).file('reportPath');

  it('is a path, absolute or below the sources, or empty', () => {
    assert.equal(fileOf(''), undefined);
    assert.deepEqual(fileOf('/a/report.json'), { kind: 'path', path: '/a/report.json' });
    assert.deepEqual(fileOf('out/report.json'), { kind: 'path', path: join('/s', 'out/report.json') });
    assert.deepEqual(fileOf('my artifact:x'), { kind: 'path', path: join('/s', 'my artifact:x') });
  });

  it('is an artifact of this run or of another', () => {
    assert.deepEqual(fileOf('artifact:report'), { kind: 'artifact', name: 'report', runId: undefined });
    assert.deepEqual(fileOf('artifact:churn report.v1-2@1234'), {
      kind: 'artifact',
      name: 'churn report.v1-2',
      runId: '1234',
    });
  });

  it('is refused when name or run id is wrong', () => {
    for (const value of [
      'artifact:',
      'artifact:@1',
      'artifact:a@',
      'artifact:a@b',
      'artifact:a@0',
      'artifact:a@1@2',
      'artifact:a@12345678901',
      'artifact:../a',
      'artifact:a/b',
      'artifact: a',
      'artifact:a\nb',
    ]) {
      assert.throws(() => fileOf(value), { code: 'INPUT_INVALID' }, value);
    }
    assert.throws(() => fileOf('artifact:$(name)'), { code: 'UNEXPANDED_MACRO' });
  });

  it('says at the terminal that artifacts are fetched in pipelines only', () => {
    assert.throws(() => fileOf('artifact:report', 'terminal'), {
      code: 'ARTIFACT_AT_TERMINAL',
      message: /in pipelines only/,
    });
    assert.deepEqual(fileOf('/a/report.json', 'terminal'), { kind: 'path', path: '/a/report.json' });
  });

  it('never makes a path of what begins as an artifact', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        try {
          assert.equal(fileOf(`artifact:${rest}`)?.kind, 'artifact');
        } catch (error) {
          assert.match((error as { code?: string }).code ?? String(error), /^(INPUT_INVALID|UNEXPANDED_MACRO)$/);
        }
      }),
      { seed: 4, numRuns: 2_000 },
    );
  });
});
