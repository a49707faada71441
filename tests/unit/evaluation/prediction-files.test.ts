import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { TaskError } from '../../../src/errors';
import { parsePolicy } from '../../../src/evaluation/policy/parse-policy';
import { readPredictionFile } from '../../../src/evaluation/prediction-files/read-predictions';
import { preparePredictions } from '../../../src/evaluation/prepare-predictions';

const CANARY = 'row-of-a-person';
const read = (text: string, name: string) => readPredictionFile(Buffer.from(text), name, () => true);
const fixture = (name: string) => readFileSync(join(__dirname, 'fixtures', name));
const columns = async (text: string, name: string) => Object.fromEntries((await read(text, name)).columns);

function refused(reason: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof TaskError);
    assert.equal(error.code, 'PREDICTIONS_UNREADABLE');
    assert.match(error.message, reason);
    assert.ok(!error.sentences.includes(CANARY), error.sentences);
    return true;
  };
}

describe('prediction files', () => {
  it('reads CSV: quotes, line ends, byte order mark, blank lines', async () => {
    const text = '\ufeffid,y,"a, b"\r\n1,2.5,"x ""y""\nz"\r\n\r\n2,,\r\n';
    assert.deepEqual(await columns(text, 'p.CSV'), { id: ['1', '2'], y: ['2.5', ''], 'a, b': ['x "y"\nz', ''] });
    assert.equal((await read('id,y\n', 'p.csv')).rows, 0);
  });

  it('refuses CSV that is no table, without quoting it', async () => {
    await assert.rejects(read(`id,y\n1,2\n${CANARY},2,3\n`, 'p.csv'), refused(/no well-formed CSV at line 3/));
    await assert.rejects(read(`id,y\n1,"${CANARY}`, 'p.csv'), refused(/no well-formed CSV/));
    await assert.rejects(read(`${CANARY},${CANARY}\n1,2\n`, 'p.csv'), refused(/columns 1 and 2 have the same name/));
    await assert.rejects(read('', 'p.csv'), refused(/empty/));
    await assert.rejects(
      readPredictionFile(Buffer.from([0x69, 0x64, 0x0a, 0xff]), 'p.csv', () => true),
      refused(/UTF-8/),
    );
  });

  it('reads JSON lines: late and absent keys, big integers, lists', async () => {
    const text = '{"id": 9007199254740993, "y": 1}\n\n{"id": 2, "proba": [0.5, 0.5]}\r\n{"id": 3, "y": null}';
    assert.deepEqual(await columns(text, 'p.jsonl'), {
      id: ['9007199254740993', 2, 3],
      y: [1, null, null],
      proba: [null, [0.5, 0.5], null],
    });
  });

  it('refuses JSON lines that are no objects, without quoting them', async () => {
    await assert.rejects(read(`{"id": 1}\n{"id": "${CANARY}"`, 'p.ndjson'), refused(/line 2 is no JSON/));
    await assert.rejects(read(`["${CANARY}"]`, 'p.ndjson'), refused(/line 1 is no JSON object/));
  });

  for (const compression of ['none', 'snappy', 'gzip', 'brotli']) {
    it(`reads Parquet, compression ${compression}, over several row groups`, async () => {
      const raw = await readPredictionFile(fixture(`${compression}.parquet`), 'whatever', () => true);
      assert.equal(raw.rows, 3);
      assert.deepEqual(Object.fromEntries(raw.columns), {
        id: [3n, 1n, 2n],
        y: [1.5, null, -2],
        label: [true, false, null],
        single: [0.5, 0.25, 1],
        proba: [[0.25, 0.75], undefined, [1, 0]],
        name: ['a,b', 'ü', null],
        version: [18, 18, 18],
      });
    });
  }

  it('gives the same data the same hash, whichever format it is in', async () => {
    const csv = 'id,single,version\n3,0.5,18\n1,0.25,18.0\n2,1,18\n';
    const lines =
      '{"id":3,"single":0.5,"version":18}\n{"version":18,"single":0.25,"id":1}\n{"id":2,"single":1,"version":18}\n';
    const { policy } = parsePolicy(
      `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: formats, preset: minimal}
model: {problem: regression, idColumn: id, target: single, columns: {challenger: version}, versionColumns: none}
thresholds: [{metric: rmse, direction: lower, max: 100}]
`,
      'policy.yml',
    );
    const hashes = await Promise.all(
      [
        read(csv, 'p.csv'),
        read(lines, 'p.jsonl'),
        ...['none', 'snappy', 'gzip', 'brotli'].map((name) =>
          readPredictionFile(fixture(`${name}.parquet`), 'p.parquet', () => true),
        ),
      ].map(async (raw) => {
        const { predictions, problems } = preparePredictions(
          await raw,
          policy.model,
          { labels: false, probabilities: false },
          { challenger: '18', champion: undefined },
          false,
        );
        assert.deepEqual(problems, []);
        return predictions?.hash;
      }),
    );
    assert.match(hashes[0] ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(new Set(hashes), new Set([hashes[0]]));
  });

  it('refuses Parquet that says it has more rows than can be held', async () => {
    const whole = Buffer.from(fixture('none.parquet'));
    const { parquetMetadata } = await import('hyparquet');
    const bytes = (file: Buffer) => new Uint8Array(file).buffer;
    assert.equal(Number(parquetMetadata(bytes(whole)).num_rows), 3);
    // The number of rows follows the schema in the footer as a zigzag varint: field 3, type i64, value 3.
    const at = whole.lastIndexOf(Buffer.from([0x16, 0x06, 0x19]));
    const huge = Buffer.concat([
      whole.subarray(0, at + 1),
      Buffer.from([0x80, 0x80, 0x80, 0x80, 0x40]),
      whole.subarray(at + 2),
    ]);
    huge.writeUInt32LE(whole.readUInt32LE(whole.length - 8) + 4, huge.length - 8);
    assert.equal(Number(parquetMetadata(bytes(huge)).num_rows), 2 ** 33);
    await assert.rejects(
      readPredictionFile(huge, 'p.parquet', () => true),
      refused(/says that it has 8589934592 rows/),
    );
  });

  it('decodes only the wanted columns of Parquet', async () => {
    const raw = await readPredictionFile(
      fixture('snappy.parquet'),
      'p.parquet',
      (column) => column === 'y' || column === 'absent',
    );
    assert.deepEqual([...raw.columns.keys()], ['y']);
    assert.equal(raw.rows, 3);
  });

  it('refuses Parquet that it cannot decode', async () => {
    await assert.rejects(
      readPredictionFile(fixture('zstd.parquet'), 'p.parquet', () => true),
      refused(/compression is not supported/),
    );
    const whole = fixture('snappy.parquet');
    await assert.rejects(
      readPredictionFile(whole.subarray(0, 200), 'p.parquet', () => true),
      refused(/no Parquet file/),
    );
  });

  it('answers damaged Parquet with columns or a sentence, never with another error', async () => {
    const whole = fixture('snappy.parquet');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const damaged = Buffer.from(whole);
          for (const [at, byte] of changes) {
            damaged[at] = byte;
          }
          try {
            const raw = await readPredictionFile(damaged, 'p.parquet', () => true);
            assert.ok([...raw.columns.values()].every((column) => column.length === raw.rows));
          } catch (error) {
            refused(/./)(error);
          }
        },
      ),
      { seed: 21, numRuns: 1_000 },
    );
  });

  it('refuses a format that it does not know', async () => {
    await assert.rejects(read('x', 'p.xlsx'), refused(/format is not known/));
    await assert.rejects(read('x', 'parquet'), refused(/format is not known/));
  });
});
