import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseList, parseMap } from '../../../src/agent/input-text';
import { TaskError } from '../../../src/errors';
import { inputMapsAreReadOrRefused } from '../../properties/input-maps';

const entries = (text: string) => [...parseMap('parameters', text)];

describe('maps and lists in inputs', () => {
  it('reads key=value lines: first equals sign splits, blank lines and comments are skipped', () => {
    assert.deepEqual(entries('# comment\n a = 1 \n\nb=x=y\r\nc='), [
      ['a', '1'],
      ['b', 'x=y'],
      ['c', ''],
    ]);
  });

  it('reads one JSON object and keeps 64-bit integers', () => {
    assert.deepEqual(entries('{"a": 9007199254740993, "b": true, "c": null, "d": "x"}'), [
      ['a', '9007199254740993'],
      ['b', 'true'],
      ['c', ''],
      ['d', 'x'],
    ]);
  });

  for (const [text, detail] of [
    ['a=1\nnonsense', /line 2 is not 'key=value'/],
    ['=1', /line 1/],
    ['a=1\na=2', /'a' stands there twice/],
    ['{"a": ', /begins like JSON/],
    ['{"a": {"b": 1}}', /'a' is not text/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseMap('parameters', text),
        (error: unknown) =>
          error instanceof TaskError &&
          error.code === 'INPUT_INVALID' &&
          detail.test(error.message) &&
          error.message.includes("'parameters'"),
      );
    });
  }

  it('names the form that an input has in place of key=value', () => {
    assert.throws(() => parseMap('downloads', 'x', 'remote=local'), {
      sentences:
        `Input 'downloads' cannot be read: line 1 is not 'remote=local': "x". ` +
        "Write one 'remote=local' a line, or one JSON object.",
    });
  });

  it('reads lists by line or comma', () => {
    assert.deepEqual(parseList('a, b\n\nc,,\n d '), ['a', 'b', 'c', 'd']);
  });

  it('gives back every map that was written as lines', () => {
    const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/);
    const value = fc.stringMatching(/^([^\s=][^\r\n]{0,20}[^\s])?$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 10 }), (pairs) => {
        assert.deepEqual(entries(pairs.map(([name, text]) => `${name}=${text}`).join('\n')), pairs);
      }),
      { seed: 2, numRuns: 1_000 },
    );
  });

  it('never fails with anything but a TaskError', () => {
    fc.assert(inputMapsAreReadOrRefused, { seed: 3, numRuns: 10_000 });
  });
});
