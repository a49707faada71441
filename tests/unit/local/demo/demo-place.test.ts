import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutDemo } from '../../../../local/demo/demo-place';
import { packageRoot } from '../../../../local/package-root';
import { HeldByProcess } from '../../../../local/workspace/held-folder';
import { startWorkspaces } from '../../../../local/workspace/server';

describe('layOutDemo', () => {
  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'demo-')), 'demo');
  });

  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('takes the place of the demo before, but not while a process still uses its workspaces', async () => {
    const { data, repository } = layOutDemo(folder, packageRoot());
    writeFileSync(join(repository, 'mine.txt'), '');
    const running = await startWorkspaces({ data });
    try {
      assert.throws(() => layOutDemo(folder, packageRoot()), HeldByProcess);
      assert.ok(existsSync(join(repository, 'mine.txt')));
    } finally {
      await running.stop();
    }
    layOutDemo(folder, packageRoot());
    assert.equal(existsSync(join(repository, 'mine.txt')), false);
  });
});
