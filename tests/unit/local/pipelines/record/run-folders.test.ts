import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolders, readRun, writeRun } from '../../../../../local/pipelines/record/run-folders';
import type { RunRecord } from '../../../../../local/pipelines/record/run-record';

const record = (id: string) => ({ apiVersion: 'databricks-mlops/run/v1', id }) as RunRecord;

describe('RunFolders', () => {
  let base: string;
  beforeEach(() => {
    base = join(mkdtempSync(join(tmpdir(), 'runs-')), 'runs');
  });

  it('counts up from the highest id, whatever else lies there', () => {
    for (const name of ['2', '10', 'notes', '011', '9.bak']) {
      mkdirSync(join(base, name), { recursive: true });
    }
    assert.equal(new RunFolders(base).create().id, '11');
    assert.equal(new RunFolders(base).create().id, '12');
  });

  it('begins with 1 in a folder that is not there yet', () => {
    assert.equal(new RunFolders(base).create().id, '1');
  });

  it('finds runs by id, the oldest first, and never leaves its folder', () => {
    const folders = new RunFolders(base);
    for (const id of ['1', '2', '10']) {
      mkdirSync(join(base, id), { recursive: true });
      writeRun({ record: record(id), folder: join(base, id) });
    }
    mkdirSync(join(base, '11'));
    assert.deepEqual(
      folders.all().map(({ record: { id } }) => id),
      ['1', '2', '10'],
    );
    assert.equal(folders.read('2')?.record.id, '2');
    for (const id of ['11', '3', '../1', '01', '', '1e0', '/']) {
      assert.equal(folders.read(id), undefined, id);
    }
  });

  it('says which record is damaged, and refuses one of another version', () => {
    const { folder } = new RunFolders(base).create();
    writeFileSync(join(folder, 'run.json'), '{"apiVersion": ');
    assert.throws(() => readRun(folder), /run\.json is damaged: .*Delete its folder\./);
    writeFileSync(join(folder, 'run.json'), '{"apiVersion": "databricks-mlops/run/v2"}');
    assert.throws(() => readRun(folder), /not the record of a run that this version can read/);
  });

  it('is whole for every reader while two processes write the record', async () => {
    const { folder } = new RunFolders(base).create();
    const run = { record: { ...record('1'), number: 'x'.repeat(200_000) }, folder };
    writeRun(run);
    const sources = JSON.stringify(require.resolve('../../../../../local/pipelines/record/run-folders'));
    const text = `for (let n = 0; n < 200; n += 1) require(${sources}).writeRun(require(${sources}).readRun(${JSON.stringify(folder)}));`;
    const writers = [1, 2].map(() =>
      once(
        spawn(process.execPath, ['--import', 'tsx', '--eval', text], { stdio: ['ignore', 'ignore', 'inherit'] }),
        'exit',
      ),
    );
    const ended = Promise.all(writers).then((codes) => codes.map(([code]) => code));
    let result: unknown[] | undefined;
    while (result === undefined) {
      assert.equal(readRun(folder)?.record.number.length, 200_000);
      result = await Promise.race([ended, new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);
    }
    assert.deepEqual(result, [0, 0]);
    assert.deepEqual(readdirSync(folder), ['run.json']);
  }).timeout(60_000);

  it('leaves no half-written file beside the record', () => {
    const { folder } = new RunFolders(base).create();
    writeRun({ record: record('1'), folder });
    assert.deepEqual(readdirSync(folder), ['run.json']);
  });
});
