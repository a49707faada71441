import assert from 'node:assert/strict';
import { CHANGES_SETUP, FAILING_CHANGES } from './change-cases';
import { SqlWorkspace } from './sql-workspace';

describe('statements that change rows and tables', () => {
  let workspace: SqlWorkspace;
  const rows = (statement: string, parameters = {}) => workspace.rows(statement, parameters);
  const history = async (table: string) =>
    (await rows(`DESCRIBE HISTORY ${table}`)).map(([, , , , operation]) => operation);

  beforeEach(async () => {
    workspace = await SqlWorkspace.open();
    for (const statement of CHANGES_SETUP) {
      await rows(statement);
    }
  });
  afterEach(() => workspace.remove());

  it('updates by a condition; the former version keeps the former values', async () => {
    assert.deepEqual(await rows("UPDATE t AS x SET x.a = concat(a, '!'), n = id * 1.5e0 WHERE x.id < 3"), [['2']]);
    assert.deepEqual(await rows('SELECT * FROM t ORDER BY id'), [
      ['1', 'one!', '1.5'],
      ['2', 'two!', '3.0'],
      ['3', null, null],
    ]);
    assert.deepEqual(await rows('SELECT a FROM t VERSION AS OF 1 ORDER BY id'), [['one'], ['two'], [null]]);
    assert.deepEqual(await rows('SELECT a FROM t@v1 WHERE id = 1'), [['one']]);
    const bound = 'UPDATE t SET a = :a WHERE id = :id';
    assert.deepEqual(await rows(bound, { a: "$p0 'x'", id: ['INT', '3'] }), [['1']]);
    assert.deepEqual(await rows('UPDATE t SET id = id + 1'), [['3']]);
    assert.deepEqual(await rows('SELECT id FROM t ORDER BY id'), [['2'], ['3'], ['4']]);
    assert.deepEqual(await rows('UPDATE t SET n = 0 WHERE id > 100'), [['0']]);
    assert.deepEqual(await history('t'), ['UPDATE', 'UPDATE', 'UPDATE', 'WRITE', 'CREATE TABLE']);
  });

  it('makes no version of an append of nothing, but of an overwrite', async () => {
    assert.deepEqual(await rows('INSERT INTO t SELECT * FROM s WHERE id > 100'), [['0', '0']]);
    assert.deepEqual(await history('t'), ['WRITE', 'CREATE TABLE']);
    await rows('INSERT OVERWRITE t SELECT * FROM s WHERE id > 100');
    assert.deepEqual(await history('t'), ['WRITE', 'WRITE', 'CREATE TABLE']);
  });

  it('merges by every clause, the first that fits', async () => {
    const merge = `MERGE INTO t USING (SELECT id, a, n FROM s) AS src ON t.id = src.id
      WHEN MATCHED AND src.n > 25e0 THEN DELETE
      WHEN MATCHED THEN UPDATE SET t.a = src.a, n = t.n + src.n
      WHEN NOT MATCHED AND src.id > 100 THEN INSERT *
      WHEN NOT MATCHED BY TARGET THEN INSERT (a, id) VALUES (:who, src.id)
      WHEN NOT MATCHED BY SOURCE AND t.id = 1 THEN UPDATE SET a = 'left'
      WHEN NOT MATCHED BY SOURCE THEN DELETE`;
    assert.deepEqual(await rows(merge, { who: "o'hara" }), [['4', '2', '1', '1']]);
    assert.deepEqual(await rows('SELECT * FROM t ORDER BY id'), [
      ['1', 'left', '1.0'],
      ['2', 'TWO', '22.0'],
      ['4', "o'hara", null],
    ]);
    assert.deepEqual(await rows('SELECT count(*) FROM t VERSION AS OF 1'), [['3']]);
    assert.deepEqual(await history('t'), ['MERGE', 'WRITE', 'CREATE TABLE']);
  });

  it('merges * by name, and adds nothing a second time', async () => {
    const merge =
      'MERGE INTO t AS x USING s AS y ON x.id = y.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *';
    assert.deepEqual(await rows(merge), [['3', '2', '0', '1']]);
    assert.deepEqual(await rows('SELECT id, a FROM t ORDER BY id'), [
      ['1', 'one'],
      ['2', 'TWO'],
      ['3', 'THREE'],
      ['4', 'FOUR'],
    ]);
    const insertOnly = 'MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *';
    assert.deepEqual(await rows(insertOnly), [['0', '0', '0', '0']]);
    assert.deepEqual(await history('t'), ['MERGE', 'WRITE', 'CREATE TABLE']);
  });

  it('refuses a merge in which two rows want the same one, but for a plain delete', async () => {
    await rows("INSERT INTO s VALUES (2, 'again', 0e0)");
    assert.match(
      await workspace.failure('MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a'),
      /^\[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE\]/,
    );
    const one = "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.a = 'again' THEN UPDATE SET a = s.a";
    assert.deepEqual(await rows(one), [['1', '1', '0', '0']]);
    assert.deepEqual(await rows('MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE'), [
      ['2', '0', '2', '0'],
    ]);
    assert.deepEqual(await rows('SELECT id FROM t'), [['1']]);
  });

  for (const [statement, errorClass] of FAILING_CHANGES) {
    it(`changes nothing when it fails: ${statement}`, async () => {
      const message = await workspace.failure(statement);
      assert.ok(message.startsWith(`[${errorClass}] `), message);
      assert.deepEqual(await history('t'), ['WRITE', 'CREATE TABLE']);
    });
  }

  it('keeps what delta.appendOnly protects, and lets rows be added', async () => {
    await rows("ALTER TABLE t SET TBLPROPERTIES (delta.appendOnly = true, 'owner.team' = 'ml')");
    for (const statement of [
      'DELETE FROM t WHERE id = 100',
      'UPDATE t SET id = 1 WHERE id = 100',
      'INSERT OVERWRITE t VALUES (1, NULL, NULL)',
      'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE',
      'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT *',
    ]) {
      assert.match(await workspace.failure(statement), /^\[DELTA_CANNOT_MODIFY_APPEND_ONLY\] .* SQLSTATE: 42809$/);
    }
    const none = "MERGE INTO t USING s ON t.id = s.id AND s.a = 'nobody' WHEN MATCHED THEN DELETE";
    assert.deepEqual(await rows(none), [['0', '0', '0', '0']]);
    await rows('INSERT INTO t VALUES (9, NULL, NULL)');
    await rows('MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *');
    assert.deepEqual(await rows('SELECT count(*) FROM t'), [['5']]);
    assert.deepEqual(await rows("SHOW TBLPROPERTIES t ('delta.appendOnly')"), [['delta.appendOnly', 'true']]);
    assert.deepEqual(await rows('SHOW TBLPROPERTIES t'), [
      ['delta.appendOnly', 'true'],
      ['delta.minReaderVersion', '1'],
      ['delta.minWriterVersion', '2'],
      ['owner.team', 'ml'],
    ]);
    await rows('ALTER TABLE t UNSET TBLPROPERTIES IF EXISTS (delta.appendOnly, nothing)');
    await rows("ALTER TABLE t UNSET TBLPROPERTIES ('nothing')");
    assert.deepEqual(await rows('DELETE FROM t AS x WHERE x.id = 9'), [['1']]);
    assert.deepEqual(await history('t'), [
      'DELETE',
      'UNSET TBLPROPERTIES',
      'UNSET TBLPROPERTIES',
      'MERGE',
      'WRITE',
      'SET TBLPROPERTIES',
      'WRITE',
      'CREATE TABLE',
    ]);
  });

  it('reads delta.appendOnly of CREATE TABLE, quoted or not', async () => {
    for (const [index, properties] of ['delta.appendOnly = true', "'delta.appendOnly' = 'true'"].entries()) {
      await rows(`CREATE TABLE p${index} (a INT) USING DELTA TBLPROPERTIES (${properties})`);
      assert.match(await workspace.failure(`DELETE FROM p${index}`), /^\[DELTA_CANNOT_MODIFY_APPEND_ONLY\]/);
    }
  });

  it('adds columns, which former rows and versions do not have', async () => {
    await rows("ALTER TABLE t ADD COLUMNS (b BIGINT COMMENT 'more', c ARRAY<DOUBLE>)");
    await rows("INSERT INTO t VALUES (5, 'five', 5e0, 50, array(0.5e0))");
    assert.deepEqual(await rows('SELECT * FROM t WHERE id IN (1, 5) ORDER BY id'), [
      ['1', 'one', '1.0', null, null],
      ['5', 'five', '5.0', '50', '[0.5]'],
    ]);
    assert.deepEqual((await rows('SELECT * FROM t VERSION AS OF 1 LIMIT 1'))[0]?.length, 3);
    assert.deepEqual((await rows('DESCRIBE t')).slice(3), [
      ['b', 'bigint', 'more'],
      ['c', 'array<double>', null],
    ]);
  });

  it('sets and takes away the comment of a table', async () => {
    await rows("COMMENT ON TABLE t IS 'it''s'".replace("''", "\\'"));
    assert.equal((await rows('DESCRIBE DETAIL t'))[0]?.[3], "it's");
    await rows('COMMENT ON TABLE t IS NULL');
    assert.equal((await rows('DESCRIBE DETAIL t'))[0]?.[3], null);
  });

  it('travels by time: the last version at or before it', async () => {
    const start = workspace.clock.now();
    await workspace.clock.advance(60_000);
    await rows('DELETE FROM t WHERE id = 1');
    const count = async (time: number) =>
      rows('SELECT count(*) FROM t TIMESTAMP AS OF :time', { time: ['TIMESTAMP', new Date(time).toISOString()] });
    assert.deepEqual(await count(start), [['3']]);
    assert.deepEqual(await count(start + 59_999), [['3']]);
    assert.deepEqual(await count(start + 60_000), [['2']]);
    assert.deepEqual(await rows("SELECT count(*) FROM t TIMESTAMP AS OF '2026-01-31 10:21:00'"), [['3']]);
    assert.deepEqual(await rows('SELECT count(*) FROM t@20260131102100000'), [['3']]);
    for (const [time, errorClass] of [
      ["'2026-01-31'", 'DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION'],
      ["'2027-01-31'", 'DELTA_TIMESTAMP_GREATER_THAN_COMMIT'],
      ["'yesterday'", 'DELTA_TIMESTAMP_INVALID'],
      ['current_timestamp()', 'UNSUPPORTED_BY_LOCAL_WORKSPACE'],
    ] as const) {
      const message = await workspace.failure(`SELECT count(*) FROM t TIMESTAMP AS OF ${time}`);
      assert.ok(message.startsWith(`[${errorClass}]`), message);
    }
  });

  it('describes with the columns of Delta', async () => {
    const names = async (statement: string) =>
      (await workspace.post(statement)).manifest?.schema.columns?.map(({ name }) => name).join(' ');
    assert.equal(
      await names('DESCRIBE DETAIL t'),
      'format id name description location createdAt lastModified partitionColumns clusteringColumns numFiles sizeInBytes properties minReaderVersion minWriterVersion tableFeatures',
    );
    assert.equal(
      await names('DESCRIBE HISTORY t'),
      'version timestamp userId userName operation operationParameters job notebook clusterId readVersion isolationLevel isBlindAppend operationMetrics userMetadata engineInfo',
    );
  });
});
