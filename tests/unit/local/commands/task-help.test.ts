import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { listOfTasks, taskHelp } from '../../../../local/commands/task-help';
import { loadDefinitions } from '../../../../local/tasks';

const task = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', join('local', 'cli.ts'), 'task', ...args], { encoding: 'utf8' });

describe('databricks-mlops task --help', () => {
  for (const columns of [60, 80, 120]) {
    it(`says of every input of every task all that its help says, within ${columns} columns`, async () => {
      for (const definition of await loadDefinitions()) {
        const help = taskHelp(definition, columns);
        const words = help.replace(/\s+/g, ' ');
        for (const { name, type, helpMarkDown = '' } of definition.inputs) {
          const connection = type.startsWith('connectedService:');
          assert.equal(new RegExp(`^  --${name}( |$)`, 'm').test(help), !connection, name);
          if (!connection && name !== 'workspaceUrl') {
            // A star between backticks belongs to a pattern; what stands between stars is the label of an input or emphasis.
            const parts = helpMarkDown
              .split('`')
              .flatMap((part, index) => (index % 2 === 0 ? part.split(/\*[^*]+\*/) : part));
            const missing = parts.filter((part) => !words.includes(part.replace(/\s+/g, ' ').trim()));
            assert.deepEqual(missing, [], `${definition.name} ${name}`);
          }
        }
        assert.doesNotMatch(help, /`/);
        assert.doesNotMatch(help, /(?<![\w/*])\*\w/, 'a star of Markdown');
        // The first line is a command line.
        const tooLong = help
          .split('\n')
          .slice(1)
          .filter((line) => line.length > columns && line.trim().includes(' '));
        assert.deepEqual(tooLong, []);
      }
    });
  }

  const helpOf = async (name: string, columns = 100) => {
    const found = (await loadDefinitions()).find((definition) => definition.name === name);
    return found === undefined ? '' : taskHelp(found, columns);
  };

  it('shows kind, default, choices, what must be given, and with which action', async () => {
    const workflow = await helpOf('DatabricksRunWorkflow');
    assert.match(workflow, /--action run\|submit\|update\|attach\|repair\|cancel \[default: run\]/);
    assert.match(workflow, /--job TEXT \(with action run\)\n {6}Id or exact name of the job\. Two jobs of one name/);
    assert.match(workflow, /--performanceTarget STANDARD\|PERFORMANCE_OPTIMIZED \(with action run, submit or repair\)/);
    assert.ok(workflow.includes('/volume/results/*.xml)'), workflow);
    assert.ok(workflow.includes('/results/**/*.xml)'), workflow);
    assert.match(workflow, /--wait true\|false \[default: true\]/);
    assert.match(await helpOf('DatabricksPromoteModel'), /--model TEXT \(required\)\n/);
  });

  it('says what a value means where the help does not, and names other inputs as a terminal does', async () => {
    const workflow = await helpOf('DatabricksRunWorkflow');
    assert.match(workflow, /\n {6}cancelRun {5}Cancel the run\n {6}leaveRunning {2}Leave it running\n/);
    assert.match(workflow, /\(or left, see --onCancel\)/);
    assert.doesNotMatch(workflow, /\n {6}STANDARD {2}/, 'a label that says the same as the value');
  });

  it('has the headings of the editor, and no connection of Azure DevOps', async () => {
    const workflow = await helpOf('DatabricksRunWorkflow');
    assert.deepEqual(workflow.match(/^[A-Z].*$(?=\n {2}--\w+ (?!NAME))/gm), [
      'Inputs',
      'Parameters',
      'Waiting and repetition',
      'MLflow runs and model versions',
      'Tests and files',
      'Evidence',
    ]);
    assert.doesNotMatch(workflow, /Azure subscription|service connection/i);
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
