import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { type AskedStatement, difference, type Given } from './spark/comparison';
import { type CorpusStatement, corpus } from './spark/corpus';
import { missingJava } from './spark/java';
import { KNOWN_DIFFERENCES } from './spark/known-differences';
import { onSpark, preparedJars } from './spark/spark-side';
import { recordTaskStatements, sendingFiles } from './spark/task-statements';
import { onWorkspace } from './spark/workspace-side';

const CATALOG = 'spark_catalog';

/** Fewer statements mean that some were lost. */
const LEAST_STATEMENTS = 480;

/** A statement with what both sides gave; Spark is not asked what the local workspace refuses by name. */
interface Compared {
  readonly asked: CorpusStatement;
  readonly local: Given;
  readonly spark: Given | undefined;
}

describe('Apache Spark with Delta', function () {
  this.timeout(1_800_000);
  let senders: ReadonlySet<string>;
  let ofTasks: readonly Compared[];
  let ofCorpus: readonly Compared[];
  let sample: unknown;

  before(async function () {
    const jars = await jarsOrReason();
    if (typeof jars === 'string') {
      console.log(`    skipped: ${jars}`);
      return this.skip();
    }
    const workspace = await startTestWorkspace();
    try {
      await workspace.call('POST', '/api/2.1/unity-catalog/catalogs', { name: CATALOG });
      const cases = corpus(CATALOG);
      await createSchemas(workspace, [
        'tasks',
        'again',
        ...new Set(cases.map(({ schema }) => schema.split('.')[1] ?? '')),
      ]);
      const tasks = await recordTaskStatements(workspace, `${CATALOG}.tasks`);
      // The record was made while its tables came to be; on both sides it now runs from the beginning, in a schema of its own.
      const replayed = tasks.statements.map((one) => inSchema(one, `${CATALOG}.tasks`, `${CATALOG}.again`));
      const all = [...replayed.map((one) => ({ ...one, isRefused: false })), ...cases];
      const [answers, local] = await Promise.all([
        onSpark(
          jars,
          all.filter(({ isRefused }) => !isRefused),
        ),
        onWorkspace(workspace, all),
      ]);
      const spark = answers.given[Symbol.iterator]();
      const compared = all.map((asked, place) => ({
        asked,
        local: present(local[place], asked),
        spark: asked.isRefused ? undefined : present(spark.next().value as Given | undefined, asked),
      }));
      [ofTasks, ofCorpus] = [compared.slice(0, replayed.length), compared.slice(replayed.length)];
      ({ senders } = tasks);
      ({ sample } = answers);
    } finally {
      await workspace.stop();
    }
  });

  it('writes, replaces and reads the tables of samples/diabetes by the same module that uses a warehouse elsewhere', () => {
    assert.deepEqual(sample, { through: 'SparkTables', first: true, second: true, wider: true });
  });

  it('is asked what every place that sends statements sends', () => {
    assert.deepEqual([...senders].sort(), sendingFiles().sort());
  });

  it('gives what the local workspace gives: the statements that tasks send', () => {
    assert.deepEqual(ofTasks.flatMap(unexpected), []);
  });

  it('gives what the local workspace gives: all statements of our SQL tests', () => {
    const statements = [...ofTasks, ...ofCorpus].filter(({ spark }) => spark !== undefined).length;
    console.log(`    ${statements} statements compared, ${KNOWN_DIFFERENCES.length} of them known to differ`);
    assert.ok(statements >= LEAST_STATEMENTS, `only ${statements} statements`);
    assert.deepEqual(ofCorpus.flatMap(unexpected), []);
  });

  for (const known of KNOWN_DIFFERENCES) {
    it(`differs in a known way: ${known.statement}`, () => {
      const found = ofCorpus.filter(({ asked }) => asked.statement === known.statement);
      assert.deepEqual(
        found.map(({ local, spark }) => [outcome(local), outcome(spark)]),
        [[known.local, known.spark]],
        known.reason,
      );
      assert.notDeepEqual(known.local, known.spark);
    });
  }

  it('is not asked what the local workspace refuses by name, and nothing else', () => {
    const refused = (one: Given) => 'error' in one && one.error === 'UNSUPPORTED_BY_LOCAL_WORKSPACE';
    const others = [...ofTasks, ...ofCorpus].filter(({ asked, local }) => asked.isRefused !== refused(local));
    assert.deepEqual(others, []);
  });
});

const KNOWN = new Set(KNOWN_DIFFERENCES.map(({ statement }) => statement));

function unexpected({ asked, local, spark }: Compared): string[] {
  const found = spark === undefined || KNOWN.has(asked.statement) ? undefined : difference(asked, local, spark);
  return found === undefined ? [] : [`${asked.statement}: ${found}`];
}

function present(given: Given | undefined, { statement }: AskedStatement): Given {
  assert.ok(given !== undefined, `no answer to ${statement}`);
  return given;
}

/** Paths of Delta's jars, or why there is no Spark to compare with. */
async function jarsOrReason(): Promise<readonly string[] | string> {
  const reason = missingJava();
  if (reason !== undefined) {
    return reason;
  }
  const jars = await preparedJars();
  return 'missing' in jars ? jars.missing : jars.paths;
}

async function createSchemas(workspace: TestWorkspace, names: readonly string[]): Promise<void> {
  const created = await onWorkspace(
    workspace,
    names.map((name) => ({ schema: '', statement: `CREATE SCHEMA ${CATALOG}.${name}`, parameters: {} })),
  );
  assert.deepEqual(
    created.filter((one) => 'error' in one),
    [],
  );
}

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

function outcome(given: Given | undefined): unknown {
  assert.ok(given !== undefined);
  return 'error' in given ? { error: given.error } : { rows: given.rows };
}
