import assert from 'node:assert/strict';
import { createJob, outputOf, type RunReply, runNow, systemPython, untilRun, upload } from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

type Cell = readonly [kind: 'code' | 'markdown', source: string];

/** A notebook as Jupyter writes it. */
const jupyter = (...cells: readonly Cell[]) =>
  JSON.stringify({
    cells: cells.map(([kind, source]) => ({ cell_type: kind, metadata: {}, source: source.split(/(?<=\n)/) })),
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
const code = (...cells: readonly string[]) => jupyter(...cells.map((cell): Cell => ['code', cell]));
const sql = (...cells: readonly string[]) =>
  `-- Databricks notebook source\n${cells.join('\n\n-- COMMAND ----------\n\n')}\n`;

describe('runs of notebooks', () => {
  const asked: string[][] = [];
  let workspace: TestWorkspace;
  let warehouse: string;

  before(async () => {
    workspace = await startTestWorkspace({ python: systemPython(asked) });
    const { json } = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
    warehouse = json.warehouses[0]?.id ?? '';
  });
  after(() => workspace.stop());

  async function ran(
    files: Readonly<Record<string, string>>,
    path: string,
    task: Record<string, unknown> = {},
  ): Promise<RunReply> {
    for (const [name, text] of Object.entries(files)) {
      await upload(workspace, name, text);
    }
    const tasks = [{ task_key: 'n', notebook_task: { notebook_path: path, ...task } }];
    return untilRun(workspace, await runNow(workspace, await createJob(workspace, { tasks })));
  }
  async function resultOf(run: RunReply): Promise<string | undefined> {
    const output = await outputOf(workspace, run);
    assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(output));
    return output.notebook_output?.result;
  }
  async function errorOf(run: RunReply): Promise<{ error: string; trace: string }> {
    assert.equal(run.state.result_state, 'FAILED', JSON.stringify(run));
    const { error = run.tasks?.[0]?.state.state_message ?? '', error_trace: trace = '' } = await outputOf(
      workspace,
      run,
    );
    return { error, trace };
  }

  it('of Jupyter run their cells in one namespace, with magics, widgets and packages', async () => {
    const run = await ran(
      {
        '/Shared/j/lib.ipynb': code('%pip install included', 'def double(x):\n    return 2 * x'),
        '/Shared/j/main.ipynb': jupyter(
          ['markdown', '# Title'],
          ['code', '%pip install -q own\n%matplotlib inline\n%load_ext autoreload'],
          ['code', '%run ./lib $factor="3"'],
          ['code', "dbutils.widgets.text('x', '1')\nx = int(dbutils.widgets.get('x'))"],
          ['code', 'display(x)\n%time y = double(x) * int(dbutils.widgets.get("factor"))'],
          ['code', '%%capture shown\ndbutils.notebook.exit(y)'],
          ['code', '1 / 0'],
        ),
      },
      '/Shared/j/main',
      { base_parameters: { x: '7' } },
    );
    assert.equal(await resultOf(run), '42');
    assert.deepEqual(asked.at(-1), ['own', 'included']);
  });

  it('run SQL on the warehouse: widgets as parameters, USE, rows for Python', async () => {
    const run = await ran(
      {
        '/Shared/s/main.sql': sql(
          'CREATE WIDGET TEXT least DEFAULT "2";\nUSE CATALOG IDENTIFIER(:place);\nCREATE SCHEMA IF NOT EXISTS $' +
            '{name};',
          'USE SCHEMA `lake`; CREATE OR REPLACE TABLE t (a INT, b STRING, c DOUBLE);\n' +
            "INSERT INTO t VALUES (1, 'x;y', 1.5), (2, 'z', NULL), (3, 'z', 0.5) -- three\n",
          '-- MAGIC %md\n-- MAGIC ## text',
          'SELECT a, b, c FROM t WHERE a >= CAST(:least AS INT) ORDER BY a',
          '-- MAGIC %python\n-- MAGIC rows = _sqldf.collect()\n' +
            '-- MAGIC first = rows[0]\n' +
            '-- MAGIC dbutils.notebook.exit(f"{len(rows)} {first.a + 1} {first[\'b\']} {first[2]} {_sqldf.columns}\\n{_sqldf}")',
        ),
      },
      '/Shared/s/main',
      { base_parameters: { name: 'lake', place: 'dev' } },
    );
    assert.equal(await resultOf(run), "2 3 z None ['a', 'b', 'c']\na  b  c\n2  z  NULL\n3  z  0.5");
    const only = await ran({ '/Shared/s/only.sql': sql('SELECT count(*) AS n FROM dev.lake.t') }, '/Shared/s/only', {
      warehouse_id: warehouse,
    });
    assert.equal(await resultOf(only), undefined);
  });

  it('start other notebooks in a namespace of their own, and get their exit values and errors', async () => {
    const run = await ran(
      {
        '/Shared/c/child.py':
          "# Databricks notebook source\ndbutils.jobs.taskValues.set('seen', dbutils.widgets.get('a'))\ndbutils.notebook.exit(dbutils.widgets.get('a') + str('x' in globals()))\n",
        '/Shared/c/none.py': '# Databricks notebook source\nz = 1\n',
        '/Shared/c/broken.ipynb': code('1', 'import os\n1 / 0'),
        '/Shared/c/slow.py': '# Databricks notebook source\nimport time\ntime.sleep(600)\n',
        '/Shared/c/main.ipynb': code(
          'x = 1\nsaid = [dbutils.notebook.run("./child", 60, {"a": 5}), dbutils.notebook.run("/Shared/c/none", 0)]',
          'for name, limit in (("broken", 60), ("slow", 0.1), ("missing", 60)):\n' +
            '    try:\n        dbutils.notebook.run(name, limit)\n' +
            '    except Exception as error:\n        said.append(str(error))\n',
          'dbutils.notebook.exit("|".join(map(str, said)))',
        ),
      },
      '/Shared/c/main',
    );
    assert.deepEqual((await resultOf(run))?.split('|'), [
      '5False',
      'None',
      'The notebook /Shared/c/broken failed. ZeroDivisionError: division by zero',
      'The notebook /Shared/c/slow did not end within 0.1 seconds.',
      "dbutils.notebook.run('missing') names a notebook that does not exist.",
    ]);
  });

  it('know their own path, the address of the workspace and its job, and change to a folder', async () => {
    const run = await ran(
      {
        '/Shared/k/deep/file.txt': 'read',
        '/Shared/k/main.ipynb': code(
          'import json, os\n' +
            'context = dbutils.notebook.entry_point.getDbutils().notebook().getContext()\n' +
            'place = "/Workspace" + os.path.dirname(context.notebookPath().get())',
          '%cd $place\n%cd deep\ntext = open("file.txt").read()',
          'tags = json.loads(context.toJson())["tags"]\n' +
            'same = tags["jobId"] == context.tags().apply("jobId") == context.tags().get("jobId").get()\n' +
            'url = context.apiUrl().get() == os.environ["DATABRICKS_HOST"]\n' +
            'dbutils.notebook.exit(f"{context.notebookPath().get()} {text} {same} {url} {tags[\'jobId\']}")',
        ),
      },
      '/Shared/k/main',
    );
    assert.equal(await resultOf(run), `/Shared/k/main read True True ${run.job_id}`);
  });

  it('that fail name notebook, cell and line, also of the notebook that another one includes', async () => {
    const files = {
      '/Shared/e/lib.ipynb': code('ok = 1', 'def fail():\n    x = 1\n    return 1 / 0', '\n\nfail()'),
      '/Shared/e/main.py': '# Databricks notebook source\na = 1\n\n# COMMAND ----------\n\n# MAGIC %run ./lib\n',
    };
    const { error, trace } = await errorOf(await ran(files, '/Shared/e/main'));
    assert.equal(error, 'ZeroDivisionError: division by zero');
    assert.match(trace, /^Traceback[^\n]+\n {2}File "\/Shared\/e\/lib, cell 3", line 1, in <module>\n {4}fail\(\)/);
    assert.match(trace, /File "\/Shared\/e\/lib, cell 2", line 3, in fail\n {4}return 1 \/ 0/);
    assert.doesNotMatch(trace, /notebook_runner|launch_task/);
  });

  for (const [what, cells, words, inTrace] of [
    ['a statement that fails', ['1', '%sql\nSELECT * FROM dev.none.t'], /cell 2: \[TABLE_OR_VIEW_NOT_FOUND\]/],
    ['a parameter that is missing', ['%sql\nSELECT :x'], /cell 1: \[UNBOUND_SQL_PARAMETER\] .*: x/],
    ['a widget that is missing', ["%sql\nSELECT '$" + "{x}'"], /cell 1 uses \$\{x\}, and there is no widget/],
    ['a catalog that is missing', ['%sql\nUSE CATALOG none'], /cell 1: .*none/],
    ['a shell', ['1', '1', '%sh\nls'], /cell 3: .* does not run the notebook magic %sh\. Use subprocess/],
    ['a file system', ['%fs ls /'], /cell 1: .* magic %fs\. Use Python's own/],
    ['R', ['%r\nx <- 1'], /cell 1: .* magic %r\. Only Databricks runs R/],
    ['a command of the shell in Python', ['x = 1\n!ls -l'], /cell 1: .* no shell commands of notebooks \(!ls -l\)/],
    ['a magic nobody knows', ['x = 1\n%prun x'], /cell 1: .* magic %prun\. Known are/],
    ['a notebook that is missing', ['%run ./none'], /cell 1: %run \.\/none names a notebook that does not exist/],
    ['a notebook outside', ['%run ../../../../x'], /cell 1: %run .* leaves the workspace files/],
    ['itself', ['%run ./main'], /\/Shared\/r\/main runs itself by %run/],
    ['no Python', ['1', 'x = ('], /^SyntaxError: /, /"\/Shared\/r\/main, cell 2", line 1/],
    ['Spark', ['spark.sql("SELECT 1")'], /^NameError: name 'spark'/, /has no Spark, so there is no 'spark'.*%sql/],
    ['a package that is missing', ['import pyspark'], /^ModuleNotFoundError/, /does not bring 'pyspark'/],
  ] as const) {
    it(`say where and why they end at ${what}`, async () => {
      const { error, trace } = await errorOf(await ran({ '/Shared/r/main.ipynb': code(...cells) }, '/Shared/r/main'));
      assert.match(error, words);
      assert.match(trace, inTrace ?? words);
    });
  }

  for (const [what, files, task, words] of [
    [
      'a script',
      { '/Shared/w/a.py': 'print(1)\n' },
      { notebook_path: '/Shared/w/a.py' },
      /cannot be run\. The file is no notebook/,
    ],
    [
      'another warehouse',
      { '/Shared/w/s.sql': sql('SELECT 1') },
      { warehouse_id: 'other' },
      /warehouse with ID other does not exist/,
    ],
    [
      'an option of pip',
      { '/Shared/w/s.py': '# Databricks notebook source\n%pip install --pre x\n' },
      {},
      /\/Shared\/w\/s, cell 1: .*--pre/,
    ],
  ] as const) {
    it(`do not begin with ${what}`, async () => {
      const { error } = await errorOf(await ran(files, '/Shared/w/s', task));
      assert.match(error, words);
    });
  }

  it('on a warehouse refuse what is not SQL', async () => {
    const files = { '/Shared/w/mixed.sql': sql('SELECT 1', '-- MAGIC %python\n-- MAGIC 1') };
    const { error } = await errorOf(await ran(files, '/Shared/w/mixed', { warehouse_id: warehouse }));
    assert.match(error, /\/Shared\/w\/mixed, cell 2 is not SQL/);
  });

  it('of Jupyter are exported as a page with their end', async () => {
    const run = await ran(
      { '/Shared/x/page.ipynb': code('%sql\nSELECT 1', 'dbutils.notebook.exit("<b>")') },
      '/Shared/x/page',
    );
    const reply = await workspace.call<{ views: { content: string }[] }>(
      'GET',
      `/api/2.2/jobs/runs/export?run_id=${run.tasks?.[0]?.run_id}`,
    );
    assert.match(reply.json.views[0]?.content ?? '', /Cell 1 \(sql\)[\s\S]*Cell 2 \(python\)[\s\S]*&lt;b&gt;/);
  });
});
