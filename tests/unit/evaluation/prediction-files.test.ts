import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { TaskError } from '../../../src/errors';
import { readPredictionFile } from '../../../src/evaluation/prediction-files/read-predictions';

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
