import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fieldsOf } from '../../../../tasks/DatabricksRunWorkflow/definition-fields';
import { namedField } from '../../../../tasks/DatabricksRunWorkflow/refused-definition';

const YAML = [
  'run_name: nightly',
  'environments:',
  '- environment_key: default',
  'tasks:',
  '- task_key: prepare',
  '  timeout_seconds: 60',
  '  notebook_task: {notebook_path: /a}',
  '- task_key: train',
  '  environment_key: missing',
  '  new_cluster:',
  '    node_type_id: Standard_D4',
  '  timeout_seconds: -1',
  '- task_key: all',
  '  for_each_task:',
  '    inputs: "[1]"',
  '    task: {task_key: one, max_retries: 9}',
  '',
].join('\n');

describe('the place of a refusal in a definition', () => {
  for (const [message, path, line, column] of [
    ['tasks[1].new_cluster.node_type_id is not supported', 'tasks[1].new_cluster.node_type_id', 11, 5],
    ['Invalid value at tasks.1.new_cluster.node_type_id.', 'tasks[1].new_cluster.node_type_id', 11, 5],
    ['tasks[1].new_cluster.spark_version is required', 'tasks[1].new_cluster', 10, 3],
    ['tasks[7].new_cluster is required', 'tasks', 4, 1],
    ["Task 'train' names the environment 'missing', which the job does not define.", 'tasks[1].environment_key', 9, 3],
    ["Task 'train' depends on something else.", 'tasks[1].task_key', 8, 3],
    ["The timeout_seconds of task 'train' must not be negative.", 'tasks[1].timeout_seconds', 12, 3],
    ["max_retries of task 'one' must be less", 'tasks[2].for_each_task.task.max_retries', 16, 27],
    ['timeout_seconds must not be negative.', 'tasks[0].timeout_seconds', 6, 3],
    ['Unknown field "new_cluster".', 'tasks[1].new_cluster', 10, 3],
  ] as const) {
    it(`is ${path} for: ${message}`, async () => {
      const field = namedField(message, await fieldsOf(YAML));
      assert.deepEqual([field?.path, field?.line, field?.column], [path, line, column]);
    });
  }

  for (const message of ['The workspace is full.', '', "There is no cluster 'x'.", 'e.g. 1.2.3', 'a task failed']) {
    it(`is not guessed for: ${message}`, async () => {
      assert.equal(namedField(message, await fieldsOf(YAML)), undefined);
    });
  }

  it('is found in JSON too', async () => {
    const field = namedField('tasks[0].task_key is wrong', await fieldsOf('{\n  "tasks": [{"task_key": "a"}]\n}'));
    assert.deepEqual([field?.line, field?.column], [2, 14]);
  });

  it('is a place of the text, whatever the service says and whatever the text is', async () => {
    const words = fc.constantFrom(
      'tasks',
      '[0]',
      '.',
      "'train'",
      'task_key',
      '\n',
      ' ',
      '"',
      '[',
      '\u0000',
      '{',
      ': ',
      '- a',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(words),
        fc.oneof(
          fc.constant(YAML),
          fc.string(),
          fc.array(words).map((all) => all.join('')),
        ),
        async (said, text) => {
          const field = namedField(said.join(''), await fieldsOf(text));
          const lines = text.split('\n');
          assert.ok(
            field === undefined ||
              (field.line <= lines.length && field.column <= (lines[field.line - 1] ?? '').length + 1),
          );
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });
});
