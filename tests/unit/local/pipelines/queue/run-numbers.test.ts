import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunNumbers } from '../../../../../local/pipelines/queue/run-numbers';

describe('RunNumbers', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'numbers-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives a number once for each pipeline, over processes', () => {
    assert.equal(new RunNumbers(folder, '7').claim('20260305.1'), true);
    assert.equal(new RunNumbers(folder, '7').claim('20260305.1'), false);
    assert.equal(new RunNumbers(folder, '7').claim('20260305.2'), true);
    assert.equal(new RunNumbers(folder, '8').claim('20260305.1'), true);
  });

  it('takes numbers that no file could be called', () => {
    const numbers = new RunNumbers(folder, '7');
    for (const number of ['../../x', 'a/b', '', 'x'.repeat(2000), 'x'.repeat(2001)]) {
      assert.equal(numbers.claim(number), true, number.slice(0, 20));
    }
  });
});
