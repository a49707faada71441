import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nearestName } from '../../../../local/commands/nearest-name';
import { listOfTasks, taskHelp } from '../../../../local/commands/task-help';
import { loadDefinitions } from '../../../../local/tasks';

const task = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', join('local', 'cli.ts'), 'task', ...args], { encoding: 'utf8' });

describe('databricks-mlops task --help', function () {
  this.timeout(30_000);

  it('says of every input of every task what it is, without signs of Markdown and within the terminal', async () => {
    for (const definition of await loadDefinitions()) {
      const help = taskHelp(definition, 120);
      for (const input of definition.inputs) {
        const connection = input.type.startsWith('connectedService:');
        assert.equal(help.includes(`  --${input.name} `), !connection, input.name);
      }
      assert.doesNotMatch(help, /`/);
      assert.doesNotMatch(help, /(?<![\w/*])\*\w/, 'a star of Markdown');
      assert.ok(help.split('\n').every((line) => line.length <= 120));
    }
  });

  it('shows kind, default, choices, and what must be given', async () => {
    const definitions = await loadDefinitions();
    const helpOf = (name: string) => {
      const found = definitions.find((definition) => definition.name === name);
      return found === undefined ? '' : taskHelp(found, 100);
    };
    const workflow = helpOf('DatabricksRunWorkflow');
    assert.match(workflow, /--action run\|submit\|update\|attach\|repair\|cancel \[default: run\]/);
    assert.match(workflow, /--job TEXT\n {6}Id or exact name of the job\. Required for run\./);
    assert.ok(workflow.includes('/volume/results/*.xml)'), workflow);
    assert.ok(workflow.includes('/results/**/*.xml)'), workflow);
    assert.match(workflow, /--wait true\|false \[default: true\]/);
    assert.match(helpOf('DatabricksPromoteModel'), /--model TEXT \(required\)\n/);
  });

  it('lists the six tasks with what each does', async () => {
    const definitions = await loadDefinitions();
    const list = listOfTasks(definitions, 1_000);
    assert.equal(definitions.length, 6);
    for (const { name, description } of definitions) {
      assert.ok(list.includes(`  ${name}\n      ${description}\n`), name);
    }
  });

  it('suggests the nearest input, and names only those that a terminal has', () => {
    const { status, stderr } = task('DatabricksRunWorkflow', '--jbo', 'x');
    assert.equal(status, 2);
    assert.match(stderr, /has no input 'jbo'\. Did you mean job\? At a terminal it has: workspaceUrl, action, job,/);
    assert.doesNotMatch(stderr, /databricksConnection|azureSubscription/);
  });
});

describe('nearestName', () => {
  for (const [wanted, expected] of [
    ['jobName', 'job'],
    ['modle', 'model'],
    ['JOBPARAMETERS', 'jobParameters'],
    ['colour', undefined],
  ] as const) {
    it(`finds ${expected ?? 'none'} for ${wanted}`, () =>
      assert.equal(nearestName(wanted, ['model', 'job', 'jobParameters']), expected));
  }
});
