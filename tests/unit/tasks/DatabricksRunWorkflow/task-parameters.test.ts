import assert from 'node:assert/strict';
import { parseMap } from '../../../../src/agent/input-text';
import { kindsIn, taskParametersOf } from '../../../../tasks/DatabricksRunWorkflow/task-parameters';

const read = (text: string) => taskParametersOf(kindsIn(text, () => parseMap('taskParameters', text)));

describe('older kinds of parameters', () => {
  for (const [what, text, expected] of [
    ['nothing', '', {}],
    [
      'lines',
      'notebook_params={"a": "b=c"}\n# no\njar_params=[1, true]',
      { notebook_params: { a: 'b=c' }, jar_params: ['1', 'true'] },
    ],
    ['one object', '{"sql_params": {"n": 9007199254740993}}', { sql_params: { n: '9007199254740993' } }],
    ['commands', 'dbt_commands=["dbt deps", "dbt run"]', { dbt_commands: ['dbt deps', 'dbt run'] }],
    [
      'the rest',
      'python_params=["a"]\npython_named_params={"a": ""}\nspark_submit_params=[]',
      { python_params: ['a'], python_named_params: { a: '' }, spark_submit_params: [] },
    ],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(read(text), expected));
  }

  for (const [what, text, pattern] of [
    ['a kind that is none', '{"r_params": []}', /'r_params' is no kind of task parameters/],
    ['a kind that every object has', '{"toString": []}', /'toString' is no kind/],
    ['a list for a map', 'notebook_params=["a"]', /'notebook_params' is no map/],
    ['a map for a list', 'python_params={"a": 1}', /'python_params' is no list/],
    ['nothing for a map', 'sql_params=null', /'sql_params' is no map/],
    ['a value in a value', 'notebook_params={"a": {"b": 1}}', /'notebook_params' holds a value that is not text/],
    ['null in a list', 'python_params=[null]', /'python_params' holds a value that is not text/],
    ['no JSON', 'python_params=a,b', /'python_params' is no JSON/],
    ['half an object', '{"a"', /the text is no JSON/],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => read(text),
        (error: Error & { code?: string }) => error.code === 'INPUT_INVALID' && pattern.test(error.message),
      );
    });
  }
});
