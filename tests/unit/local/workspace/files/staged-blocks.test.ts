import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { joinBlocks, stageBlock, stagedBlocks } from '../../../../../local/workspace/files/staged-blocks';

const BLOCK = 'MDAwMA==';

describe('staged blocks', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blocks-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const place = () => ({ path: '/Volumes/a/b/c/f', local: join(folder, 'f'), root: folder, uploads: folder });
  const stage = (body: PassThrough) => stageBlock(body as unknown as IncomingMessage, place(), BLOCK);

  it('are the last that came whole, when one is sent again while the first still comes', async () => {
    const [slow, quick] = [new PassThrough(), new PassThrough()];
    const first = stage(slow);
    slow.write('slow '.repeat(100_000));
    await once(slow, 'drain'); // it is read: the block has begun
    const second = stage(quick);
    quick.end('quick');
    await second;
    assert.deepEqual(await stagedBlocks(place()), [{ id: BLOCK, size: 5 }]);
    slow.end('and whole');
    await first;
    await joinBlocks(place(), [BLOCK], join(folder, 'joined'));
    assert.equal(readFileSync(join(folder, 'joined'), 'utf8'), `${'slow '.repeat(100_000)}and whole`);
    assert.equal((await stagedBlocks(place())).length, 1);
  });

  it('are none when they break off', async () => {
    const broken = new PassThrough();
    const staged = stage(broken);
    broken.write('half');
    broken.destroy();
    await assert.rejects(staged, { errorCode: 'MALFORMED_REQUEST' });
    assert.deepEqual(await stagedBlocks(place()), []);
  });
});
