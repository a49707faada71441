import assert from 'node:assert/strict';
import { environmentOf, refuses } from '../../../../support/expand-pipeline';

describe('parameters given from outside', () => {
  const run = (type: string, text: string, more = ''): unknown => {
    const env = environmentOf(
      `parameters:\n- name: p\n  type: ${type}\n${more}steps:\n- script: x\n  env:\n    V: \${{ convertToJson(parameters.p) }}\n`,
      { parameters: { p: text } },
    ) as Record<string, string>;
    return JSON.parse(env['V'] ?? '');
  };
  it('override the default', () => assert.equal(run('string', 'b', '  default: a\n'), 'b'));
  it('are numbers and booleans where the type says so', () => {
    assert.equal(run('number', '8'), 8);
    assert.equal(run('boolean', 'TRUE'), true);
    assert.equal(run('string', '8'), '8');
  });
  it('are JSON where the type is a list or a mapping', () => {
    assert.deepEqual(run('object', '{"a": 1, "b": "1"}'), { a: 1, b: '1' });
    assert.deepEqual(run('stepList', '[{"script": "a"}]'), [{ task: 'CmdLine@2', inputs: { script: 'a' } }]);
  });
  it('run no expressions', () => assert.equal(run('string', '${{ variables.x }}'), '${{ variables.x }}'));
  it('are found in any case', () => {
    assert.deepEqual(
      environmentOf('parameters:\n- name: myParam\nsteps:\n- script: x\n  env: {V: "${{ parameters.myParam }}"}\n', {
        parameters: { MYPARAM: 'a' },
      }),
      { V: 'a' },
    );
  });
  it('must be declared', () => {
    refuses('steps:\n- script: x\n', 'PIPELINE_PARAMETER', undefined, "no parameter 'q'", { parameters: { q: '1' } });
  });
  it('must be allowed values', () => {
    refuses(
      'parameters:\n- name: p\n  values: [a]\nsteps:\n- script: x\n',
      'PIPELINE_PARAMETER',
      'parameter p:1:1',
      "'b' is no allowed value",
      { parameters: { p: 'b' } },
    );
  });
});
