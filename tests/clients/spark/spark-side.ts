import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../../local/workspace/python/cache-folder';
import { cachedEnvironments } from '../../../local/workspace/python/cached-environments';
import { root } from '../../support/declared';
import { runPythonClient } from '../../support/python-client';
import type { AskedStatement, Given } from './comparison';
import { pinnedJars } from './delta-jars';
import { fetchByIvy } from './fetch-by-ivy';

const REQUIREMENTS = ['pyspark==4.0.1'];

/** What one session of Spark gave: for each statement, and for the tables of the sample. */
export interface SparkAnswers {
  readonly given: readonly Given[];
  readonly sample: unknown;
}

/** Paths of Delta's jars, or why they cannot be had. @throws Error for other jars than the pinned ones */
export async function preparedJars(): ReturnType<typeof pinnedJars> {
  const python = await cachedEnvironments().interpreter(REQUIREMENTS);
  return pinnedJars(join(cacheFolder(process.env), 'spark'), fetchByIvy(python));
}

/** Runs statements on Apache Spark with Delta, one after the other in one session, and then the tables of the sample. */
export async function onSpark(jars: readonly string[], asked: readonly AskedStatement[]): Promise<SparkAnswers> {
  const folder = mkdtempSync(join(tmpdir(), 'spark-'));
  try {
    const [source, target] = [join(folder, 'asked.json'), join(folder, 'answers.json')];
    writeFileSync(source, JSON.stringify(asked));
    const sample = join(root, 'samples', 'diabetes', 'src', 'diabetes');
    const done = await runPythonClient(
      'spark_statements.py',
      [source, target, jars.join(delimiter), sample],
      { JAVA_HOME: process.env.JAVA_HOME ?? '', PYTHONDONTWRITEBYTECODE: '1', SPARK_LOCAL_IP: '127.0.0.1' },
      { requirements: REQUIREMENTS, folder },
    );
    return { given: JSON.parse(readFileSync(target, 'utf8')) as Given[], sample: done.sample };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
