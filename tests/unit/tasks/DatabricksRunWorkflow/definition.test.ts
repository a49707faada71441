import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { TaskError } from '../../../../src/errors';
import { stringifyJson } from '../../../../src/json';
import { readDefinition } from '../../../../tasks/DatabricksRunWorkflow/definition';
import { localFilesOf, needsLocalFiles } from '../../../../tasks/DatabricksRunWorkflow/local-files';
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
  const tasks = (...fields: readonly object[]) =>
    JSON.stringify({ tasks: fields.map((field, index) => ({ task_key: `t${index}`, ...field })) });
  const local = async (definition: string) => localFilesOf(await readDefinition(definition, [folder]), HOME);

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

  describe('its local files', () => {
    it('are those of every place that takes one, in their places to each other', async () => {
      write({
        'src/train.py': 'print(1)',
        'src/report.py': '# Databricks notebook source\n1',
        'src/clean.ipynb': '{}',
        'sql/totals.sql': 'SELECT 1',
        'dbt/dbt_project.yml': 'name: a',
        'dist/train-1.0-py3-none-any.whl': 'wheel',
        'dist/lib.jar': 'jar',
        'requirements.txt': 'a',
        'init.sh': 'echo',
      });
      const {
        request,
        files,
        folder: remote,
      } = await local(
        JSON.stringify({
          tasks: [
            {
              task_key: 'a',
              spark_python_task: { python_file: 'src/train.py' },
              libraries: [
                { whl: './dist/*.whl' },
                { jar: 'dist/lib.jar' },
                { pypi: { package: 'numpy' } },
                { requirements: 'requirements.txt' },
              ],
            },
            { task_key: 'b', notebook_task: { notebook_path: './src/report' } },
            { task_key: 'c', notebook_task: { notebook_path: 'src/clean.ipynb' } },
            { task_key: 'd', sql_task: { file: { path: 'sql/totals.sql' }, warehouse_id: 'w' } },
            { task_key: 'e', dbt_task: { project_directory: 'dbt', commands: ['dbt run'] } },
            {
              task_key: 'f',
              for_each_task: {
                inputs: '[1]',
                task: { task_key: 'g', spark_python_task: { python_file: './src/train.py' } },
              },
            },
            {
              task_key: 'h',
              new_cluster: { init_scripts: [{ workspace: { destination: 'init.sh' } }] },
              python_wheel_task: { package_name: 'train', entry_point: 'main' },
            },
          ],
          environments: [
            {
              environment_key: 'x',
              spec: {
                dependencies: [
                  'numpy==2',
                  './dist/train-1.0-py3-none-any.whl',
                  '-r requirements.txt',
                  '--requirement=requirements.txt',
                ],
                java_dependencies: ['./dist/lib.jar'],
              },
            },
          ],
        }),
      );
      const at = (name: string) => `${remote}/${name}`;
      assert.deepEqual(request.tasks, [
        {
          task_key: 'a',
          spark_python_task: { python_file: at('src/train.py') },
          libraries: [
            { whl: at('dist/train-1.0-py3-none-any.whl') },
            { jar: at('dist/lib.jar') },
            { pypi: { package: 'numpy' } },
            { requirements: at('requirements.txt') },
          ],
        },
        { task_key: 'b', notebook_task: { notebook_path: at('src/report') } },
        { task_key: 'c', notebook_task: { notebook_path: at('src/clean') } },
        { task_key: 'd', sql_task: { file: { path: at('sql/totals.sql') }, warehouse_id: 'w' } },
        { task_key: 'e', dbt_task: { project_directory: at('dbt'), commands: ['dbt run'] } },
        {
          task_key: 'f',
          for_each_task: {
            inputs: '[1]',
            task: { task_key: 'g', spark_python_task: { python_file: at('src/train.py') } },
          },
        },
        {
          task_key: 'h',
          new_cluster: { init_scripts: [{ workspace: { destination: at('init.sh') } }] },
          python_wheel_task: { package_name: 'train', entry_point: 'main' },
        },
      ]);
      assert.deepEqual(request.environments, [
        {
          environment_key: 'x',
          spec: {
            dependencies: [
              'numpy==2',
              at('dist/train-1.0-py3-none-any.whl'),
              `-r ${at('requirements.txt')}`,
              `--requirement=${at('requirements.txt')}`,
            ],
            java_dependencies: [at('dist/lib.jar')],
          },
        },
      ]);
      assert.deepEqual(
        files.map(({ name }) => name),
        [
          'dbt/dbt_project.yml',
          'dist/lib.jar',
          'dist/train-1.0-py3-none-any.whl',
          'init.sh',
          'requirements.txt',
          'sql/totals.sql',
          'src/clean.ipynb',
          'src/report.py',
          'src/train.py',
        ],
      );
    });

    for (const [what, fields, more] of [
      ['absolute', { spark_python_task: { python_file: '/Workspace/Shared/a.py' } }, {}],
      ['in a volume', { libraries: [{ whl: '/Volumes/a/b/c.whl' }] }, {}],
      ['in storage', { spark_python_task: { python_file: 'abfss://a@b/c.py' } }, {}],
      ['on DBFS', { libraries: [{ jar: 'dbfs:/a.jar' }] }, {}],
      ['from git, all', { notebook_task: { notebook_path: 'a' } }, { git_source: {} }],
      ['from git, one', { spark_python_task: { python_file: 'a.py', source: 'GIT' } }, { git_source: {} }],
      ['known at run time only', { notebook_task: { notebook_path: '{{tasks.a.values.b}}' } }, {}],
      [
        'a package',
        {},
        { environments: [{ spec: { dependencies: ['numpy', 'a @ https://x/a.whl', '-r /Volumes/r.txt'] } }] },
      ],
    ] as const) {
      it(`are none when what is named is ${what}`, async () => {
        const text = JSON.stringify({ tasks: [{ task_key: 'a', ...fields }], ...more });
        assert.equal(needsLocalFiles(await readDefinition(text, [folder])), false);
      });
    }

    it('are local in a job from git where a task says so', async () => {
      write({ 'a.py': '1' });
      const python = { python_file: 'a.py', source: 'WORKSPACE' };
      const text = JSON.stringify({ tasks: [{ task_key: 'a', spark_python_task: python }], git_source: {} });
      assert.deepEqual(
        (await local(text)).files.map(({ name }) => name),
        ['a.py'],
      );
    });

    it('lie in a folder that is named by their content and names alone', async () => {
      const definition = tasks({ spark_python_task: { python_file: 'a.py' } });
      write({ 'a.py': '1' });
      const { folder: first } = await local(definition);
      assert.match(first, /^\/Workspace\/Users\/a@b\.c\/\.mlops\/files\/[0-9a-f]{40}$/);
      assert.equal((await local(definition)).folder, first);
      write({ 'a.py': '2' });
      assert.notEqual((await local(definition)).folder, first);
      write({ 'b.py': '1' });
      assert.notEqual((await local(tasks({ spark_python_task: { python_file: 'b.py' } }))).folder, first);
    });

    for (const [what, files, fields, code, pattern] of [
      [
        'a file that is not there',
        {},
        { spark_python_task: { python_file: 'no.py' } },
        'DEFINITION_FILE_NOT_FOUND',
        /no\.py/,
      ],
      [
        'a wheel that was not built',
        {},
        { libraries: [{ whl: 'dist/*.whl' }] },
        'DEFINITION_FILE_NOT_FOUND',
        /none does/,
      ],
      [
        'two wheels',
        { 'dist/a.whl': '', 'dist/b.whl': '' },
        { libraries: [{ whl: 'dist/*.whl' }] },
        'DEFINITION_FILE_NOT_FOUND',
        /a\.whl, b\.whl/,
      ],
      [
        'a script as notebook',
        { 'a.py': '1' },
        { notebook_task: { notebook_path: 'a.py' } },
        'DEFINITION_FILE_INVALID',
        /is no notebook/,
      ],
      [
        'a notebook as script',
        { 'a.py': '# Databricks notebook source\n' },
        { spark_python_task: { python_file: 'a.py' } },
        'DEFINITION_FILE_INVALID',
        /is a notebook/,
      ],
    ] as const) {
      it(`cannot be ${what}`, async () => {
        write(files);
        await assert.rejects(local(tasks(fields)), (error: Error & { code?: string }) => {
          assert.equal(error.code, code);
          assert.match(error.message, pattern);
          return true;
        });
      });
    }

    it('cannot be folders where a file is wanted', async () => {
      write({ 'lib/a.py': '1', 'lib.py': '# Databricks notebook source\n' });
      await assert.rejects(local(tasks({ spark_python_task: { python_file: 'lib' } })), {
        code: 'DEFINITION_FILE_INVALID',
      });
      const { files } = await local(tasks({ notebook_task: { notebook_path: 'lib' } }));
      assert.deepEqual(
        files.map(({ name }) => name),
        ['lib.py'],
      );
    });

    it('cannot be more than fits the memory: a data set is no source', async () => {
      write({ 'lib/a.py': 'x = 1\n', 'lib/data.bin': '' });
      truncateSync(join(folder, 'lib', 'data.bin'), 200_000_001);
      await assert.rejects(local('tasks:\n- task_key: a\nsync: {paths: [lib]}\n'), {
        code: 'DEFINITION_FILES_TOO_LARGE',
      });
    });

    describe('cannot be others than those of the sources and of the job', () => {
      let away: string;
      beforeEach(() => {
        away = mkdtempSync(join(tmpdir(), 'away-'));
        for (const name of ['key.py', 'key.whl', 'key.txt']) {
          writeFileSync(join(away, name), 'secret');
        }
      });
      afterEach(() => rmSync(away, { recursive: true }));

      const refused = async (definition: object) => {
        const text = JSON.stringify(definition).replaceAll('AWAY', relative(folder, away));
        await assert.rejects(local(text), (error: TaskError) => {
          assert.equal(error.code, 'DEFINITION_FILE_OUTSIDE', error.message);
          assert.doesNotMatch(error.sentences, /secret/);
          return true;
        });
      };
      const task = (fields: object) => ({ tasks: [{ task_key: 'a', ...fields }] });

      for (const [what, definition] of [
        ['a script', task({ spark_python_task: { python_file: 'AWAY/key.py' } })],
        ['a notebook without its ending', task({ notebook_task: { notebook_path: 'AWAY/key' } })],
        ['whatever wheel is there', task({ libraries: [{ whl: 'AWAY/*.whl' }] })],
        ['a folder to sync', { ...task({}), sync: { paths: ['AWAY'] } }],
        ['the root of all', { ...task({}), sync: { paths: ['../../../../../../../..'] } }],
        [
          'requirements',
          { ...task({}), environments: [{ environment_key: 'x', spec: { dependencies: ['-r AWAY/key.txt'] } }] },
        ],
        ['a file that is not there', task({ spark_python_task: { python_file: 'AWAY/none.py' } })],
        ['a name with a zero byte', task({ spark_python_task: { python_file: 'a\0.py' } })],
      ] as const) {
        it(`: ${what}`, () => refused(definition));
      }

      it(', also by a link to a folder', async () => {
        write({ 'lib/a.py': '1' });
        symlinkSync(away, join(folder, 'lib', 'link'));
        await refused(task({ spark_python_task: { python_file: 'lib/link/key.py' } }));
        await refused({ ...task({}), sync: { paths: ['lib/link'] } });
      });

      it(', and nothing that git keeps, where credentials may lie', async () => {
        write({ '.git/config': 'secret' });
        symlinkSync(join(folder, '.git'), join(folder, 'link'));
        await refused({ ...task({}), sync: { paths: ['.git/config'] } });
        await refused({ ...task({}), sync: { paths: ['link/config'] } });
      });

      it(', but of each folder of the job', async () => {
        const text = JSON.stringify(task({ libraries: [{ whl: `${relative(folder, away)}/*.whl` }] }));
        const { files } = localFilesOf(await readDefinition(text, [folder, away]), HOME);
        assert.deepEqual(
          files.map(({ name }) => name),
          ['key.whl'],
        );
      });
    });

    it('cannot be links, which could lead anywhere', async () => {
      write({ 'lib/a.py': '1' });
      symlinkSync('/etc', join(folder, 'lib', 'etc'));
      const text = 'tasks:\n- task_key: a\nsync: {paths: [lib]}\n';
      await assert.rejects(local(text), { code: 'DEFINITION_FILE_INVALID' });
    });
  });

  it('is usable in every sample', async () => {
    const samples = join(root, 'samples', 'workflows');
    for (const name of readdirSync(samples).filter((one) => one.endsWith('.yml'))) {
      const { files } = localFilesOf(await readDefinition(name, [samples]), HOME);
      assert.ok(files.length > 0, name);
    }
  });
});
