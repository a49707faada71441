import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TaskError } from '../../../../src/errors';
import { stringifyJson } from '../../../../src/json';
import { readDefinition } from '../../../../tasks/DatabricksRunWorkflow/definition';
import { localFilesOf } from '../../../../tasks/DatabricksRunWorkflow/local-files';
import { root } from '../../../support/declared';

const HOME = '/Workspace/Users/a@b.c/.mlops/files';

describe('definition of a one-time run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'definition-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  };

  for (const [what, text] of [
    ['JSON', '{"tasks": [{"task_key": "a", "run_job_task": {"job_id": 9007199254740993}}]}'],
    ['YAML', 'tasks:\n- task_key: a\n  run_job_task: {job_id: 9007199254740993}\n'],
    ['YAML with an anchor', 'x: &job {job_id: 9007199254740993}\ntasks:\n- task_key: a\n  run_job_task: *job\n'],
  ] as const) {
    it(`reads ${what}, inline and from a file, and keeps long ids`, async () => {
      write({ 'run.yml': text });
      for (const input of [text, 'run.yml', join(folder, 'run.yml')]) {
        const { request } = await readDefinition(input, [folder]);
        assert.match(stringifyJson(request.tasks), /"job_id":9007199254740993\b/, 'a number, as it is written');
      }
    });
  }

  for (const text of [
    'tasks: [{task_key: a}]',
    '"tasks": [{"task_key": "a"}]',
    "'tasks': [{task_key: a}]",
    '{"tasks": [{"task_key": "a"}]}',
    '  {tasks: [{task_key: a}]}  ',
    "{'tasks': [{task_key: a}]}",
    '{tasks: [{task_key: a}]}\n',
    '{\n  tasks: [{task_key: a}]\n}',
    '--- {tasks: [{task_key: a}]}',
  ]) {
    it(`takes ${JSON.stringify(text)} for the definition itself`, async () => {
      const { request, folder: begins } = await readDefinition(text, [folder]);
      assert.deepEqual([request, begins], [{ tasks: [{ task_key: 'a' }] }, folder]);
    });
  }

  for (const name of [
    'run.yml',
    'a:b.yml',
    './{{cookiecutter}}.yml',
    './[new] run.yml',
    String.raw`C:\jobs.yml`,
    'my runs/run: 1.yml',
  ]) {
    it(`takes ${name} for a path`, async () => {
      write({ [name]: 'tasks: [{task_key: a}]\n' });
      assert.equal((await readDefinition(name, [folder])).source, join(folder, name));
    });
  }

  for (const [what, text, read] of [
    ['one line with a key', 'task: [{task_key: a}]', "It stands in input 'definition' and was read as YAML."],
    ['an object of JSON', '{"task": []}', "It stands in input 'definition' and was read as JSON."],
    ['an object of YAML', '{task: []}', "It stands in input 'definition' and was read as YAML."],
  ] as const) {
    it(`says what ${what} was taken for when it cannot be used`, async () => {
      await assert.rejects(readDefinition(text, [folder]), (error: TaskError) => {
        assert.equal(error.options.where, read);
        return true;
      });
    });
  }

  it('says of a path that is missing that it was taken for one, and how the text itself is written', async () => {
    await assert.rejects(readDefinition('jobs/run.yml', [folder]), (error: TaskError) => {
      assert.equal(error.code, 'DEFINITION_NOT_FOUND');
      assert.equal(
        error.message,
        `Input 'definition' was taken for a path, and there is no file ${join(folder, 'jobs/run.yml')}.`,
      );
      assert.match(error.options.where ?? '', /neither a line break nor 'key: value' nor a brace/);
      return true;
    });
    write({ 'jobs/run.yml': '' });
    await assert.rejects(readDefinition('jobs', [folder]), { message: /the file .*jobs cannot be read \(EISDIR\)\.$/ });
  });

  for (const [what, text, pattern] of [
    ['a number that is no id, in JSON', `{"tasks": [{"task_key": "a", "x": ${'9'.repeat(20)}}]}`, /not an integer id/],
    ['a number that is no id, in YAML', `tasks: [{task_key: a, x: ${'9'.repeat(20)}}]`, /not an integer id/],
    ['half of JSON', '{"tasks": [', /line 1, column 12/],
    ['broken YAML', 'tasks:\n- task_key: "a\n', /at line [23], column \d+/],
    ['a key that is there twice', 'tasks:\n- task_key: a\n  task_key: b\n', /unique at line 3/],
    ['a tag of YAML', 'tasks: !!js/function\n- task_key: a\n', /at line 1/],
    [
      'a bomb of aliases',
      `a: &a [1,1]\n${'bcdefgh'
        .split('')
        .map((one, index) => `${one}: &${one} [${`*${'abcdefg'[index]},`.repeat(9)}]`)
        .join('\n')}\n`,
      /alias/i,
    ],
    ['a list', '- task_key: a\n- task_key: b\n', /it is not an object/],
    ['no tasks', 'tasks: []\nrun_name: a\n', /it needs 'tasks'/],
    ['a task without a key', 'tasks:\n- notebook_task: {}\n', /'task_key'/],
    ['a token of its own', 'tasks:\n- task_key: a\nidempotency_token: x\n', /'idempotency_token'/],
    ['a sync of something else', 'tasks:\n- task_key: a\nsync: {paths: [1]}\n', /'sync' needs 'paths'/],
    ['nothing to sync', 'tasks:\n- task_key: a\nsync:\n', /'sync' needs 'paths'/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(readDefinition(text, [folder]), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'DEFINITION_INVALID', error.message);
        assert.match(error.message, pattern);
        return true;
      });
    });
  }

  it('sends no field of its own, and begins paths where the definition stands', async () => {
    write({ 'jobs/run.yml': 'tasks:\n- task_key: a\nsync: {paths: [../lib]}\n' });
    const definition = await readDefinition('jobs/run.yml', [folder]);
    assert.deepEqual(Object.keys(definition.request), ['tasks']);
    assert.deepEqual([definition.syncPaths, definition.folder], [['../lib'], join(folder, 'jobs')]);
  });

  it('is usable in every sample', async () => {
    const samples = join(root, 'samples', 'workflows');
    for (const name of readdirSync(samples).filter((one) => one.endsWith('.yml'))) {
      const { files } = localFilesOf(await readDefinition(name, [samples]), HOME);
      assert.ok(files.length > 0, name);
    }
  });
});
