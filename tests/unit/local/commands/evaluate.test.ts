import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { csvOf, POLICY, writeSources } from '../../tasks/DatabricksEvaluateModel/evaluation-step';

const TSX = resolve('node_modules', 'tsx', 'dist', 'cli.mjs');

describe('databricks-mlops evaluate', () => {
  let folder: string;

  before(() => {
    folder = writeSources(POLICY, csvOf(100, 20, '18', '17')).folder;
  });
  afterEach(() => rmSync(join(folder, '.mlops'), { recursive: true, force: true }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const evaluate = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [TSX, resolve('local', 'cli.ts'), 'evaluate', '--policy', 'policy.yml', '--predictions', ...args],
      { cwd: folder, encoding: 'utf8' },
    );

  it('creates the folder of the report', () => {
    const report = join(folder, 'missing', 'folder', 'x.json');
    const { status, stderr, stdout } = evaluate('predictions.csv', '--report', report);
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.equal(JSON.parse(readFileSync(report, 'utf8')).verdict, 'PASS');
  });

  it('prints the figures of every check, why the report is partial, and what to do next', () => {
    const policy = join(folder, 'policy.yml');
    writeFileSync(policy, `${POLICY}\ncompliance: [{id: owned, check: description}]\n`);
    try {
      const { status, stdout, stderr } = evaluate('predictions.csv');
      assert.equal(status, 0, `${stdout}${stderr}`);
      assert.match(stdout, /: INCONCLUSIVE \(partial\)/);
      assert.match(stdout, /^Partial: what only the registry knows was not judged \(.*owned\)/m);
      assert.match(stdout, /^ {2}PASS +.*rmse.*\d/m);
      assert.match(stdout, /^Next: evaluate again with a connection/m);
      assert.equal(JSON.parse(evaluate('predictions.csv', '--json').stdout).outputs.verdict, 'INCONCLUSIVE');
    } finally {
      writeFileSync(policy, POLICY);
    }
  });

  it('refuses a report that cannot be written before it evaluates, in one line', () => {
    for (const report of [folder, join(folder, 'policy.yml', 'x.json')]) {
      const { status, stderr, stdout } = evaluate('predictions.csv', '--report', report);
      assert.deepEqual([status, stdout], [2, '']);
      assert.match(stderr, /^The report cannot be written to .*\.\n$/);
      assert.ok(!existsSync(join(folder, '.mlops')), 'nothing was evaluated');
    }
  });

  it('ends with exit code 3 for the verdict ERROR, whatever stopped the evaluation', () => {
    const { status, stdout } = evaluate('absent.csv');
    assert.match(stdout, /verdict +ERROR/);
    assert.equal(status, 3);
  });

  it("ends a task with exit code 3 only for a verdict that 'failOn' names", () => {
    const judge = (...more: string[]) =>
      spawnSync(
        process.execPath,
        [
          ...[TSX, resolve('local', 'cli.ts'), 'task', 'DatabricksEvaluateModel', '--policyFile', 'policy.yml'],
          ...['--predictions', 'file:absent.csv', ...more],
        ],
        { cwd: folder, encoding: 'utf8' },
      ).status;
    assert.equal(judge(), 3);
    assert.equal(judge('--failOn', 'FAIL, error'), 3);
    assert.equal(judge('--failOn', 'FAIL'), 1);
    assert.equal(judge('--failOn', 'NONSENSE'), 2);
  });

  it('keeps the report of an earlier evaluation when a later one fails', () => {
    const report = JSON.parse(evaluate('predictions.csv', '--json').stdout).outputs.reportPath;
    assert.notEqual(evaluate('absent.csv').status, 0);
    assert.equal(JSON.parse(readFileSync(report, 'utf8')).verdict, 'PASS');
    assert.equal(readdirSync(join(folder, '.mlops', 'tasks')).length, 2);
  });
});
