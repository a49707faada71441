import assert from 'node:assert/strict';
import {
  createJob,
  getRun,
  outputOf,
  processesWith,
  type RunReply,
  runNow,
  systemPython,
  untilLogged,
  untilRun,
  upload,
} from '../../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../../support/local-workspace';
import { VirtualClock } from '../../../../support/virtual-clock';

interface ForEachReply extends RunReply {
  readonly for_each_task?: {
    readonly stats: {
      readonly task_run_stats: Record<string, number>;
      readonly error_message_stats: readonly { readonly error_message: string; readonly count: number }[];
    };
  };
  readonly iterations?: readonly (RunReply & { readonly task_key: string; readonly attempt_number: number })[];
  readonly next_page_token?: string;
}

describe('tasks that start runs', () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await startTestWorkspace({ python: systemPython(), graceMilliseconds: 50 });
    await upload(workspace, '/Shared/show.py', 'import sys\nprint(*sys.argv[1:])\n');
    await upload(workspace, '/Shared/hangs.py', 'import time\nprint("ready")\ntime.sleep(600)\n');
    await upload(workspace, '/Shared/odd.py', 'import sys\nassert int(sys.argv[1]) % 2 == 1, "even"\n');
  });
  afterEach(() => workspace.stop());

  const script = (file: string, ...parameters: string[]) => ({
    spark_python_task: { python_file: `/Shared/${file}.py`, parameters },
  });

  async function forEach(inputs: string, task: Record<string, unknown>, concurrency?: number, job = {}) {
    const forEachTask = { inputs, task: { task_key: 'one', ...task }, ...(concurrency ? { concurrency } : {}) };
    const jobId = await createJob(workspace, { ...job, tasks: [{ task_key: 'all', for_each_task: forEachTask }] });
    return runNow(workspace, jobId);
  }

  async function taskRun(run: RunReply, more = ''): Promise<ForEachReply> {
    return (
      await workspace.call<ForEachReply>('GET', `/api/2.2/jobs/runs/get?run_id=${run.tasks?.at(-1)?.run_id}${more}`)
    ).json;
  }

  describe('run_job_task', () => {
    it('runs another job with the parameters that it names and those that are pushed down', async () => {
      const child = await createJob(workspace, {
        name: 'child',
        parameters: [
          { name: 'a', default: '1' },
          { name: 'b', default: '2' },
          { name: 'c', default: '3' },
        ],
        tasks: [
          {
            task_key: 'show',
            ...script(
              'show',
              '{{job.parameters.a}}',
              '{{job.parameters.b}}',
              '{{job.parameters.c}}',
              '{{job.trigger.type}}',
            ),
          },
        ],
      });
      const parent = await createJob(workspace, {
        parameters: [
          { name: 'a', default: 'pushed' },
          { name: 'other', default: 'x' },
        ],
        tasks: [
          {
            task_key: 'run',
            run_job_task: { job_id: child, job_parameters: { a: 'named', b: '{{job.id}}' } },
          },
        ],
      });
      const run = await untilRun(workspace, await runNow(workspace, parent));
      assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(run));
      const output = (await outputOf(workspace, run)) as { run_job_output?: { run_id: string } };
      const childRun = await getRun(workspace, output.run_job_output?.run_id ?? '');
      assert.equal((await outputOf(workspace, childRun)).logs, `pushed ${parent} 3 run_job_task\n`);
      const { run_type: type, trigger, trigger_info: info } = childRun as unknown as Record<string, unknown>;
      assert.deepEqual([type, trigger, info], ['JOB_RUN', 'RUN_JOB_TASK', { run_id: run.tasks?.[0]?.run_id }]);
      const resolved = await taskRun(run, '&include_resolved_values=true');
      assert.deepEqual((resolved as unknown as Record<string, unknown>).resolved_values, {
        run_job_task: { job_parameters: { a: 'pushed', b: parent }, parameters: { a: 'pushed', b: parent } },
      });
    });

    it('fails with its child, for a job that does not exist, and for a circle of jobs', async () => {
      const child = await createJob(workspace, { tasks: [{ task_key: 'odd', ...script('odd', '2') }] });
      const parent = await createJob(workspace, { tasks: [{ task_key: 'run', run_job_task: { job_id: child } }] });
      const failed = await untilRun(workspace, await runNow(workspace, parent));
      assert.equal(failed.state.result_state, 'FAILED');
      assert.match(
        failed.tasks?.[0]?.state.state_message ?? '',
        /^Run \d+ of job \d+ ended with FAILED\. Task odd failed/,
      );
      const change = {
        job_id: child,
        new_settings: { tasks: [{ task_key: 'odd', run_job_task: { job_id: parent } }] },
      };
      assert.equal((await workspace.call('POST', '/api/2.2/jobs/update', change)).status, 200);
      const circle = await untilRun(workspace, await runNow(workspace, parent));
      assert.match(circle.state.state_message, /in a circle/);
      const shown = await workspace.call('GET', `/api/2.2/jobs/get?job_id=${parent}`);
      assert.match(shown.text, new RegExp(`"run_job_task":\\{"job_id":${child}\\}`), 'ids are numbers on the wire');
      await workspace.call('POST', '/api/2.2/jobs/delete', { job_id: child });
      const missing = await untilRun(workspace, await runNow(workspace, parent));
      assert.match(missing.state.state_message, new RegExp(`Job ${child} does not exist`));
    });

    it('ends the processes of its child when the parent is cancelled, and when the workspace stops', async () => {
      const child = await createJob(workspace, { tasks: [{ task_key: 'h', ...script('hangs') }] });
      const parent = await createJob(workspace, { tasks: [{ task_key: 'run', run_job_task: { job_id: child } }] });
      const runId = await runNow(workspace, parent);
      const active = await untilChild(runId);
      await untilLogged(workspace, active, 'ready');
      await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: runId });
      assert.equal((await untilRun(workspace, runId)).state.result_state, 'CANCELED');
      assert.equal((await getRun(workspace, active)).state.result_state, 'CANCELED');
      assert.deepEqual(processesWith(`LOCAL_WORKSPACE_TASK_FOLDER=${workspace.data}`), []);

      const second = await runNow(workspace, parent);
      const left = await untilChild(second);
      await untilLogged(workspace, left, 'ready');
      await workspace.stop('keep');
      assert.deepEqual(processesWith(`LOCAL_WORKSPACE_TASK_FOLDER=${workspace.data}`), []);
      workspace = await startTestWorkspace({ data: workspace.data, python: systemPython() });
      for (const id of [second, left]) {
        assert.equal((await getRun(workspace, id)).state.life_cycle_state, 'INTERNAL_ERROR');
      }
    });

    it('ends its child at its own time-out', async () => {
      const clock = new VirtualClock();
      const timed = await startTestWorkspace({ clock, python: systemPython(), graceMilliseconds: 50 });
      try {
        await upload(timed, '/Shared/hangs.py', 'import time\nprint("ready")\ntime.sleep(600)\n');
        const child = await createJob(timed, { tasks: [{ task_key: 'h', ...script('hangs') }] });
        const task = { task_key: 'run', run_job_task: { job_id: child }, timeout_seconds: 60 };
        const runId = await runNow(timed, await createJob(timed, { tasks: [task] }));
        const active = await untilChild(runId, timed);
        await untilLogged(timed, active, 'ready');
        await clock.advance(60_000);
        const run = await untilRun(timed, runId);
        assert.equal(run.tasks?.[0]?.state.result_state, 'TIMEDOUT');
        assert.equal((await getRun(timed, active)).state.result_state, 'CANCELED');
      } finally {
        await timed.stop();
      }
    });

    async function untilChild(runId: string, at = workspace): Promise<string> {
      for (;;) {
        const run = await getRun(at, runId);
        const output = (await outputOf(at, run)) as { run_job_output?: { run_id: string } };
        if (output.run_job_output !== undefined) {
          return output.run_job_output.run_id;
        }
      }
    }
  });

  describe('for_each_task', () => {
    it('runs an iteration per element, each with its own run id, input and output', async () => {
      const inputs = JSON.stringify([{ name: 'a', n: 1 }, { name: 'b', n: [2] }, 'text']);
      const run = await untilRun(workspace, await forEach(inputs, script('show', '{{input}}', '{{job.run_id}}')));
      const all = await taskRun(run);
      assert.equal(run.state.result_state, 'SUCCESS', JSON.stringify(all));
      const logs: (string | undefined)[] = [];
      for (const iteration of all.iterations ?? []) {
        assert.equal(iteration.task_key, 'one');
        logs.push((await outputOf(workspace, await getRun(workspace, iteration.run_id))).logs);
      }
      assert.deepEqual(logs, [
        `{"name":"a","n":1} ${run.run_id}\n`,
        `{"name":"b","n":[2]} ${run.run_id}\n`,
        `text ${run.run_id}\n`,
      ]);
      const listed = await workspace.call<{ runs: RunReply[] }>('GET', '/api/2.2/jobs/runs/list');
      assert.deepEqual(
        listed.json.runs.map((one) => one.run_id),
        [run.run_id],
        'iterations are no runs of their own',
      );
    });

    it('takes its inputs from a task value, retries iterations, goes on after failures and counts them', async () => {
      await upload(workspace, '/Shared/set.py', "import dbutils\ndbutils.jobs.taskValues.set('list', [1, 2, 3, 4])\n");
      const jobId = await createJob(workspace, {
        tasks: [
          { task_key: 'set', ...script('set') },
          {
            task_key: 'all',
            depends_on: [{ task_key: 'set' }],
            for_each_task: {
              inputs: '{{tasks.set.values.list}}',
              concurrency: 2,
              task: { task_key: 'one', max_retries: 1, ...script('odd', '{{input}}') },
            },
          },
        ],
      });
      const run = await untilRun(workspace, await runNow(workspace, jobId));
      assert.equal(run.state.result_state, 'FAILED');
      const all = await taskRun(run);
      const stats = (all as unknown as { tasks: ForEachReply[] }).tasks[0]?.for_each_task?.stats;
      assert.deepEqual(stats, {
        task_run_stats: {
          total_iterations: 4,
          scheduled_iterations: 4,
          active_iterations: 0,
          completed_iterations: 4,
          succeeded_iterations: 2,
          failed_iterations: 2,
        },
        error_message_stats: [{ error_message: 'Workload failed, see run output for details', count: 2 }],
      });
      assert.deepEqual(
        all.iterations?.map(({ attempt_number: number, state }) => [number, state.result_state]),
        [
          [0, 'SUCCESS'],
          [0, 'FAILED'],
          [1, 'FAILED'],
          [0, 'SUCCESS'],
          [0, 'FAILED'],
          [1, 'FAILED'],
        ],
      );
    });

    it('pages hundreds of iterations, never more at once than allowed, and ends them when cancelled', async () => {
      const { warehouses } = (await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses'))
        .json;
      const query = await workspace.call<{ id: string }>('POST', '/api/2.0/sql/queries', {
        query: { display_name: 'q', query_text: 'SELECT :x AS x' },
      });
      const inputs = JSON.stringify(Array.from({ length: 250 }, (_, index) => index));
      const sql = {
        sql_task: {
          warehouse_id: warehouses[0]?.id,
          query: { query_id: query.json.id },
          parameters: { x: '{{input}}' },
        },
      };
      const run = await untilRun(workspace, await forEach(inputs, sql, 20));
      assert.equal(run.state.result_state, 'SUCCESS');
      const sizes: number[] = [];
      const ids = new Set<string>();
      for (let page = await taskRun(run), more = true; more; ) {
        sizes.push(page.iterations?.length ?? 0);
        for (const iteration of page.iterations ?? []) {
          ids.add(iteration.run_id);
        }
        more = page.next_page_token !== undefined;
        page = more ? await taskRun(run, `&page_token=${page.next_page_token}`) : page;
      }
      assert.deepEqual([sizes, ids.size], [[100, 100, 50], 250]);

      const hanging = await forEach('[1, 2, 3, 4, 5]', script('hangs'), 2);
      const all = await taskRun(await untilRun(workspace, hanging, (one) => one.state.life_cycle_state === 'RUNNING'));
      assert.equal(all.iterations?.filter(({ state }) => state.life_cycle_state !== 'BLOCKED').length, 2);
      await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: hanging });
      const ended = await untilRun(workspace, hanging);
      assert.equal(ended.state.result_state, 'CANCELED');
      assert.deepEqual(
        new Set((await taskRun(ended)).iterations?.map(({ state }) => state.result_state)),
        new Set(['CANCELED']),
      );
      assert.deepEqual(processesWith(`LOCAL_WORKSPACE_TASK_FOLDER=${workspace.data}`), []);
    });

    it('says what is wrong with its inputs and its settings', async () => {
      const run = await untilRun(workspace, await forEach('{"a": 1}', script('show')));
      assert.match(run.state.state_message, /inputs of the for-each task all are not a JSON array: {"a": 1}/);
      const empty = await untilRun(workspace, await forEach('[]', script('show')));
      assert.equal(empty.state.result_state, 'SUCCESS');
      const wrong: [Record<string, unknown>, RegExp][] = [
        [{ inputs: '[]' }, /must have a task/],
        [{ inputs: '[]', task: { task_key: 'x', ...script('show') }, concurrency: 101 }, /between 1 and 100/],
        [{ task: { task_key: 'x', ...script('show') } }, /required parameter 'inputs'/],
        [{ inputs: '[]', task: { task_key: 'x', for_each_task: {} } }, /cannot have a for_each_task/],
      ];
      for (const [forEachTask, message] of wrong) {
        const reply = await workspace.call('POST', '/api/2.2/jobs/create', {
          tasks: [{ task_key: 'all', for_each_task: forEachTask }],
        });
        assert.deepEqual([reply.status, reply.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
        assert.match(String(reply.json.message), message);
      }
    });
  });
});
