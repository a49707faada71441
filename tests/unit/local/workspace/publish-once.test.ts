import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishOnce } from '../../../../local/workspace/publish-once';

describe('publishOnce', () => {
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'publish-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives a file its name for one of two that try at once, and leaves what is there alone', async () => {
    writeFileSync(at('a'), 'a');
    writeFileSync(at('b'), 'b');
    const tried = await Promise.allSettled([publishOnce(at('a'), at('name')), publishOnce(at('b'), at('name'))]);
    assert.deepEqual(tried.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(readFileSync(at('name'), 'utf8'), tried[0].status === 'fulfilled' ? 'a' : 'b');
    await assert.rejects(publishOnce(at('b'), at('name')), { code: 'EEXIST' });
  });

  // A folder is refused a hard link by every file system as one without hard links refuses it to files.
  it('does the same where there are no hard links', async () => {
    for (const name of ['a', 'b']) {
      mkdirSync(at(name));
      writeFileSync(at(name, 'text'), name);
    }
    const tried = await Promise.allSettled([publishOnce(at('a'), at('name')), publishOnce(at('b'), at('name'))]);
    assert.deepEqual(tried.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const [won, lost] = tried[0].status === 'fulfilled' ? ['a', 'b'] : ['b', 'a'];
    assert.equal(readFileSync(at('name', 'text'), 'utf8'), won);
    await assert.rejects(publishOnce(at(lost), at('name')), { code: 'EEXIST' });
    assert.ok(existsSync(at(lost, 'text')));
  });

  it('says what else is wrong', async () => {
    await assert.rejects(publishOnce(at('none'), at('name')), { code: 'ENOENT' });
  });
});
