import assert from 'node:assert/strict';
import { systemPython } from '../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';
import { byToken, DatabricksCli, databricksProgram } from './command-line';

const FOLDER = '/Workspace/Shared/jobs';
const SCRIPTS = {
  'say.py': 'import sys\nprint("said", *sys.argv[1:])\n',
  'fail.py': 'raise ValueError("broken on purpose")\n',
  'stay.py': 'import signal\nprint("waiting", flush=True)\nsignal.pause()\n',
};

interface Run {
  readonly run_id: string;
  readonly job_id: string;
  readonly run_type: string;
  readonly state: { readonly life_cycle_state: string; readonly result_state?: string; readonly state_message: string };
  readonly tasks: readonly { readonly run_id: string; readonly task_key: string; readonly attempt_number: number }[];
  readonly job_parameters?: readonly { readonly name: string; readonly value: string }[];
}

interface AccessList {
  readonly access_control_list: readonly {
    readonly group_name?: string;
    readonly user_name?: string;
    readonly all_permissions: readonly { readonly permission_level: string; readonly inherited: boolean }[];
  }[];
}

describe('jobs by the unmodified Databricks CLI', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let cli: DatabricksCli;

  before(async function () {
    const program = await databricksProgram(this);
    workspace = await startTestWorkspace({ python: systemPython(), graceMilliseconds: 50, maxConcurrentTasks: 4 });
    cli = new DatabricksCli(program, byToken(workspace));
    for (const [name, text] of Object.entries(SCRIPTS)) {
      cli.write(`scripts/${name}`, text);
    }
    await cli.text('workspace', 'import-dir', 'scripts', FOLDER);
  });
  after(async () => {
    cli?.remove();
    await workspace?.stop();
  });

  const task = (key: string, script: string, more: object = {}) => ({
    task_key: key,
    spark_python_task: { python_file: `${FOLDER}/${script}`, parameters: ['{{job.parameters.who}}'] },
    ...more,
  });
  const settings = (name: string, script = 'say.py') => ({
    name,
    parameters: [{ name: 'who', default: 'world' }],
    tasks: [task('first', script), task('last', 'say.py', { depends_on: [{ task_key: 'first' }] })],
  });
  const body = (value: object) => ['--json', JSON.stringify(value).replace(/"(job_id|run_id)":"(\d+)"/g, '"$1":$2')];
  const create = async (value: { readonly name: string }) =>
    (await cli.json<{ job_id: string }>('jobs', 'create', ...body(value))).job_id;
  const runNow = async (jobId: string, more: object = {}) =>
    cli.json<Run>('jobs', 'run-now', ...body({ job_id: jobId, ...more }));
  const output = async (run: Run, key: string) => {
    const of = run.tasks.filter(({ task_key }) => task_key === key).at(-1);
    assert.ok(of !== undefined, `no task ${key}`);
    return cli.json<{ logs?: string; error?: string; error_trace?: string }>('jobs', 'get-run-output', of.run_id);
  };
  /** Runs a command that ends with an error after it has printed what it knows. */
  const failing = async (...args: string[]): Promise<Run> => {
    const { out } = await cli.end([...args, '--output', 'json']);
    return JSON.parse(out.replace(/"(\w*_id)": (\d{16,})/g, '"$1": "$2"')) as Run;
  };

  describe('settings', () => {
    it('create from a file and get', async () => {
      const file = cli.write('job.json', JSON.stringify(settings('made from a file')));
      const { job_id } = await cli.json<{ job_id: string }>('jobs', 'create', '--json', `@${file}`);
      const got = await cli.json<{ job_id: string; creator_user_name: string; settings: ReturnType<typeof settings> }>(
        'jobs',
        'get',
        job_id,
      );
      assert.deepEqual(
        [got.job_id, got.settings.name, got.settings.tasks.map(({ task_key }) => task_key), got.settings.parameters],
        [job_id, 'made from a file', ['first', 'last'], [{ name: 'who', default: 'world' }]],
      );
    });

    it('list as a table, and by name as JSON', async () => {
      const id = await create(settings('to be listed'));
      assert.match(await cli.text('jobs', 'list'), new RegExp(`^${id} +to be listed$`, 'm'));
      const found = await cli.json<{ job_id: string }[]>('jobs', 'list', '--name', 'TO BE LISTED');
      assert.deepEqual(
        found.map(({ job_id }) => job_id),
        [id],
      );
    });

    it('list walks through all pages', async () => {
      const seeded = await workspace.call('POST', '/local/seed/jobs', {
        jobs: Array.from({ length: 60 }, () => ({ settings: settings('paged') })),
      });
      assert.equal(seeded.status, 200, seeded.text);
      const listed = await cli.json<{ settings: { name: string } }[]>('jobs', 'list', '--name', 'paged');
      assert.equal(listed.length, 60);
      assert.equal((await cli.json<unknown[]>('jobs', 'list', '--name', 'paged', '--limit', '25')).length, 25);
    });

    it('update changes what it names', async () => {
      const id = await create(settings('before'));
      await cli.text('jobs', 'update', ...body({ job_id: id, new_settings: { name: 'after', tags: { team: 'ml' } } }));
      const got = await cli.json<{ settings: Record<string, unknown> }>('jobs', 'get', id);
      assert.deepEqual(
        [got.settings.name, got.settings.tags, (got.settings.tasks as unknown[]).length],
        ['after', { team: 'ml' }, 2],
      );
    });

    it('reset replaces everything', async () => {
      const id = await create(settings('before'));
      await cli.text(
        'jobs',
        'reset',
        ...body({ job_id: id, new_settings: { name: 'reset', tasks: [task('only', 'say.py')] } }),
      );
      const got = await cli.json<{ settings: Record<string, unknown> }>('jobs', 'get', id);
      assert.deepEqual(
        [got.settings.name, got.settings.parameters, (got.settings.tasks as unknown[]).length],
        ['reset', undefined, 1],
      );
    });

    it('delete, after which it is not found', async () => {
      const id = await create(settings('deleted'));
      assert.equal(await cli.text('jobs', 'delete', id), '');
      for (const command of ['get', 'delete']) {
        assert.equal(await cli.refusal('jobs', command, id), `Error: Job ${id} does not exist.`);
      }
    });

    it('a task that does nothing is refused by its name', async () => {
      assert.match(
        await cli.refusal('jobs', 'create', ...body({ name: 'x', tasks: [{ task_key: 'empty' }] })),
        /^Error: Task 'empty' must have exactly one task type/,
      );
    });
  });

  describe('runs', () => {
    it('run-now waits for the end, and get-run-output has what the task printed', async () => {
      const run = await runNow(await create(settings('waited')), { job_parameters: { who: 'cli' } });
      assert.deepEqual(
        [run.state.life_cycle_state, run.state.result_state, run.job_parameters?.map(({ value }) => value)],
        ['TERMINATED', 'SUCCESS', ['cli']],
      );
      assert.equal((await output(run, 'last')).logs, 'said cli\n');
    });

    it('run-now --no-wait, get-run and cancel-run', async () => {
      const id = await create(settings('cancelled', 'stay.py'));
      const { run_id } = await cli.json<{ run_id: string }>('jobs', 'run-now', id, '--no-wait');
      const active = await cli.json<Run>('jobs', 'get-run', run_id);
      assert.equal(active.state.result_state, undefined);
      const ended = await cli.json<Run>('jobs', 'cancel-run', run_id);
      assert.deepEqual([ended.state.life_cycle_state, ended.state.result_state], ['TERMINATED', 'CANCELED']);
    });

    it('cancel-all-runs ends all runs of a job', async () => {
      const id = await create({ ...settings('all cancelled', 'stay.py'), ...{ max_concurrent_runs: 2 } });
      const started = [];
      for (const _run of [1, 2]) {
        started.push(await cli.json<{ run_id: string }>('jobs', 'run-now', id, '--no-wait'));
      }
      await cli.text('jobs', 'cancel-all-runs', '--job-id', id);
      for (const { run_id } of started) {
        const run = await cli.json<Run>('jobs', 'cancel-run', run_id);
        assert.equal(run.state.result_state, 'CANCELED');
      }
    });

    it('a failed run says why, and repair-run repeats what failed', async () => {
      const id = await create(settings('repaired', 'fail.py'));
      const failed = await failing('jobs', 'run-now', id);
      assert.deepEqual([failed.state.life_cycle_state, failed.state.result_state], ['TERMINATED', 'FAILED']);
      const { error, error_trace } = await output(failed, 'first');
      assert.match(`${error}\n${error_trace}`, /ValueError: broken on purpose/);
      await cli.text('jobs', 'reset', ...body({ job_id: id, new_settings: settings('repaired') }));
      const mended = await cli.json<Run>('jobs', 'repair-run', failed.run_id, '--rerun-all-failed-tasks');
      assert.equal(mended.state.result_state, 'SUCCESS');
      assert.deepEqual(mended.tasks.map(({ task_key, attempt_number }) => [task_key, attempt_number]).sort(), [
        ['first', 0],
        ['first', 1],
        ['last', 0],
        ['last', 1],
      ]);
      assert.equal((await output(mended, 'first')).logs, 'said world\n');
    });

    it('repair-run refuses a run that needs none', async () => {
      const run = await runNow(await create(settings('whole')));
      assert.equal(
        await cli.refusal('jobs', 'repair-run', run.run_id, '--rerun-all-failed-tasks'),
        `Error: Run ${run.run_id} has no failed tasks to repair.`,
      );
    });

    it('submit runs once, without a job that lists', async () => {
      const run = await cli.json<Run>(
        'jobs',
        'submit',
        ...body({
          run_name: 'submitted once',
          tasks: [{ task_key: 'only', spark_python_task: { python_file: `${FOLDER}/say.py`, parameters: ['once'] } }],
        }),
      );
      assert.deepEqual([run.run_type, run.state.result_state], ['SUBMIT_RUN', 'SUCCESS']);
      assert.equal((await output(run, 'only')).logs, 'said once\n');
      assert.doesNotMatch(await cli.text('jobs', 'list'), /submitted once/);
    });

    it('list-runs of a job, newest first, as a table and as JSON', async () => {
      const id = await create(settings('listed'));
      const [older, newer] = [await runNow(id), await runNow(id)];
      const listed = await cli.json<Run[]>('jobs', 'list-runs', '--job-id', id);
      assert.deepEqual(
        listed.map(({ run_id }) => run_id),
        [newer.run_id, older.run_id],
      );
      assert.match(
        await cli.text('jobs', 'list-runs', '--job-id', id),
        new RegExp(`^${id} +${newer.run_id} +SUCCESS +${workspace.url}/`, 'm'),
      );
      assert.deepEqual(await cli.json('jobs', 'list-runs', '--job-id', id, '--active-only'), []);
    });

    it('export-run refuses what is no notebook; delete-run removes a run', async () => {
      const run = await runNow(await create(settings('gone')));
      const of = run.tasks[0]?.run_id ?? '';
      assert.match(await cli.refusal('jobs', 'export-run', of), new RegExp(`^Error: Run ${of} is not a notebook run`));
      await cli.text('jobs', 'delete-run', run.run_id);
      assert.match(await cli.refusal('jobs', 'get-run', run.run_id), new RegExp(`${run.run_id} does not exist`));
    });
  });

  describe('permissions', () => {
    const levels = (list: AccessList) =>
      Object.fromEntries(
        list.access_control_list.map(({ group_name, user_name, all_permissions }) => [
          group_name ?? user_name,
          all_permissions.map(({ permission_level }) => permission_level),
        ]),
      );
    const users = (permission_level: string) => ({ group_name: 'users', permission_level });

    it('get, update, set and get levels', async () => {
      const id = await create(settings('guarded'));
      const before = levels(await cli.json<AccessList>('jobs', 'get-permissions', id));
      const owner = Object.keys(before).find((name) => before[name]?.includes('IS_OWNER')) ?? '';
      assert.deepEqual(before, { [owner]: ['IS_OWNER'], admins: ['CAN_MANAGE'] });
      const change = (command: string, list: object[]) =>
        cli.json<AccessList>('jobs', command, id, ...body({ access_control_list: list }));
      assert.deepEqual(levels(await change('update-permissions', [users('CAN_VIEW')])), {
        ...before,
        users: ['CAN_VIEW'],
      });
      const whole = [users('CAN_MANAGE_RUN'), { user_name: owner, permission_level: 'IS_OWNER' }];
      assert.deepEqual(levels(await change('set-permissions', whole)), { ...before, users: ['CAN_MANAGE_RUN'] });
      assert.deepEqual(levels(await cli.json<AccessList>('jobs', 'get-permissions', id)), {
        ...before,
        users: ['CAN_MANAGE_RUN'],
      });
      const known = await cli.json<{ permission_levels: { permission_level: string }[] }>(
        'jobs',
        'get-permission-levels',
        id,
      );
      assert.deepEqual(
        known.permission_levels.map(({ permission_level }) => permission_level),
        ['CAN_VIEW', 'CAN_MANAGE_RUN', 'CAN_MANAGE', 'IS_OWNER'],
      );
    });

    it('a level that jobs have not is refused', async () => {
      const id = await create(settings('guarded'));
      const list = body({ access_control_list: [users('CAN_QUERY')] });
      assert.match(await cli.refusal('jobs', 'update-permissions', id, ...list), /^Error: .*CAN_QUERY/);
    });
  });
});
