import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FetchJar, type PinnedJar, pinnedJars } from './delta-jars';

const BYTES = 'the reviewed jar';
const JAR: PinnedJar = {
  organisation: 'org.example',
  module: 'tables',
  revision: '1.2',
  sha256: createHash('sha256').update(BYTES).digest('hex'),
};
const NAME = 'tables-1.2.jar';

describe('the jars of Delta', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jars-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const giving =
    (bytes: string): FetchJar =>
    async (_, into) => {
      writeFileSync(join(into, NAME), bytes);
      return undefined;
    };
  const never: FetchJar = () => assert.fail('a jar that is there was fetched');

  it('are fetched once and kept', async () => {
    const first = await pinnedJars(folder, giving(BYTES), [JAR]);
    assert.deepEqual(first, { paths: [join(folder, NAME)] });
    assert.deepEqual(await pinnedJars(folder, never, [JAR]), first);
    assert.deepEqual(readdirSync(folder), [NAME]);
  });

  it('are refused and not kept when what was fetched is another jar', async () => {
    await assert.rejects(pinnedJars(folder, giving('another jar'), [JAR]), /is pinned/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('are refused when another jar lies there under the name', async () => {
    writeFileSync(join(folder, NAME), 'another jar');
    await assert.rejects(pinnedJars(folder, never, [JAR]), /is pinned/);
  });

  it('are missing for a reason when they cannot be fetched', async () => {
    const missing = 'no network';
    assert.deepEqual(await pinnedJars(folder, async () => missing, [JAR]), { missing });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('are not taken as missing when the fetch ends well without a jar', async () => {
    await assert.rejects(
      pinnedJars(folder, async () => undefined, [JAR]),
      /left no tables-1\.2\.jar/,
    );
  });
});
