import assert from 'node:assert/strict';
import { createJob, outputOf, runNow, systemPython, untilRun, upload } from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';

describe('SQL tasks', () => {
  let workspace: TestWorkspace;
  let warehouse: string;

  before(async () => {
    workspace = await startTestWorkspace({ python: systemPython() });
    const list = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
    warehouse = list.json.warehouses[0]?.id ?? '';
    await upload(workspace, '/Shared/show.py', 'import sys\nprint(*sys.argv[1:])\n');
  });
  after(() => workspace.stop());

  async function finished(tasks: readonly Record<string, unknown>[], job = {}, more = {}) {
    return untilRun(workspace, await runNow(workspace, await createJob(workspace, { ...job, tasks }), more));
  }

  it('run the statements of a file with bound parameters, and hand their rows on', async () => {
    await upload(
      workspace,
      '/Shared/load.sql',
      `CREATE TABLE main.default.sql_task (id INT, name STRING);
-- one; comment
INSERT INTO main.default.sql_task VALUES (1, 'a;b'), (2, :name);
SELECT id, name FROM main.default.sql_task WHERE name <> :none ORDER BY id;\n`,
    );
    const file = { path: '/Shared/load.sql' };
    const run = await finished(
      [
        {
          task_key: 'sql',
          sql_task: { warehouse_id: warehouse, file, parameters: { name: 'task', none: "x'; DROP TABLE y" } },
        },
        {
          task_key: 'show',
          depends_on: [{ task_key: 'sql' }],
          spark_python_task: {
            python_file: '/Shared/show.py',
            parameters: ['{{tasks.sql.output.rows}}', '{{tasks.sql.output.first_row.name}}'],
          },
        },
      ],
      { parameters: [{ name: 'name', default: 'pushed' }] },
    );
    const output = (await outputOf(workspace, run, 'sql')) as {
      sql_output?: { query_output: Record<string, unknown> };
    };
    assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(output));
    assert.equal(output.sql_output?.query_output.warehouse_id, warehouse);
    assert.match(String(output.sql_output?.query_output.query_text), /^CREATE TABLE/);
    assert.equal(
      (await outputOf(workspace, run, 'show')).logs,
      '[{"id":1,"name":"a;b"},{"id":2,"name":"pushed"}] a;b\n',
    );
  });

  it('run a saved query, with the parameters of run-now', async () => {
    const query = await workspace.call<{ id: string; query_text: string }>('POST', '/api/2.0/sql/queries', {
      query: { display_name: 'mine', query_text: 'SELECT 1 AS x', warehouse_id: warehouse },
    });
    const path = `/api/2.0/sql/queries/${query.json.id}`;
    const changed = { query: { query_text: 'SELECT CAST(:x AS INT) * 2 AS x' }, update_mask: 'query_text' };
    assert.equal((await workspace.call('PATCH', path, changed)).status, 200);
    const task = { warehouse_id: warehouse, query: { query_id: query.json.id }, parameters: { x: '1' } };
    const tasks = [
      { task_key: 'sql', sql_task: task },
      {
        task_key: 'is42',
        depends_on: [{ task_key: 'sql' }],
        condition_task: { op: 'EQUAL_TO', left: '{{tasks.sql.output.first_row.x}}', right: '42' },
      },
    ];
    const run = await finished(tasks, {}, { sql_params: { x: '21' } });
    const decided = run.tasks?.[1] as unknown as { condition_task: { outcome: string } };
    assert.equal(decided.condition_task.outcome, 'true', JSON.stringify(run));
    assert.equal((await workspace.call('DELETE', path)).status, 200);
    assert.equal(
      (await workspace.call<{ results?: unknown[] }>('GET', '/api/2.0/sql/queries')).json.results,
      undefined,
    );
    const gone = await finished(tasks);
    assert.match(gone.state.state_message, /Query .* does not exist/);
  });

  it('fail with the sentence of the SQL engine, and for another warehouse', async () => {
    await upload(workspace, '/Shared/wrong.sql', 'SELECT * FROM main.default.nothing_here');
    const file = { path: '/Shared/wrong.sql' };
    const wrong = await finished([{ task_key: 'sql', sql_task: { warehouse_id: warehouse, file } }]);
    assert.equal(wrong.state.result_state, 'FAILED');
    assert.match((await outputOf(workspace, wrong)).error ?? '', /^\[TABLE_OR_VIEW_NOT_FOUND\]/);
    const other = await finished([{ task_key: 'sql', sql_task: { warehouse_id: 'none', file } }]);
    assert.match(other.state.state_message, /SQL warehouse with ID none does not exist/);
    const settings = { tasks: [{ task_key: 'sql', sql_task: { warehouse_id: warehouse } }] };
    const refused = await workspace.call('POST', '/api/2.2/jobs/create', settings);
    assert.match(String(refused.json.message), /exactly one of query, file, alert, dashboard; it has none/);
  });
});
