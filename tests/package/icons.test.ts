import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, taskFolders } from '../support/declared';

/** Width and height in pixels of a PNG file, from its IHDR chunk (PNG specification, 11.2.1). */
function sizeOf(...path: string[]): [width: number, height: number] {
  const bytes = readFileSync(join(root, ...path));
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG', path.join('/'));
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('icons', () => {
  it('have the sizes that the platform shows', () => {
    assert.deepEqual(sizeOf('images', 'extension.png'), [128, 128]);
    for (const task of taskFolders()) {
      assert.deepEqual(sizeOf('tasks', task, 'icon.png'), [32, 32], task);
    }
  });

  it('are rendered from the present sources (node scripts/icons.mjs)', () => {
    const checked = spawnSync(process.execPath, ['scripts/icons.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
  });

  it('differ from task to task', () => {
    const pictures = taskFolders().map((task) => readFileSync(join(root, 'tasks', task, 'icon.png'), 'base64'));
    assert.equal(new Set(pictures).size, pictures.length);
  });
});
