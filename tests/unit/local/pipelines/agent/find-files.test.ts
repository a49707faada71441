import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFiles } from '../../../../../local/pipelines/agent/tasks/find-files';

const FILES = ['a.txt', 'b.md', '.hidden', 'sub/a.txt', 'sub/deep/c.txt', 'sub [x]/d.txt'];

describe('patterns of files', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'find (files)-')), 'in[1]');
  before(() => {
    for (const file of FILES) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
  });

  for (const [patterns, expected] of [
    [['**'], ['.hidden', 'a.txt', 'b.md', 'sub [x]/d.txt', 'sub/a.txt', 'sub/deep/c.txt']],
    [['*'], ['.hidden', 'a.txt', 'b.md']],
    [['*.txt'], ['a.txt']],
    [['./a.txt'], ['a.txt']],
    [['**/*.txt'], ['a.txt', 'sub [x]/d.txt', 'sub/a.txt', 'sub/deep/c.txt']],
    [
      ['**/*.txt', '!sub/**'],
      ['a.txt', 'sub [x]/d.txt'],
    ],
    [['!**', '*.md'], ['b.md']],
    [['**', '!**', '*.md'], ['b.md']],
    [['!!*.md'], ['b.md']],
    [['# *.txt', '', ' *.md '], ['b.md']],
    [['sub'], []],
    [['sub/**'], ['sub/a.txt', 'sub/deep/c.txt']],
    [['{a,b}.*'], ['a.txt', 'b.md']],
    [['?.md'], ['b.md']],
    [['nothing'], []],
    [['../in*/a.txt'], ['a.txt']],
  ] as const) {
    it(`${JSON.stringify(patterns)} find ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(
        findFiles(folder, patterns).map((file) => file.slice(folder.length + 1)),
        expected,
      );
    });
  }

  it('that are absolute are searched where they say', () => {
    const other = mkdtempSync(join(tmpdir(), 'other-'));
    writeFileSync(join(other, 'x.xml'), '');
    assert.deepEqual(findFiles(folder, [`${other}/*.xml`]), [join(other, 'x.xml')]);
  });

  it('find nothing in a folder that is not there', () => {
    assert.deepEqual(findFiles(join(folder, 'nowhere'), ['**']), []);
  });
});
