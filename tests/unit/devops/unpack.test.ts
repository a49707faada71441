import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import JSZip from 'jszip';
import { unpack } from '../../../src/devops/unpack';

describe('unpacking an artifact', () => {
  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'unpack-')), 'into');
  });

  async function archive(files: Readonly<Record<string, string>>): Promise<Buffer> {
    const zip = new JSZip();
    for (const [name, content] of Object.entries(files)) {
      zip.file(name, content, { createFolders: false });
    }
    return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
  }

  const unpacked = async (bytes: Buffer) => unpack(bytes, 'report', folder, "artifact 'report' of run 1");
  const refused = (bytes: Buffer, why: RegExp) =>
    assert.rejects(unpacked(bytes), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'ARTIFACT_UNREADABLE');
      assert.match(error.message, /^The archive of artifact 'report' of run 1 cannot be unpacked: /);
      assert.match(error.message, why);
      return true;
    });

  /** The same bytes with one name in place of another of the same length: no library writes such a name. */
  function renamed(bytes: Buffer, from: string, to: string): Buffer {
    assert.equal(from.length, to.length);
    return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
  }

  /** The same bytes with another size of the last file in their directory. */
  function saying(bytes: Buffer, size: number): Buffer {
    bytes.writeUInt32LE(size, bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 24);
    return bytes;
  }

  it('leaves out the folder that the service puts everything in', async () => {
    const files = await unpacked(await archive({ 'report/report.json': '{}', 'report/a/b.txt': 'b' }));
    assert.deepEqual(files, ['report.json', 'a/b.txt']);
    assert.equal(readFileSync(join(folder, 'a/b.txt'), 'utf8'), 'b');
  });

  it('keeps all names where there is no such folder', async () => {
    assert.deepEqual(await unpacked(await archive({ 'report/x': '', 'report.json': '{}' })), [
      'report/x',
      'report.json',
    ]);
    assert.deepEqual(await unpacked(await new JSZip().generateAsync({ type: 'nodebuffer' })), []);
  });

  it('writes nothing outside, whatever a name says', async () => {
    const bytes = await archive({ 'aa/bb': 'evil' });
    for (const name of ['../bb', '/a/bb', 'a\\..b', 'C:/bb']) {
      await refused(renamed(bytes, 'aa/bb', name), /invalid|absolute/);
    }
    assert.equal(existsSync(join(dirname(folder), 'bb')), false);
    assert.equal(existsSync(folder) ? readdirSync(folder).length : 0, 0);
  });

  it('writes nothing twice', async () => {
    await refused(renamed(await archive({ aaaa: '1', bbbb: '2' }), 'bbbb', 'aaaa'), /EEXIST/);
    await refused(renamed(await archive({ 'cccc/': '', 'dddd/e': '2', ffff: '' }), 'ffff', 'dddd'), /EISDIR|EEXIST/);
  });

  it('refuses archives with too many entries or bytes, before it writes', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`f${index}`, '']));
    await refused(await archive(many), /more than 10000 entries/);
    await refused(saying(await archive({ big: 'x' }), 200_000_001), /more than 200 MB/);
    assert.equal(existsSync(folder), false);
  });

  it('refuses an entry that is larger than it says', async () => {
    await refused(saying(await archive({ bomb: 'x'.repeat(100_000) }), 10), /too many bytes/);
  });

  it('refuses what is no whole archive', async () => {
    const bytes = await archive({ 'report/report.json': '{"a":1}' });
    await refused(bytes.subarray(0, bytes.length - 10), /./);
    await refused(Buffer.from('<html>'), /./);
    await refused(Buffer.alloc(0), /./);
  });
});
