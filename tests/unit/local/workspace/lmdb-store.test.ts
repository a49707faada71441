import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { holdFolder } from '../../../../local/workspace/held-folder';
import { type LmdbStore, openLmdbStore } from '../../../../local/workspace/lmdb-store';

const writer = path.join(__dirname, 'fixtures', 'endless-writer.ts');

describe('the store on LMDB', () => {
  let folder: string;
  let root: LmdbStore;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'store-'));
    root = openLmdbStore(folder);
  });

  afterEach(async () => {
    await root.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps values by key, in key order, each scope and collection for itself', () => {
    const models = root.scope('metastore').collection<{ n: number }>('models');
    root.scope('local').collection('models').put('a', { n: 0 });
    root.scope('metastore').collection('models2').put('a', { n: 9 });
    models.put('b', { n: 2 });
    models.put('a/1', { n: 1 });
    models.put('a', { n: 3 });
    assert.deepEqual(
      [...models.entries()],
      [
        ['a', { n: 3 }],
        ['a/1', { n: 1 }],
        ['b', { n: 2 }],
      ],
    );
    assert.deepEqual([...models.entries('a/')], [['a/1', { n: 1 }]]);
    assert.deepEqual([...models.entries('a/', 'a/1')], []);
    assert.deepEqual([...models.entries('', 'a/')][0], ['a/1', { n: 1 }]);
    assert.equal(models.remove('a'), true);
    assert.equal(models.remove('a'), false);
    assert.equal(models.get('a'), undefined);
  });

  it('behaves as an ordered map', () => {
    let number = 0;
    const writes = fc.array(
      fc.record({ key: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), value: fc.option(fc.integer()) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(writes, (list) => {
        number += 1;
        const collection = root.scope('any').collection<number>(`c${number}`);
        const expected = new Map<string, number>();
        for (const { key, value } of list) {
          if (value === null) {
            assert.equal(collection.remove(key), expected.delete(key));
          } else {
            collection.put(key, value);
            expected.set(key, value);
          }
        }
        const byBytes = [...expected].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        assert.deepEqual([...collection.entries()], byBytes);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('may be written while it is read, across many entries', () => {
    const numbers = root.scope('any').collection<number>('numbers');
    for (let i = 0; i < 700; i += 1) {
      numbers.put(String(i).padStart(4, '0'), i);
    }
    let seen = 0;
    for (const [key] of numbers.entries()) {
      numbers.remove(key);
      seen += 1;
    }
    assert.equal(seen, 700);
    assert.deepEqual([...numbers.entries()], []);
  });

  it('undoes all writes of a transaction that throws, also when an inner failure was caught', () => {
    const store = root.scope('any');
    const things = store.collection<number>('things');
    assert.throws(
      () =>
        store.transaction(() => {
          things.put('a', 1);
          assert.throws(() =>
            store.transaction(() => {
              things.put('b', 2);
              throw new Error('inner');
            }),
          );
        }),
      /inner/,
    );
    assert.deepEqual([...things.entries()], []);
    assert.equal(
      store.transaction(() => store.transaction(() => store.next('n'))),
      1,
    );
    assert.equal(store.next('n'), 2);
  });

  it('refuses a second process, or a second opening, on the same folder', () => {
    assert.throws(() => openLmdbStore(folder), { code: 'DATA_FOLDER_IN_USE' });
  });

  it('has every acknowledged write after kill -9, and is free again', async () => {
    const target = path.join(folder, 'killed');
    const acknowledged = await writesUntilKilled(target, (count) => {
      assert.throws(() => openLmdbStore(target), { code: 'DATA_FOLDER_IN_USE' });
      return count >= 50;
    });
    assert.ok(acknowledged >= 50);
    await holdsAll(target, acknowledged);
  });

  it('is not even opened while another holds it: the opening alone would cost the holder a write', () => {
    const held = path.join(folder, 'held');
    const release = holdFolder(path.join(held, 'holders'));
    assert.throws(() => openLmdbStore(held), { code: 'DATA_FOLDER_IN_USE' });
    assert.deepEqual(readdirSync(held), ['holders']);
    release();
  });
});

/** Kills a process that writes 1, 2, 3… to the store of `target` as soon as `enough` is true of a number that it acknowledged; the last such number. */
async function writesUntilKilled(target: string, enough: (count: number) => boolean): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, target], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Its output closes before the system has let the process go.
  const gone = once(child, 'exit');
  let last = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (!child.killed && enough(last)) {
        child.kill('SIGKILL');
      }
    }
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
  return last;
}

/** The killed process may have written one number more than it could say. */
async function holdsAll(target: string, acknowledged: number): Promise<void> {
  const reopened = openLmdbStore(target);
  try {
    const numbers = [...reopened.scope('any').collection<number>('numbers').entries()].map(([, value]) => value);
    assert.deepEqual(
      numbers.slice(0, acknowledged),
      Array.from({ length: acknowledged }, (_, index) => index + 1),
    );
    assert.ok(numbers.length <= acknowledged + 1);
  } finally {
    await reopened.close();
  }
}
