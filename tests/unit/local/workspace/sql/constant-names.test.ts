import assert from 'node:assert/strict';
import { constantName } from '../../../../../local/workspace/sql/constant-names';
import type { SqlType } from '../../../../../local/workspace/sql/sql-type';

const DECIMAL = { name: 'DECIMAL', precision: 5, scale: 2 } as const;

/** Names as Spark 4.0 gives them in UTC. */
const NAMES: readonly (readonly [type: SqlType, text: string | null, name: string])[] = [
  [{ name: 'STRING' }, " it's ", " it's "],
  [{ name: 'STRING' }, null, 'NULL'],
  [{ name: 'INT' }, ' +07 ', '7'],
  [{ name: 'BIGINT' }, '-9007199254740993', '-9007199254740993'],
  [{ name: 'DOUBLE' }, '1e-5', '1.0E-5'],
  [{ name: 'BOOLEAN' }, 'Yes', 'true'],
  [{ name: 'BOOLEAN' }, '0', 'false'],
  [DECIMAL, ' 1.50 ', '1.50'],
  [{ name: 'DATE' }, '2026-1-3', "DATE '2026-01-03'"],
  [{ name: 'DATE' }, 'soon', "DATE 'soon'"],
  [{ name: 'TIMESTAMP' }, '2026-1-3', "TIMESTAMP '2026-01-03 00:00:00'"],
  [{ name: 'TIMESTAMP' }, '2026-1-3T4:5:6.1200', "TIMESTAMP '2026-01-03 04:05:06.12'"],
  [{ name: 'TIMESTAMP' }, '2026-01-31 10:00:00.000', "TIMESTAMP '2026-01-31 10:00:00'"],
  [{ name: 'TIMESTAMP' }, '2026-01-31 10:00:00.000001', "TIMESTAMP '2026-01-31 10:00:00.000001'"],
  [{ name: 'TIMESTAMP' }, '2026-01-31 22:00-05:30', "TIMESTAMP '2026-02-01 03:30:00'"],
  [{ name: 'TIMESTAMP' }, '2026-01-31 10:00:00 +02', "TIMESTAMP '2026-01-31 08:00:00'"],
  [{ name: 'TIMESTAMP' }, '2026-01-31 10:00 UTC', "TIMESTAMP '2026-01-31 10:00:00'"],
  [{ name: 'TIMESTAMP' }, '1969-12-31 23:59:59.999999', "TIMESTAMP '1969-12-31 23:59:59.999999'"],
  [{ name: 'TIMESTAMP' }, 'now', "TIMESTAMP 'now'"],
];

describe('the name of a constant', () => {
  for (const [type, text, name] of NAMES) {
    it(`${type.name} ${text}`, () => assert.equal(constantName(type, text), name));
  }
});
