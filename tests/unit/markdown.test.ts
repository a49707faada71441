import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeMarkdown, markdownLink, markdownTable } from '../../src/markdown';

describe('text from outside in Markdown', () => {
  for (const [what, text] of [
    ['link', '[here](https://evil.example)'],
    ['image', '![x](https://evil.example/x.png)'],
    ['bare address', 'see https://evil.example or HTTP://evil.example'],
    ['bare address without scheme', 'see www.evil.example and ftp://evil.example'],
    ['reference', '[1]: https://evil.example'],
    ['HTML', '<img src="https://evil.example" onerror="x()">'],
    ['person', 'ask @everybody'],
  ] as const) {
    it(`is no ${what}`, () => {
      const escaped = escapeMarkdown(text);
      assert.doesNotMatch(escaped, /(?<!\\)\[|<|\b(https?|ftp):\/\/|\bwww\.|@/i, escaped);
    });
  }

  it('holds no sign that cannot be seen, turns no direction, and is no megabyte', () => {
    assert.equal(escapeMarkdown('a\u0000b\u001B[2Kc\u202Ed'), 'a␦bc␦d');
    assert.ok(escapeMarkdown('x'.repeat(1_000_000)).length < 10_100);
  });

  it('stays on its line and in its cell, and starts no heading, list or code', () => {
    assert.equal(escapeMarkdown('a\r\nb\tc'), 'a b c');
    assert.equal(escapeMarkdown('a|b`c`'), 'a\\|b\\`c\\`');
    for (const text of ['# a', '* a', '+ a', '- a', '1. a', '> a', '| a', '~~~']) {
      assert.match(escapeMarkdown(text), /^(\\|&gt;|\d+\\)/, text);
    }
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('|', '\\', '\n', 'a', '`') }), (text) => {
        const escaped = escapeMarkdown(text);
        assert.doesNotMatch(escaped, /\n/);
        assert.doesNotMatch(escaped.replace(/\\./g, ''), /[|`\\]/);
      }),
      { seed: 7 },
    );
  });

  it('becomes a link only with a web address that cannot leave it', () => {
    assert.equal(
      markdownLink('run [1]', 'https://adb-1.1.azuredatabricks.net/#job/7'),
      '[run \\[1\\]](https://adb-1.1.azuredatabricks.net/#job/7)',
    );
    assert.equal(markdownLink('run', 'http://[::1]:8080/x'), '[run](http://[::1]:8080/x)');
    for (const url of [
      '',
      'javascript:alert(1)',
      'https://a b',
      'https://a)b',
      'https://a|b',
      'https://a`b',
      'https://a\\',
    ]) {
      assert.equal(markdownLink('run', url), 'run', url);
    }
  });

  it('makes a table of cells that are Markdown already', () => {
    assert.equal(markdownTable(['a', 'b'], [['1', '**2**']]), '| a | b |\n| --- | --- |\n| 1 | **2** |');
  });
});
