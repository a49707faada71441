import assert from 'node:assert/strict';
import { createWorkspaceClient } from '../../../src/databricks/workspace-client';
import { HttpClient } from '../../../src/http/client';
import { lastIterations, readRunTree } from '../../../src/workflow/run-tree';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, startDouble } from '../../support/http-double';

const SUCCESS = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };
const FAILED = { life_cycle_state: 'TERMINATED', result_state: 'FAILED' };
const PAGE = 100;

/** Jobs API 2.2 over runs in memory: long lists come 100 a page, the shorter ones on the first page only. */
class Runs {
  readonly runs = new Map<string, Record<string, unknown>>();
  readonly outputs = new Map<string, Answer>();

  answer(url: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const id = searchParams.get('run_id') ?? '';
    if (pathname.endsWith('/get-output')) {
      return this.outputs.get(id) ?? { json: {} };
    }
    const run = this.runs.get(id);
    if (run === undefined) {
      return { status: 404, json: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `Run ${id} does not exist.` } };
    }
    const from = Number(searchParams.get('page_token') ?? 0);
    const pages = Object.entries(run).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.slice(from, from + PAGE) : value,
    ]);
    const more = Object.values(run).some((value) => Array.isArray(value) && value.length > from + PAGE);
    return { json: { ...Object.fromEntries(pages), ...(more ? { next_page_token: String(from + PAGE) } : {}) } };
  }
}

const ended = (run_id: number, task_key: string, more: object = {}) => ({
  run_id,
  task_key,
  start_time: 1,
  end_time: 2,
  state: SUCCESS,
  ...more,
});

describe('a run with everything below it', () => {
  let double: HttpDouble;
  let runs: Runs;
  beforeEach(async () => {
    runs = new Runs();
    double = await startDouble(({ url }) => runs.answer(url));
  });
  afterEach(() => double.close());

  async function read(warnings: string[] = []) {
    const workspace = createWorkspaceClient(new HttpClient({ baseUrl: double.url, clock: new AutoClock() }));
    const run = await workspace.runs.get('1');
    assert.ok(run !== undefined);
    return readRunTree(workspace, run, (text) => warnings.push(text));
  }
  const asked = (path: string) => double.received.filter(({ url }) => url.includes(path)).length;

  it('has all pages of tasks, of iterations and of a nested run, each after the task that it is below', async () => {
    const tasks = Array.from({ length: 150 }, (_, at) => ended(1000 + at, `t${at}`));
    runs.runs.set('1', {
      run_id: 1,
      tasks: [ended(10, 'each', { for_each_task: {} }), ended(11, 'nightly', { run_job_task: {} }), ...tasks],
    });
    runs.runs.set('10', {
      run_id: 10,
      tasks: [ended(10, 'each')],
      iterations: Array.from({ length: 450 }, (_, at) => ended(5000 + at, 'one')),
    });
    runs.outputs.set('11', { json: { run_job_output: { run_id: 2 } } });
    runs.runs.set('2', { run_id: 2, tasks: Array.from({ length: 120 }, (_, at) => ended(9000 + at, `n${at}`)) });
    const tree = await read();
    assert.equal(tree.tasks.length, 2 + 150 + 450 + 120);
    assert.deepEqual(tree.jobRunIds, ['1', '2']);
    assert.deepEqual(
      [0, 1, 450, 451, 452, 571, 572].map((at) => tree.tasks[at]?.path),
      ['each', 'each[0]', 'each[449]', 'nightly', 'nightly › n0', 'nightly › n119', 't0'],
    );
    assert.equal(new Set(tree.tasks.map(({ task }) => task.run_id)).size, tree.tasks.length);
    assert.equal(tree.leftOut, 0);
  });

  it('keeps the last attempt of each iteration', () => {
    const attempt = (run_id: string, attempt_number: number) => ({ run_id, task_key: 'one', attempt_number });
    const attempts = [attempt('a', 0), attempt('b', 0), attempt('c', 1), attempt('d', 2), attempt('e', 0)];
    assert.deepEqual(
      lastIterations(attempts).map(({ run_id }) => run_id),
      ['a', 'd', 'e'],
    );
  });

  it('reads so many outputs and no more, those of failed tasks first, and says how many are left out', async () => {
    const tasks = Array.from({ length: 1_600 }, (_, at) => ended(1000 + at, `t${at}`));
    runs.runs.set('1', { run_id: 1, tasks: [...tasks, ended(9999, 'bad', { state: FAILED })] });
    runs.outputs.set('9999', { json: { error: 'E', error_trace: `${'x\n'.repeat(100)}E`, logs: 'l' } });
    const tree = await read();
    assert.equal(asked('/get-output'), 1_500);
    assert.equal(tree.leftOut, 101);
    const bad = tree.tasks.at(-1);
    assert.equal(bad?.output?.error, 'E');
    assert.equal(bad?.output?.lastLines.length, 40 + 2);
  });

  it('stops reading outputs after three that cannot be read, with a warning for each', async () => {
    const tasks = Array.from({ length: 50 }, (_, at) => ended(1000 + at, `t${at}`));
    runs.runs.set('1', { run_id: 1, tasks });
    for (const { run_id } of tasks) {
      runs.outputs.set(String(run_id), { status: 403, json: { error_code: 'PERMISSION_DENIED', message: 'No.' } });
    }
    const warnings: string[] = [];
    const tree = await read(warnings);
    assert.ok(asked('/get-output') < 12, String(asked('/get-output')));
    assert.match(warnings[2] ?? '', /No more outputs are read\.$/);
    assert.ok(tree.tasks.every(({ unreadable }) => unreadable?.code === 'PERMISSION_DENIED'));
  });

  it('does not look into runs that start themselves without end', async () => {
    runs.runs.set('1', { run_id: 1, tasks: [ended(11, 'again', { run_job_task: {} })] });
    runs.outputs.set('11', { json: { run_job_output: { run_id: 1 } } });
    const tree = await read();
    assert.equal(tree.tasks.length, 6);
    assert.equal(tree.leftOut, 1);
  });

  it('keeps of 5 MB of output what a person reads, and what the code said', async () => {
    runs.runs.set('1', { run_id: 1, tasks: [ended(2, 'a'), ended(3, 'b')] });
    const said = 'mlops-result: {"mlflow_run_id": "m", "model_name": "a.b.c", "model_version": "1"}';
    runs.outputs.set('2', { json: { logs: `${'y'.repeat(5_000_000)}\n${said}\n` } });
    runs.outputs.set('3', { json: { notebook_output: { result: 'r'.repeat(5_000_000) } } });
    const { tasks } = await read();
    assert.deepEqual(tasks[0]?.output, {
      said: { mlflowRunId: 'm', modelName: 'a.b.c', modelVersion: '1' },
      lastLines: [],
    });
    assert.ok((tasks[1]?.output?.notebookResult?.length ?? 0) < 66_000);
    assert.match(tasks[1]?.output?.notebookResult ?? '', /… \(4934464 more characters\)$/);
  });
});
