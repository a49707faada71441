import assert from 'node:assert/strict';
import { ownProgram } from '../../../../local/commands/own-program';

describe('ownProgram', () => {
  it('is npx where npx started the program', () => {
    assert.deepEqual(ownProgram('/p/node_modules/.bin/databricks-mlops', '/p', { npm_command: 'exec' }), [
      'npx',
      'databricks-mlops',
    ]);
  });

  it('is the path of the program elsewhere: short where it lies below, whole where it does not', () => {
    assert.deepEqual(ownProgram('/p/clone/bin/databricks-mlops.mjs', '/p', {}), [
      'node',
      'clone/bin/databricks-mlops.mjs',
    ]);
    assert.deepEqual(ownProgram('/clone/bin/databricks-mlops.mjs', '/p', {}), [
      'node',
      '/clone/bin/databricks-mlops.mjs',
    ]);
    assert.deepEqual(ownProgram('../clone/bin/x.mjs', '/p', { npm_command: 'run-script' }), [
      'node',
      '/clone/bin/x.mjs',
    ]);
  });
});
