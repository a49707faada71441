import assert from 'node:assert/strict';
import { saidInJson, saidInLogs } from '../../../src/workflow/said-result';

describe('what a job says about its result', () => {
  it('is the last mlops-result line of a script', () => {
    const logs =
      'x\nmlops-result: {"mlflow_run_id": "a"}\ny\r\nmlops-result: {"mlflow_run_id": "b", "model_name": "c.s.m", "model_version": 7}\nbye';
    assert.deepEqual(saidInLogs(logs), { said: { mlflowRunId: 'b', modelName: 'c.s.m', modelVersion: '7' } });
  });

  it('is nothing where nothing is said', () => {
    assert.deepEqual(saidInLogs('x\n  print("mlops-result: {}")\n'), {});
    for (const text of ['0.91', '{"auc": 0.9}', '[1]', '', 'done', '{"model_name": null}']) {
      assert.deepEqual(saidInJson(text), {}, text);
    }
  });

  for (const [what, fields, said] of [
    ['a run alone', { mlflow_run_id: 'a' }, ['a', '', '']],
    [
      'a version alone, and no run',
      { model_name: 'c.s.m', model_version: '7', mlflow_run_id: null },
      ['', 'c.s.m', '7'],
    ],
    [
      'a version beyond 2^53',
      { model_name: 'c.s.m', model_version: '9007199254740993' },
      ['', 'c.s.m', '9007199254740993'],
    ],
  ] as const) {
    it(`may be ${what}`, () => {
      const [mlflowRunId, modelName, modelVersion] = said;
      const expected = { said: { mlflowRunId, modelName, modelVersion } };
      assert.deepEqual(saidInJson(JSON.stringify(fields)), expected);
      assert.deepEqual(saidInLogs(`mlops-result: ${JSON.stringify(fields)}`), expected);
    });
  }

  for (const text of ['{broken', 'not json', '', '{"auc": 0.9}', '[1]', 'null', '{"mlflow_run_id": "a"} and more']) {
    it(`is unreadable where the mark is followed by ${text || 'nothing'}, whatever an earlier line said`, () => {
      const logs = `mlops-result: {"mlflow_run_id": "a"}\nmlops-result: ${text}\nbye`;
      assert.deepEqual(saidInLogs(logs), { unreadable: text });
    });
  }

  for (const [what, fields] of [
    ['a model without its version', { mlflow_run_id: 'a', model_name: 'c.s.m' }],
    ['a version without its model', { model_version: 7 }],
    ['a version that is no number', { model_name: 'c.s.m', model_version: 'latest' }],
    ['half a version', { model_name: 'c.s.m', model_version: 7.5 }],
    ['a run with both kinds of quotes', { mlflow_run_id: `a'b"c` }],
    ['a run that is a path', { mlflow_run_id: '../a' }],
    ['a run that is a list', { mlflow_run_id: ['a'] }],
    ['a model that is an object', { model_name: {}, model_version: 7 }],
  ] as const) {
    it(`is unreadable where it names ${what}, of a script and of a notebook`, () => {
      const text = JSON.stringify(fields);
      assert.deepEqual(saidInLogs(`mlops-result: ${text}`), { unreadable: text });
      assert.deepEqual(saidInJson(text), { unreadable: text });
    });
  }
});
