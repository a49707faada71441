import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { SqlWorkspace } from './sql-workspace';

describe('versions of tables', () => {
  let workspace: SqlWorkspace;

  before(async () => {
    workspace = await SqlWorkspace.open();
  });
  after(() => workspace.remove());

  it('are kept by every write, also when the columns change', async () => {
    for (const statement of [
      'CREATE TABLE h (a INT)',
      'INSERT INTO h VALUES (1), (2)',
      'INSERT OVERWRITE h SELECT a + 10 FROM h',
      'DELETE FROM h WHERE a = 11',
      "CREATE OR REPLACE TABLE h AS SELECT a, 'x' AS b FROM h",
    ]) {
      await workspace.rows(statement);
    }
    const at = (version: number) => workspace.rows(`SELECT * FROM h VERSION AS OF ${version} ORDER BY 1`);
    assert.deepEqual(await at(0), []);
    assert.deepEqual(await at(1), [['1'], ['2']]);
    assert.deepEqual(await at(2), [['11'], ['12']]);
    assert.deepEqual(await at(3), [['12']]);
    assert.deepEqual(await at(4), [['12', 'x']]);
    const history = await workspace.rows('DESCRIBE HISTORY h');
    assert.deepEqual(
      history.map((row) => [row[0], row[3], row[4]]),
      [
        ['4', 'ann@example.com', 'CREATE OR REPLACE TABLE AS SELECT'],
        ['3', 'ann@example.com', 'DELETE'],
        ['2', 'ann@example.com', 'WRITE'],
        ['1', 'ann@example.com', 'WRITE'],
        ['0', 'ann@example.com', 'CREATE TABLE'],
      ],
    );
    assert.deepEqual(
      (await workspace.rows('DESCRIBE HISTORY h LIMIT 1')).map(([version]) => version),
      ['4'],
    );
    assert.deepEqual(
      await workspace.rows('SELECT x.a, y.a FROM h VERSION AS OF 3 AS x, h VERSION AS OF 1 AS y WHERE y.a = 1'),
      [['12', '1']],
    );
  });

  it('are not made by a write that fails half way or matches nothing', async () => {
    await workspace.rows('CREATE TABLE f (a INT NOT NULL)');
    await workspace.rows('INSERT INTO f VALUES (1)');
    assert.match(
      await workspace.failure('INSERT INTO f VALUES (2), (NULL)'),
      /^\[DELTA_NOT_NULL_CONSTRAINT_VIOLATED\]/,
    );
    assert.match(
      await workspace.failure("INSERT OVERWRITE f SELECT CAST(if(a = 1, 'x', '1') AS INT) FROM f"),
      /^\[CAST_INVALID_INPUT\]/,
    );
    await workspace.failure('CREATE OR REPLACE TABLE f AS SELECT 1 / (a - 1) AS b FROM f');
    await workspace.rows('DELETE FROM f WHERE a = 99');
    assert.deepEqual(await workspace.rows('SELECT * FROM f'), [['1']]);
    assert.equal((await workspace.rows('DESCRIBE HISTORY f')).length, 2);
  });

  it('agree with a list of lists, whatever is written', async () => {
    const write = fc.oneof(
      fc.record({ kind: fc.constant('insert' as const), value: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ kind: fc.constant('overwrite' as const), value: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ kind: fc.constant('delete' as const), value: fc.integer({ min: 0, max: 5 }) }),
    );
    const run = fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
      await workspace.rows('DROP TABLE IF EXISTS m');
      await workspace.rows('CREATE TABLE m (a INT)');
      const model: number[][] = [[]];
      for (const { kind, value } of writes) {
        const last = model.at(-1) ?? [];
        await workspace.rows(
          kind === 'insert'
            ? 'INSERT INTO m VALUES (:v)'
            : kind === 'overwrite'
              ? 'INSERT OVERWRITE m VALUES (:v)'
              : 'DELETE FROM m WHERE a = :v',
          { v: ['INT', String(value)] },
        );
        if (kind !== 'delete' || last.includes(value)) {
          model.push(
            kind === 'insert'
              ? [...last, value]
              : kind === 'overwrite'
                ? [value]
                : last.filter((known) => known !== value),
          );
        }
      }
      for (const [version, values] of model.entries()) {
        assert.deepEqual(
          (await workspace.rows(`SELECT a FROM m VERSION AS OF ${version} ORDER BY a`)).map(([a]) => Number(a)),
          [...values].sort((left, right) => left - right),
        );
      }
    });
    await fc.assert(run, { seed: 11, numRuns: 25 });
  });

  it('serve concurrent writers one after the other', async () => {
    await workspace.rows('CREATE TABLE c (a INT)');
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        workspace.rows('INSERT INTO c VALUES (:v)', { v: ['INT', String(index)] }),
      ),
    );
    assert.deepEqual(await workspace.rows('SELECT count(*), count(DISTINCT a) FROM c'), [['20', '20']]);
    assert.deepEqual(
      (await workspace.rows('DESCRIBE HISTORY c LIMIT 1')).map(([version]) => version),
      ['20'],
    );
  });

  it('survive a kill: what was answered is there, and whole', async () => {
    const first = await SqlWorkspace.open();
    await first.close();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(__dirname, 'fixtures', 'endless-inserts.ts'), first.folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    // Its output closes before the system has let the process go.
    const gone = once(child, 'exit');
    let answered = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      answered = Number(line);
      if (answered === 12) {
        child.kill('SIGKILL');
      }
    }
    await gone;
    assert.ok(answered >= 12);
    const again = await SqlWorkspace.open(first.folder);
    const [row] = await again.rows('SELECT count(*), max(n), count(DISTINCT n) FROM kept');
    const versions = Number((await again.rows('DESCRIBE HISTORY kept LIMIT 1'))[0]?.[0]);
    assert.ok(versions >= answered, `${versions} versions, ${answered} answered`);
    assert.deepEqual(row, [String(2 * versions), String(versions), String(versions)]);
    await again.rows('INSERT INTO kept VALUES (0, 0)');
    assert.deepEqual(await again.rows('SELECT count(*) FROM kept VERSION AS OF 3'), [['6']]);
    await again.remove();
  });
});
