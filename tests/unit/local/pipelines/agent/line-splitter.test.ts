import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineSplitter, LONGEST_LINE } from '../../../../../local/pipelines/agent/line-splitter';

function split(chunks: readonly string[], margin = 0): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(
    (line) => lines.push(line),
    () => margin,
  );
  for (const chunk of chunks) {
    splitter.write(chunk);
  }
  splitter.end();
  return lines;
}

describe('lines of a stream', () => {
  for (const [chunks, lines] of [
    [[], []],
    [[''], []],
    [['a\nb\n'], ['a', 'b']],
    [['a\r\nb'], ['a', 'b']],
    [['a\rb'], ['a', 'b']],
    [
      ['a\r', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', '', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', '\r\nb'],
      ['a', '', 'b'],
    ],
    [['\n\n'], ['', '']],
    [
      ['a', 'b', '\nc'],
      ['ab', 'c'],
    ],
  ] as const) {
    it(`${JSON.stringify(chunks)} are ${JSON.stringify(lines)}`, () => {
      assert.deepEqual(split(chunks), lines);
    });
  }

  it('are the same however the text arrives', () => {
    const part = fc
      .array(fc.constantFrom('a', 'b', '\r', '\n', '\r\n'), { maxLength: 6 })
      .map((signs) => signs.join(''));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (chunks) => {
        assert.deepEqual(split(chunks), split([chunks.join('')]));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('are cut when they are too long, with a margin for a secret at the cut', () => {
    const [line = '', next] = split(['x'.repeat(LONGEST_LINE), 'secret', '\nnext'], 10);
    assert.match(line, /x \[line cut: it is longer than 1048576 characters\]$/);
    assert.equal(line.indexOf(' '), LONGEST_LINE - 10);
    assert.equal(next, 'next');
  });
});
