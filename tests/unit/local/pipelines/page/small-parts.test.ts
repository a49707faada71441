import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { commandLine } from '../../../../../local/command-line';
import { durationText } from '../../../../../local/duration-text';
import { groupAttempts } from '../../../../../local/pipelines/page/attempts';
import { fileLink } from '../../../../../local/pipelines/page/file-link';
import { renderFirstLine, renderSummary } from '../../../../../local/pipelines/page/summary-markdown';
import { sizeText } from '../../../../../local/pipelines/page/times';

describe('links to files of a run', () => {
  it('lead into the folder of the run and nowhere else', () => {
    assert.match(fileLink('artifacts/a b/c.html', 'c').text, /^<a href="\.\/artifacts\/a%20b\/c\.html" rel="noopener/);
    for (const path of ['', '/etc/passwd', '../x', 'a/../../x', 'a//b', 'a\\..\\b', './a', '\ud800']) {
      assert.doesNotMatch(fileLink(path, 'x').text, /href/, path);
    }
    assert.match(fileLink('javascript:alert(1)', 'x').text, /href="\.\/javascript%3Aalert\(1\)"/);
  });

  it('stay below the folder, whatever the path', () => {
    const base = 'file:///runs/7/index.html';
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        const href = /href="([^"]*)"/.exec(fileLink(path, 'x').text)?.[1];
        const target = new URL((href ?? './').replaceAll('&#39;', "'").replaceAll('&amp;', '&'), base);
        assert.ok(target.href.startsWith('file:///runs/7/'), target.href);
      }),
      { seed: 31, numRuns: 500 },
    );
  });
});

describe('the command to go on', () => {
  it('hands a shell every word as it is', () => {
    const words = ["it's", '$(id)', '`id`', 'a b', '', '*', '"', '!!', 'ünïcode', 'a=b;c'];
    const shell = spawnSync('sh', ['-c', `printf '%s\\n' ${commandLine(words)}`], { encoding: 'utf8' });
    assert.equal(shell.stdout, words.map((word) => `${word}\n`).join(''));
  });

  it('is not given where a word holds what a terminal acts on', () => {
    for (const word of ['a\nb', '\u001b[2J', 'a\rb', '\u202e']) {
      assert.equal(commandLine(['run', word]), undefined);
    }
  });
});

describe('a summary', () => {
  it('is rendered with tables, below the headings of the page', () => {
    const { content, cut } = renderSummary(
      '# Title\n\n| a | b |\n|---|--:|\n| 1 | **2** |\n\n[x](https://example.com/?a=1&b=2)',
    );
    assert.equal(cut, false);
    assert.match(content.text, /<h4>Title<\/h4>/);
    assert.match(content.text, /<td>1<\/td>\s*<td><strong>2<\/strong><\/td>/);
    assert.match(
      content.text,
      /<a href="https:\/\/example\.com\/\?a=1&amp;b=2" rel="noopener noreferrer nofollow">x<\/a>/,
    );
    assert.doesNotMatch(content.text, /style=/);
  });

  it('acts nowhere: no HTML, no image, no address but http and https', () => {
    const hostile = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '![x](https://example.com/pixel.png "t")',
      '[a](javascript:alert(1))',
      '[b](JaVaScRiPt&colon;alert(1))',
      '[c](data:text/html,<script>alert(1)</script>)',
      '[d](file:///etc/passwd)',
      '<javascript:alert(1)>',
      '[e]: javascript:alert(1)',
      '[e]',
    ].join('\n\n');
    const { text } = renderSummary(hostile).content;
    assert.doesNotMatch(text, /<(script|img|iframe|svg)/i);
    assert.doesNotMatch(text, /href="(?!https?:)/);
    assert.doesNotMatch(text, /<[^>]*\son\w+=/i);
  });

  it('gives its first line as the sentence to act on', () => {
    assert.equal(renderFirstLine('\n\n**Promote a 2: PASS**\n\nMore')?.text, '<strong>Promote a 2: PASS</strong>');
    assert.equal(renderFirstLine('## Done <b>\n')?.text, 'Done &lt;b&gt;');
    assert.equal(renderFirstLine(' \n'), undefined);
  });

  it('is cut at the end of a line when it is very long', () => {
    const { content, cut } = renderSummary(`${'line of text\n'.repeat(10_000)}the end`);
    assert.equal(cut, true);
    assert.doesNotMatch(content.text, /the end/);
  });
});

describe('figures of the page', () => {
  it('are written for people', () => {
    const durations = [0, 3400, 42_000, 59_970, 130_000, 3_900_000, 43_200 * 60_000].map(durationText);
    assert.deepEqual(durations, ['0.0 s', '3.4 s', '42 s', '1 min 00 s', '2 min 10 s', '1 h 05 min', '30 d 0 h']);
    assert.deepEqual([0, 1023, 1024, 5 * 1024 ** 3].map(sizeText), ['0 bytes', '1023 bytes', '1.0 KiB', '5.0 GiB']);
  });

  it('count the last attempt of a name, and keep the former ones', () => {
    assert.deepEqual(
      groupAttempts(['a1', 'b1', 'a2', 'a3'], (one) => one.slice(0, 1)),
      [
        { newest: 'a3', former: ['a1', 'a2'] },
        { newest: 'b1', former: [] },
      ],
    );
  });
});
