import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/declared';
import { runPythonClient } from '../support/python-client';

const PYSPARK = 'pyspark==4.0.1';
const OLDEST_JAVA = 17;

describe('the tables of samples/diabetes on Apache Spark', function () {
  this.timeout(600_000);

  before(function () {
    const reason = whyNoSpark();
    if (reason !== undefined) {
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
  });

  it('are written, replaced and read back by the same module that uses a warehouse elsewhere', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spark-'));
    try {
      const done = await runPythonClient(
        'spark_tables.py',
        [join(root, 'samples', 'diabetes', 'src', 'diabetes')],
        { JAVA_HOME: process.env.JAVA_HOME ?? '', PYTHONDONTWRITEBYTECODE: '1', SPARK_LOCAL_IP: '127.0.0.1' },
        { requirements: [PYSPARK], folder },
      );
      assert.deepEqual(done, { through: 'SparkTables', first: true, second: true, wider: true });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** One sentence when this machine cannot run Spark. */
function whyNoSpark(): string | undefined {
  const home = process.env.JAVA_HOME;
  const { error, stderr } = spawnSync(home ? join(home, 'bin', 'java') : 'java', ['-version'], { encoding: 'utf8' });
  if (error !== undefined) {
    return `Spark needs Java ${OLDEST_JAVA} or later, and there is none on this machine.`;
  }
  const found = Number(/version "(\d+)/.exec(stderr)?.[1] ?? '0');
  return found >= OLDEST_JAVA ? undefined : `Spark needs Java ${OLDEST_JAVA} or later, this machine has ${found}.`;
}
