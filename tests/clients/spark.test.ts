import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../local/workspace/python/cache-folder';
import type { StatementAnswer } from '../../src/databricks/statement-result';
import { root } from '../support/declared';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';
import { type AskedStatement, difference, type Given } from './spark/comparison';
import { corpus } from './spark/corpus';
import { recordTaskStatements, sendingFiles, type TaskStatements } from './spark/task-statements';

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

const CATALOG = 'spark_catalog';
const REQUIREMENTS = [PYSPARK];

/** The corpus takes minutes and still differs in places: it is compared on demand. */
const COMPARES_CORPUS = process.env['SPARK_CORPUS'] === 'true';

describe('statements on Apache Spark with Delta', function () {
  this.timeout(1_800_000);
  let asked: readonly AskedStatement[] = [];
  let tasks: TaskStatements;
  let local: Given[];
  let spark: Given[];

  before(async function () {
    const reason = whyNoSpark();
    if (reason !== undefined) {
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
    const workspace = await startTestWorkspace();
    const folder = mkdtempSync(join(tmpdir(), 'spark-'));
    try {
      await workspace.call('POST', '/api/2.1/unity-catalog/catalogs', { name: CATALOG });
      const others = COMPARES_CORPUS ? corpus(CATALOG) : [];
      for (const schema of new Set([`${CATALOG}.tasks`, ...others.map((one) => one.schema)])) {
        await onWorkspace(workspace, { schema, statement: `CREATE SCHEMA ${schema}`, parameters: {} });
      }
      tasks = await recordTaskStatements(workspace, `${CATALOG}.tasks`);
      await onWorkspace(workspace, { schema: '', statement: `CREATE SCHEMA ${CATALOG}.again`, parameters: {} });
      // The record was made while its tables came to be; on both sides it now runs from the beginning, in a schema of its own.
      const replayed = tasks.statements.map((one) => inSchema(one, `${CATALOG}.tasks`, `${CATALOG}.again`));
      const given: { readonly statement: AskedStatement; readonly here: Given }[] = [];
      for (const statement of [...replayed, ...others]) {
        given.push({ statement, here: await onWorkspace(workspace, statement) });
      }
      // What the local workspace refuses by name it claims nothing about; on Spark it might change what later statements see.
      const claimed = given.filter(({ here }) => !('error' in here && here.error === 'UNSUPPORTED_BY_LOCAL_WORKSPACE'));
      asked = claimed.map(({ statement }) => statement);
      local = claimed.map(({ here }) => here);
      spark = await onSpark(asked, folder, (why) => {
        console.log(`    skipped: ${why}`);
        this.skip();
      });
    } finally {
      await workspace.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are collected from every place that sends some', () => {
    assert.deepEqual([...tasks.senders].sort(), sendingFiles().sort());
  });

  it('give what they give on the local workspace: those that tasks send', () => {
    const differences = asked.slice(0, tasks.statements.length).flatMap(describeDifference);
    assert.deepEqual(differences, []);
  });

  if (COMPARES_CORPUS) {
    it('give what they give on the local workspace: the corpus of our SQL tests', () => {
      console.log(`    ${asked.length} statements compared`);
      assert.ok(asked.length > 400, `only ${asked.length} statements`);
      const differences = asked
        .slice(tasks.statements.length)
        .flatMap((_, index) => describeDifference(_, index + tasks.statements.length));
      assert.deepEqual(differences, []);
    });
  }

  function describeDifference(statement: AskedStatement, index: number): string[] {
    const [ours, theirs] = [local[index], spark[index]];
    assert.ok(ours !== undefined && theirs !== undefined, statement.statement);
    const found = difference(statement, ours, theirs);
    return found === undefined ? [] : [`${statement.statement}: ${found}`];
  }
});

function inSchema(asked: AskedStatement, from: string, to: string): AskedStatement {
  const quoted = (schema: string) =>
    schema
      .split('.')
      .map((part) => `\`${part}\``)
      .join('.');
  return {
    ...asked,
    schema: to,
    statement: asked.statement.replaceAll(quoted(from), quoted(to)).replaceAll(from, to),
  };
}

async function onWorkspace(workspace: TestWorkspace, asked: AskedStatement): Promise<Given> {
  const [catalog, schema] = asked.schema.split('.');
  const warehouses = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
  const { json } = await workspace.call<StatementAnswer>('POST', '/api/2.0/sql/statements', {
    statement: asked.statement,
    warehouse_id: warehouses.json.warehouses[0]?.id,
    wait_timeout: '50s',
    parameters: Object.entries(asked.parameters).map(([name, [type, value]]) => ({ name, type, value })),
    ...(schema === undefined ? {} : { catalog, schema }),
  });
  if (json.status.state !== 'SUCCEEDED') {
    const message = json.status.error?.message ?? '';
    return { error: /^\[([A-Z_.]+)\]/.exec(message)?.[1] ?? json.status.state, message };
  }
  const columns = json.manifest?.schema?.columns ?? [];
  const rows = json.result?.data_array ?? [];
  return {
    columns: columns.map(({ name, type_text }) => [name, type_text ?? '']),
    rows: rows.map((row) =>
      row.map((cell, place) => (columns[place]?.type_text === 'TIMESTAMP' ? microseconds(cell) : cell)),
    ),
  };
}

function microseconds(text: string | null): string | null {
  if (text === null) {
    return null;
  }
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? '';
  return String(BigInt(Date.parse(text.replace(/\.\d+Z$/, 'Z'))) * 1000n + BigInt(fraction.padEnd(6, '0')));
}

async function onSpark(
  asked: readonly AskedStatement[],
  folder: string,
  skip: (why: string) => void,
): Promise<Given[]> {
  const [source, target] = [join(folder, 'asked.json'), join(folder, 'answers.json')];
  writeFileSync(source, JSON.stringify(asked));
  const done = await runPythonClient(
    'spark_statements.py',
    [source, target, join(cacheFolder(process.env), 'spark')],
    { JAVA_HOME: process.env.JAVA_HOME ?? '', SPARK_LOCAL_IP: '127.0.0.1' },
    { requirements: REQUIREMENTS, folder },
  );
  if (typeof done.skipped === 'string') {
    skip(done.skipped);
    return [];
  }
  return JSON.parse(readFileSync(target, 'utf8')) as Given[];
}

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
