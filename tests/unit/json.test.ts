import assert from 'node:assert/strict';
import { errorAnswer, jsonAnswer } from '../../src/http/answer';
import { parseJson } from '../../src/json';

const PLACE = { method: 'GET', path: '/x', origin: 'https://w.example' };

describe('JSON that is nested', () => {
  const nested = (depth: number) => `{"message": "x", "details": ${'['.repeat(depth)}${']'.repeat(depth)}}`;

  it('some hundred times is read', () => {
    assert.deepEqual(Object.keys(parseJson(nested(500)) as object), ['message', 'details']);
  });

  it('deeper than can be read is no JSON, whole or not', () => {
    for (const text of [nested(100_000), nested(100_000).slice(0, 90_000)]) {
      assert.throws(() => parseJson(text), SyntaxError);
      assert.throws(() => jsonAnswer(PLACE, 200, {}, text, false), { code: 'ANSWER_INCOMPLETE' });
      assert.equal(errorAnswer(PLACE, 400, {}, text).code, 'ANSWER_INCOMPLETE');
      assert.equal(errorAnswer(PLACE, 500, {}, text).code, 'SERVER_ERROR');
    }
  });
});
