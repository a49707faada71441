import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TaskError } from '../../../../src/errors';
import { refusePlainSecrets } from '../../../../tasks/DatabricksDeployEndpoint/plain-secrets';
import { judgeProbe } from '../../../../tasks/DatabricksDeployEndpoint/probe-result';
import { parseSampleRequests } from '../../../../tasks/DatabricksDeployEndpoint/sample-requests';

describe('plain secrets in environment variables', () => {
  const refused = (name: string, value: string) => {
    assert.throws(
      () => refusePlainSecrets(new Map([[name, value]])),
      (error: TaskError) =>
        error.code === 'PLAIN_SECRET' && error.message.includes(name) && !error.sentences.includes(value),
    );
  };

  for (const [name, value] of [
    ['API_KEY', 'abc'],
    ['DB_PASSWORD', 'correct horse'],
    ['STORE', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b'],
    ['HOST_TOKEN', 'opaque'],
    ['URL', 'https://ada:secret1@example.com/'],
    ['LINK', 'https://example.com/c?sv=1&sig=abcdefghij0123456789%3D'],
    ['ANY', `dapi${'0123456789abcdef'.repeat(2)}`],
    ['BEARER', 'eyJhbGciOiJIUzI1NiJ9.e30.x'],
    ['PEM', '-----BEGIN RSA PRIVATE KEY-----'],
    ['RANDOM', 'Zm9vYmFyMTIzQUJDREVGZ2hpamtsbW5vcHFy'],
  ] as const) {
    it(`refuses ${name} without its value`, () => refused(name, value));
  }

  it('takes references and ordinary values', () => {
    const variables = {
      API_KEY: '{{secrets/scope/key}}',
      EMPTY_TOKEN: '',
      MODE: 'fast',
      TABLE: 'main.demo.some_rather_long_table_name_2024',
      RUN: '0f8fad5b-d9cb-469f-a165-70867728950e',
      TOKENIZER: 'bert-base-uncased',
    };
    refusePlainSecrets(new Map(Object.entries(variables)));
  });
});

describe('sample requests', () => {
  const request = { inputs: [[1]] };

  it('are one request, a list or lines', () => {
    const pretty = JSON.stringify(request, null, 2);
    assert.deepEqual(parseSampleRequests(pretty, 'f'), [request]);
    assert.deepEqual(parseSampleRequests(JSON.stringify([request, request]), 'f'), [request, request]);
    const line = JSON.stringify(request);
    assert.deepEqual(parseSampleRequests(`${line}\r\n\n${line}\n`, 'f'), [request, request]);
  });

  it('name the file and the place of a fault, never what stands there', () => {
    for (const [text, message] of [
      ['', /no request/],
      ['[]', /no request/],
      ['{"inputs": [1]}\n{"inputs": canary', /Line 2 is not JSON/],
      ['{"rows": ["canary"]}', /Request 1 must be an object/],
      ['[{"inputs": [1], "instances": ["canary"]}]', /Request 1 must be an object/],
      ['"canary"', /Request 1 must be an object/],
    ] as const) {
      assert.throws(
        () => parseSampleRequests(text, 'sample.json'),
        (error: TaskError) =>
          error.code === 'SAMPLE_REQUESTS_INVALID' &&
          message.test(error.message) &&
          error.sentences.includes('sample.json') &&
          !error.sentences.includes('canary'),
      );
    }
  });

  it('are read or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          assert.ok(parseSampleRequests(text, 'f').length > 0);
        } catch (error) {
          assert.ok(error instanceof TaskError, String(error));
        }
      }),
      { seed: 11, numRuns: 2000 },
    );
  });
});

describe('verdict on a probe', () => {
  const answer = (body: unknown, more: object = {}) => ({
    status: 200,
    servedModelName: 'price-2',
    body,
    milliseconds: 5,
    code: '',
    reason: '',
    ...more,
  });
  const fault = (body: unknown, more: object = {}) => judgeProbe(1, answer(body, more), 'price-2').fault;

  it('passes finite predictions of every shape', () => {
    for (const predictions of [[1], ['yes'], [true], [[0.2, 0.8]], [{ low: 1, high: 2 }], { low: [1], high: [2] }]) {
      assert.equal(fault({ predictions }), '');
    }
  });

  it('fails everything else', () => {
    assert.match(fault({ predictions: [] }), /no prediction/);
    assert.match(fault({ predictions: [null] }), /missing or not a finite/);
    assert.match(fault({ predictions: [1, [Number.NaN]] }), /missing or not a finite/);
    assert.match(fault({ predictions: [[]] }), /missing or not a finite/);
    assert.match(fault({ outputs: [1] }), /has no predictions/);
    assert.match(fault('text'), /has no predictions/);
    assert.match(fault({ predictions: [1] }, { servedModelName: 'price-1' }), /price-1 answered, not price-2/);
    assert.match(fault({ predictions: [1] }, { servedModelName: '' }), /does not say which/);
    assert.match(fault(undefined, { status: 400, code: 'REQUEST_REFUSED' }), /status 400 \(REQUEST_REFUSED\)/);
    assert.match(fault(undefined, { status: 0, code: 'ANSWER_NOT_JSON' }), /no answer \(ANSWER_NOT_JSON\)/);
  });
});
