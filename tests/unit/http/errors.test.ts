import assert from 'node:assert/strict';
import { errorAnswer } from '../../../src/http/answer';
import { ApiError, ConnectionError } from '../../../src/http/errors';

const place = { method: 'GET', path: '/api/2.2/jobs/get', origin: 'https://w.example' };

function answer(status: number, body: unknown, at = place, headers: Record<string, string> = {}): ApiError {
  const error = errorAnswer(at, status, headers, typeof body === 'string' ? body : JSON.stringify(body));
  assert.ok(error instanceof ApiError, error.message);
  return error;
}

describe('error answers', () => {
  it('takes half an answer for none where only its body could say what is meant', () => {
    for (const status of [400, 404, 409]) {
      const error = errorAnswer(place, status, {}, '{"error_code": "RESOURCE_DOES_NOT_EX');
      assert.ok(error instanceof ConnectionError);
      assert.equal(error.code, 'ANSWER_INCOMPLETE');
    }
    assert.equal(answer(503, '{"error_code": "TEMPOR').code, 'UNAVAILABLE');
  });

  it('reads every dialect', () => {
    const cases: readonly [number, unknown, string, string, string][] = [
      [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'gone' }, 'RESOURCE_DOES_NOT_EXIST', 'gone', 'NOT_FOUND'],
      [400, { error: 'old dialect' }, '', 'old dialect', 'REQUEST_REFUSED'],
      [404, { detail: 'no user', status: '404', scimType: 'x' }, 'SCIM_404', 'x no user', 'NOT_FOUND'],
      [
        401,
        { error: 'invalid_client', error_description: 'bad secret' },
        'invalid_client',
        'bad secret',
        'UNAUTHENTICATED',
      ],
      [400, { errorCode: 'E1', errorSummary: 'sum' }, 'E1', 'sum', 'REQUEST_REFUSED'],
      [403, 'PERMISSION_DENIED: not you', 'PERMISSION_DENIED', 'not you', 'PERMISSION_DENIED'],
      [500, '<html><pre>java.lang.Error</pre></html>', '', 'java.lang.Error', 'SERVER_ERROR'],
      [502, '', '', '', 'SERVER_ERROR'],
      [400, { error_code: 'RESOURCE_ALREADY_EXISTS', message: 'x' }, 'RESOURCE_ALREADY_EXISTS', 'x', 'ALREADY_EXISTS'],
      [500, '{"error_code": "TRUNC', '', '{"error_code": "TRUNC', 'SERVER_ERROR'],
    ];
    for (const [status, body, errorCode, message, code] of cases) {
      const error = answer(status, body);
      assert.deepEqual([error.errorCode, error.serverMessage, error.code], [errorCode, message, code]);
    }
  });

  it('says of every refusal what to do', () => {
    for (const status of [400, 401, 403, 404, 408, 409, 429, 500, 501, 503]) {
      assert.notEqual(answer(status, { message: 'x' }).options.todo, '', String(status));
    }
    const refused = answer(400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'Task a has no type.' });
    assert.match(refused.sentences, /Task a has no type\. .* Correct what the message names/);
  });

  it('names the check that finds the missing right, where the request tells which', () => {
    const denied = { error_code: 'PERMISSION_DENIED', message: 'no' };
    for (const [path, check] of [
      ['/api/2.2/jobs/run-now', 'jobs'],
      ['/api/2.1/unity-catalog/models/a.b.c', 'unityCatalog'],
      ['/api/2.0/mlflow/unity-catalog/model-versions/get', 'unityCatalog'],
      ['/api/2.0/sql/statements', 'warehouse'],
      ['/api/2.0/preview/scim/v2/Me', 'identity'],
    ] as const) {
      const { todo } = answer(403, denied, { ...place, path }).options;
      assert.match(todo ?? '', new RegExp(`DatabricksCheckConnection with 'checks: ${check}' names it\\.$`));
    }
    const { todo } = answer(403, denied, { ...place, path: '/api/2.0/secrets/get' }).options;
    assert.equal(todo, 'Give the identity of this step the missing right.');
  });

  it('thinks of the local workspace where nobody answers at an address of this machine, and there alone', () => {
    const advice = (origin: string) =>
      new ConnectionError('CONNECTION_FAILED', 'No.', { ...place, origin }).options.todo;
    for (const origin of ['http://127.0.0.1:4711', 'http://localhost:1', 'http://[::1]:9']) {
      assert.match(advice(origin) ?? '', /databricks-mlops workspace start/);
    }
    for (const origin of ['https://127.0.0.1.example', 'https://w.example', 'https://localhost.example']) {
      assert.match(advice(origin) ?? '', /^Check the URL, the agent's network/);
    }
  });

  it('tells a refused credential from a missing right, and says no number twice', () => {
    const refused = answer(403, { error_code: 403, message: 'Invalid access token.' });
    assert.equal(refused.code, 'UNAUTHENTICATED');
    assert.match(refused.sentences, /\(status 403\)\. The token is wrong, expired or revoked: renew the credential/);
    const expired = answer(401, { error_code: 401, message: 'Access token has expired.' });
    assert.equal(expired.code, 'UNAUTHENTICATED');
    const forbidden = answer(403, {
      error_code: 'PERMISSION_DENIED',
      message: 'No right to see: Invalid access token.',
    });
    assert.equal(forbidden.code, 'PERMISSION_DENIED');
    assert.match(forbidden.sentences, /status 403, PERMISSION_DENIED/);
  });

  it('takes request id and wait out of the details, which need not have metadata', () => {
    const error = answer(429, {
      error_code: 'RESOURCE_EXHAUSTED',
      message: 'm',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.RequestInfo', request_id: 'r-1' },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retry_delay: '42.5s' },
      ],
    });
    assert.equal(error.requestId, 'r-1');
    assert.equal(error.retryAfterMs, 42_500);
    assert.match(error.sentences, /request id r-1/);
  });

  it('reads Retry-After as seconds and as a date beside the date of the answer', () => {
    assert.equal(answer(503, '', place, { 'retry-after': '3' }).retryAfterMs, 3_000);
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    const later = 'Wed, 21 Oct 2026 07:28:30 GMT';
    assert.equal(answer(503, '', place, { 'retry-after': later, date }).retryAfterMs, 30_000);
    assert.equal(answer(503, '', place, { 'retry-after': 'soon' }).retryAfterMs, undefined);
  });

  it('takes only a definite answer for "not found"', () => {
    const definite: readonly [number, unknown, string?][] = [
      [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'x' }],
      [400, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'x' }],
      [404, { message: 'Job 7 does not exist.' }],
      [404, { message: 'Run 7 does not exist.' }, '/api/2.2/jobs/runs/get'],
      [404, { message: 'The specified pipeline 7a was not found.' }, '/api/2.0/pipelines/7a'],
      [404, { message: "Path (/Users/a b/x) doesn't exist." }, '/api/2.0/workspace/get-status'],
      [404, { message: "Schema 'main.a' does not exist." }, '/api/2.1/unity-catalog/schemas/main.a'],
      [
        404,
        { message: "Routine or Model 'main.a.m' does not exist." },
        '/api/2.1/unity-catalog/models/main.a.m/aliases/champion',
      ],
      [400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'Job 7 does not exist.' }],
      [
        400,
        { error_code: 'INVALID_PARAMETER_VALUE', message: "Run: 7 in job: 8 doesn't exist" },
        '/api/2.1/jobs/runs/get',
      ],
    ];
    for (const [status, body, path] of definite) {
      assert.equal(answer(status, body, { ...place, path: path ?? place.path }).isNotFound, true, JSON.stringify(body));
    }
    const doubtful: readonly [number, unknown, string?][] = [
      [404, '<html>not found</html>'],
      [404, ''],
      [404, 'not found'],
      [404, {}],
      [404, { message: 'no Route matched with those values' }],
      [404, { message: 'no Route matched with those values' }, '/api/2.1/unity-catalog/models/main.a.m'],
      [404, { statusCode: 404, message: 'Resource not found' }],
      [404, { statusCode: 404, message: 'Resource not found' }, '/api/2.0/workspace/get-status'],
      [404, { error: 'not found' }],
      [404, { message: 'Job 7 does not exist.' }, '/api/2.1/unity-catalog/models/main.a.m'],
      [404, { error_code: 'ENDPOINT_NOT_FOUND', message: 'No API found' }],
      [404, { error_code: 'FEATURE_DISABLED', message: 'x' }],
      [403, { error_code: 'PERMISSION_DENIED', message: 'x does not exist' }],
      [400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'Job 7 does not exist.' }, '/api/2.2/jobs/run-now'],
      [500, { message: 'does not exist' }],
    ];
    for (const [status, body, path] of doubtful) {
      assert.equal(
        answer(status, body, { ...place, path: path ?? place.path }).isNotFound,
        false,
        JSON.stringify(body),
      );
    }
  });
});
