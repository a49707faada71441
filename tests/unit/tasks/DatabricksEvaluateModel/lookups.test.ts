import assert from 'node:assert/strict';
import type { FakeHost } from '../../../support/fake-host';
import type { Answer } from '../../../support/http-double';
import { model } from './evaluation-step';
import { type JudgedModel, startJudgedModel } from './judged-model';

const problem = (status: number, code: string): Answer => ({ status, json: { error_code: code, message: 'as told' } });

/** Answers that are no definite "there is none". */
const UNCLEAR: readonly [string, Answer, string][] = [
  ['a refusal', problem(403, 'PERMISSION_DENIED'), 'PERMISSION_DENIED'],
  ['a fault', problem(500, 'INTERNAL_ERROR'), 'SERVER_ERROR'],
  [
    'a page of a proxy',
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>sign in</html>' },
    'ANSWER_NOT_JSON',
  ],
  [
    'half an answer',
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"model_version": {' },
    'ANSWER_INCOMPLETE',
  ],
];

describe('DatabricksEvaluateModel, when a look-up gives no clear answer', () => {
  let judged: JudgedModel;

  before(async () => {
    judged = await startJudgedModel();
    await judged.client.registeredModels.setAlias(model, 'champion', '1');
    await judged.write({ noise: 20, challenger: '2', champion: '1' });
  });
  after(() => judged.stop());
  afterEach(() => {
    judged.intercept = () => undefined;
  });

  /** It failed, the verdict is ERROR, and nothing was judged. */
  function stopped(host: FakeHost): void {
    assert.equal(host.result, 'Failed', host.printed);
    const outputs = Object.fromEntries(host.outputs);
    assert.deepEqual(
      [outputs['result'], outputs['verdict'], outputs['nextAction'], outputs['reportPath'], outputs['reportDigest']],
      ['failed', 'ERROR', 'retry', '', ''],
    );
    assert.equal(outputs['modelName'], model);
    assert.deepEqual(host.testResults, []);
    assert.doesNotMatch(host.printed, /\n\s+at /);
    assert.doesNotMatch(host.printed, /there is no champion/);
  }

  for (const [name, answer, code] of UNCLEAR) {
    it(`takes ${name} about the champion for an error`, async () => {
      judged.intercept = ({ url }) => (/alias\?.*alias=champion/.test(url) ? answer : undefined);
      const host = await judged.step();
      stopped(host);
      assert.equal(host.error?.code, code);
      stopped(await judged.step({ champion: 'none' }));
    });

    it(`takes ${name} about the champion's version for an error`, async () => {
      judged.intercept = ({ url }) => (/model-versions\/get\?.*version=1/.test(url) ? answer : undefined);
      stopped(await judged.step());
    });

    it(`takes ${name} about the challenger for an error`, async () => {
      judged.intercept = ({ url }) => (/alias\?.*alias=challenger/.test(url) ? answer : undefined);
      stopped(await judged.step());
    });
  }

  it('takes a champion whose version has gone for an error, not for none', async () => {
    judged.intercept = ({ url }) =>
      /model-versions\/get\?.*version=1/.test(url) ? problem(404, 'RESOURCE_DOES_NOT_EXIST') : undefined;
    const host = await judged.step();
    stopped(host);
    assert.equal(host.error?.code, 'VERSION_NOT_FOUND');
  });

  it('takes a refused table for an error', async () => {
    judged.intercept = ({ url }) => (url === '/api/2.0/sql/statements' ? problem(403, 'PERMISSION_DENIED') : undefined);
    const host = await judged.step();
    assert.deepEqual([host.result, host.outputs.get('verdict')], ['Failed', 'ERROR']);
    assert.deepEqual(host.testResults, []);
  });
});
