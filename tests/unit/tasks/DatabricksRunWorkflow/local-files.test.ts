import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { TaskError } from '../../../../src/errors';
import { readDefinition } from '../../../../tasks/DatabricksRunWorkflow/definition';
import { localFilesOf, needsLocalFiles } from '../../../../tasks/DatabricksRunWorkflow/local-files';

const HOME = '/Workspace/Users/a@b.c/.mlops/files';

describe('local files of a definition', () => {
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
