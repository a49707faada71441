import assert from 'node:assert/strict';
import { join } from 'node:path';
import { bundleVariables } from '../../../../local/demo/deploy-jobs';
import { sampleFiles } from '../../../../local/demo/sample-jobs';

const SAMPLE = join(__dirname, '../../../../samples/diabetes');

describe('variables of a bundle in the environment', () => {
  it('are those with the prefix of the Databricks CLI', () => {
    assert.deepEqual(bundleVariables({ BUNDLE_VAR_size: '2', PATH: '/bin', BUNDLE_VAR_none: undefined }), {
      size: '2',
    });
  });
});

describe('the files of the sample', () => {
  it('changes the training of a commit and nothing else', () => {
    const committed = sampleFiles(SAMPLE);
    const changed = sampleFiles(SAMPLE, { columns: ['s1'] });
    const differing = [...committed.keys()].filter(
      (name) => !changed.get(name)?.equals(committed.get(name) ?? Buffer.of()),
    );
    assert.deepEqual(differing, ['mlops/training.yml']);
    assert.match(
      changed.get('mlops/training.yml')?.toString() ?? '',
      /columns:\n {2}- s1\nkind: ridge\n[\s\S]*risk_owner/,
    );
  });
});
