import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { cellsOf, cutTo, shownText } from '../../../../local/terminal/shown-text';

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('世', '👍', '#', '##vso[', '[', '\u001b[31m', '\u0007', '\u202e', 'e\u0301', 'a', ' '),
    fc.string({ unit: 'binary', maxLength: 2 }),
  ),
});

describe('shownText', () => {
  for (const [given, expected] of [
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['a\u202Eb\u2066c', 'abc'],
    ['bell\u0007 \u0008 back', 'bell back'],
    ['世界 👍', '世界 👍'],
    ['a ##vso[task.complete]b ##VSO[x.y]', 'a # #vso[task.complete]b # #VSO[x.y]'],
    ['##[error]planted', '# #[error]planted'],
    ['#\u202E#vs\u001b[1mo[task.complete]', '# #vso[task.complete]'],
    ['## heading [link]', '## heading [link]'],
  ] as const) {
    it(`shows ${JSON.stringify(given)} as ${JSON.stringify(expected)}`, () =>
      assert.equal(shownText(given).replace(/ +/g, ' '), expected));
  }

  it('never moves a terminal', () => {
    void fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(shownText(text), /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('never is a command to an agent', () => {
    void fc.assert(
      fc.property(anyText, (text) => assert.doesNotMatch(shownText(text), /##(?:vso)?\[/i)),
      { seed: 3, numRuns: 2000 },
    );
  });
});

describe('cutTo', () => {
  it('counts wide signs twice and joined ones not at all', () => {
    assert.deepEqual(['abc', '世界', '👍', 'e\u0301'].map(cellsOf), [3, 4, 2, 1]);
  });

  it('says that something is cut away', () => {
    assert.equal(cutTo('abcdef', 4), 'abc…');
    assert.equal(cutTo('世界世界', 4), '世…');
    assert.equal(cutTo('abc', 3), 'abc');
    assert.equal(cutTo('abc', 0), '');
  });

  it('never takes more cells than there are', () => {
    void fc.assert(
      fc.property(anyText, fc.nat(30), (text, cells) => assert.ok(cellsOf(cutTo(text, cells)) <= cells)),
      { seed: 2, numRuns: 2000 },
    );
  });
});
