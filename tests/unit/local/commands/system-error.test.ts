import assert from 'node:assert/strict';
import { openSync, writeSync } from 'node:fs';
import { systemRefusal } from '../../../../local/commands/system-error';

describe('systemRefusal', () => {
  // Linux: each write to /dev/full ends as on a full disk.
  it('says of a full disk what is wrong and what to do', () => {
    let refused: unknown;
    try {
      writeSync(openSync('/dev/full', 'w'), 'x');
    } catch (error) {
      refused = error;
    }
    assert.equal(
      systemRefusal(refused),
      'The disk is full: ENOSPC: no space left on device, write. Free space there, and start again.',
    );
  });

  it('says of a folder in which nobody may write which one it is', () => {
    const error = Object.assign(new Error("EROFS: read-only file system, mkdir '/mnt/runs'"), { code: 'EROFS' });
    assert.match(systemRefusal(error) ?? '', /^The folder is on a disk that can only be read: .*'\/mnt\/runs'\. /);
  });

  it('leaves defects alone', () => {
    for (const error of [
      new Error('x'),
      Object.assign(new Error('x'), { code: 'ENOENT' }),
      'text',
      new TypeError('y'),
    ]) {
      assert.equal(systemRefusal(error), undefined);
    }
  });
});
