import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runAfterJob } from '../../../../src/agent/run-after-job';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { afterJob, run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { switchOff, switchOn } from '../../../faults/fault-control';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { createJob, getRun, type RunReply, runNow, untilRun, upload } from '../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../support/local-workspace';

const PIPELINES = '/api/2.0/pipelines';
const WHEEL = { package_name: 'train', entry_point: 'main' };
/** The request takes effect, its answer gets lost. */
const LOST = { kind: 'connection_dropped', at: 'answer' };

describe('DatabricksRunWorkflow against a workspace', () => {
  let workspace: TestWorkspace;
  let folder: string;
  let steps = 0;
  /** The program of every job: it fails as long as the file `fail` is there, and goes on as long as `hold` is. */
  const flag = (name: string) => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'workflow-actions-'));
    const program = flag('program.sh');
    writeFileSync(
      program,
      `#!/bin/sh\nwhile [ -e ${flag('hold')} ]; do sleep 0.05; done\n[ -e ${flag('fail')} ] && exit 1\nexit 0\n`,
    );
    chmodSync(program, 0o755);
    workspace = await startTestWorkspace({ python: { interpreter: async () => program }, graceMilliseconds: 50 });
    await sql('CREATE SCHEMA IF NOT EXISTS main.etl');
  });
  afterEach(async () => {
    rmSync(flag('fail'), { force: true });
    rmSync(flag('hold'), { force: true });
    await switchOff(workspace);
  });
  after(async () => {
    await workspace.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function step(
    inputs: Record<string, string>,
    { variables = {}, onRequest = () => undefined }: StepOptions = {},
  ): Promise<FakeHost> {
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', ...inputs },
      connections: { dbx: tokenConnection(workspace.url, workspace.token) },
      variables: { 'System.DefaultWorkingDirectory': folder, 'Build.BuildId': String(++steps), ...variables },
    });
    const clock = new AutoClock();
    const ticking = {
      now: () => clock.now(),
      sleep: async (milliseconds: number, signal?: AbortSignal) => {
        onRequest(host);
        await clock.sleep(Math.min(milliseconds, 250), signal);
      },
    };
    await runTask(task, readInputs, run, host, ticking);
    return host;
  }

  async function sql(statement: string): Promise<void> {
    const list = await workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
    const body = { statement, warehouse_id: list.json.warehouses[0]?.id, wait_timeout: '50s' };
    const reply = await workspace.call<{ status: { state: string } }>('POST', '/api/2.0/sql/statements', body);
    assert.equal(reply.json.status.state, 'SUCCEEDED', reply.text);
  }

  async function newPipeline(name: string, source: string): Promise<string> {
    const path = `/Shared/${name}.sql`;
    await upload(workspace, path, source);
    const spec = { name, catalog: 'main', schema: 'etl', libraries: [{ file: { path } }], allow_duplicate_names: true };
    const reply = await workspace.call<{ pipeline_id: string }>('POST', PIPELINES, spec);
    assert.equal(reply.status, 200, reply.text);
    return reply.json.pipeline_id;
  }

  async function updates(id: string): Promise<readonly { readonly update_id: string; readonly state: string }[]> {
    const reply = await workspace.call<{ updates?: { update_id: string; state: string }[] }>(
      'GET',
      `${PIPELINES}/${id}/updates`,
    );
    return reply.json.updates ?? [];
  }

  const two = [
    { task_key: 'first', python_wheel_task: WHEEL },
    { task_key: 'second', depends_on: [{ task_key: 'first' }], python_wheel_task: WHEEL },
  ];

  async function newJob(name: string, more: Record<string, unknown> = {}): Promise<string> {
    return createJob(workspace, { name, tasks: two, max_concurrent_runs: 5, ...more });
  }

  /** A run that has failed and would succeed now. */
  async function failedRun(name: string): Promise<string> {
    writeFileSync(flag('fail'), '');
    const runId = await runNow(workspace, await newJob(name));
    await untilRun(workspace, runId);
    rmSync(flag('fail'));
    return runId;
  }

  async function repairsOf(runId: string): Promise<number> {
    const reply = await workspace.call<{ repair_history?: { type: string }[] }>(
      'GET',
      `/api/2.2/jobs/runs/get?run_id=${runId}&include_history=true`,
    );
    return (reply.json.repair_history ?? []).filter(({ type }) => type === 'REPAIR').length;
  }

  describe('update', () => {
    const GOOD = 'CREATE OR REFRESH MATERIALIZED VIEW one AS SELECT 1 AS n;';

    it('brings a pipeline up to date and waits for it', async () => {
      const id = await newPipeline('good', GOOD);
      const host = await step({ action: 'update', pipeline: 'good' });
      assert.equal(host.result, 'Succeeded', host.printed);
      const [update, ...others] = await updates(id);
      assert.deepEqual(others, []);
      assert.equal(host.outputs.get('runId'), update?.update_id);
      assert.equal(host.outputs.get('resultState'), 'COMPLETED');
      assert.match(host.outputs.get('runUrl') ?? '', new RegExp(`/pipelines/${id}/updates/`));
      assert.match(host.printed, /^Flow '\S*one': COMPLETED$/m);
      assert.match(host.printed, /^Update \S+ of pipeline 'good' ended COMPLETED; 1 flow completed\.$/m);
      assert.match(
        readFileSync(host.summaries[0] ?? '', 'utf8'),
        /took (?:\d+ min )?\d+ s\.[\s\S]*\| \S*one \| COMPLETED \|/,
      );
    });

    it('passes what to compute anew', async () => {
      const id = await newPipeline('selected', GOOD);
      const inputs = { action: 'update', pipeline: id, fullRefresh: 'true', refreshSelection: 'One' };
      assert.equal((await step(inputs)).result, 'Succeeded');
      const [update] = await updates(id);
      assert.deepEqual(
        (update as unknown as { full_refresh_selection: string[] }).full_refresh_selection,
        ['One'],
        JSON.stringify(update),
      );
    });

    it('fails with the errors of the event log', async () => {
      await newPipeline('bad', 'CREATE OR REFRESH MATERIALIZED VIEW two AS SELECT x FROM nowhere_at_all;');
      const host = await step({ action: 'update', pipeline: 'bad' });
      assert.equal(host.error?.code, 'UPDATE_FAILED', host.printed);
      assert.match(
        host.error?.message ?? '',
        /ended FAILED\. Flow 'two': \[TABLE_OR_VIEW_NOT_FOUND\] .*nowhere_at_all/,
      );
      const summary = readFileSync(host.summaries[0] ?? '', 'utf8');
      assert.equal(summary.match(/^\* .*nowhere/gm)?.length, 1, 'said of the update and of its flow');
      assert.equal(host.outputs.get('resultState'), 'FAILED');
      assert.ok(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8').includes('nowhere_at_all'));
      const passing = await step({ action: 'update', pipeline: 'bad', failOn: 'canceled' });
      assert.equal(passing.result, 'Succeeded', passing.printed);
    });

    it('starts one update when the answer to the start is lost, and when it never arrived', async () => {
      const id = await newPipeline('lost', GOOD);
      const start = { method: 'POST', path: `${PIPELINES}/:id/updates`, count: 1 };
      for (const [fault, count] of [
        [LOST, 1],
        [{ kind: 'connection_dropped', at: 'request' }, 2],
        [{ kind: 'truncated_json' }, 3],
        [{ kind: 'status', status: 500 }, 4],
        [{ kind: 'status', status: 503 }, 5],
      ] as const) {
        await switchOn(workspace, { ...start, fault });
        const host = await step({ action: 'update', pipeline: 'lost' });
        assert.equal(host.result, 'Succeeded', host.printed);
        assert.equal((await updates(id)).length, count, JSON.stringify(fault));
        await switchOff(workspace);
      }
    });

    for (const [what, inputs, code] of [
      ['no pipeline', {}, 'INPUT_REQUIRED'],
      ['an unknown pipeline', { pipeline: 'nope' }, 'PIPELINE_NOT_FOUND'],
      ["one whose name would change the service's filter", { pipeline: "x' OR name LIKE '%" }, 'PIPELINE_NOT_FOUND'],
      ['reuse of an update that has ended', { pipeline: 'good', reuse: 'succeeded' }, 'INPUT_NOT_USED'],
      ['a model', { pipeline: 'good', model: 'a.b.c' }, 'INPUT_NOT_USED'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const host = await step({ action: 'update', ...inputs });
        assert.equal(host.error?.code, code, host.printed);
      });
    }

    it('lists both pipelines of one name', async () => {
      const ids = [await newPipeline('twin', GOOD), await newPipeline('twin', GOOD)];
      const host = await step({ action: 'update', pipeline: 'twin' });
      assert.equal(host.error?.code, 'PIPELINE_AMBIGUOUS', host.printed);
      assert.ok(ids.every((id) => host.error?.message.includes(id)));
      assert.equal((await step({ action: 'update', pipeline: ids[1] ?? '' })).result, 'Succeeded');
    });

    it('starts nothing in a dry run', async () => {
      const id = await newPipeline('dry', GOOD);
      const host = await step({ action: 'update', pipeline: 'dry', dryRun: 'true' });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.match(host.message, /would be started/);
      assert.deepEqual(await updates(id), []);
    });
  });

  describe('repair', () => {
    it('runs again what did not succeed, in the same run', async () => {
      const runId = await failedRun('repaired');
      const host = await step({ action: 'repair', runId });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.equal(host.outputs.get('resultState'), 'SUCCESS');
      assert.equal(host.outputs.get('runId'), runId);
      const again = await step({ action: 'repair', runId });
      assert.equal(again.result, 'Succeeded', again.printed);
      assert.equal(await repairsOf(runId), 1, 'nothing is left to repair');
    });

    it('repairs once when the answer is lost, also where it is not the first repair', async () => {
      const runId = await failedRun('repair lost');
      for (const count of [1, 2]) {
        await switchOn(workspace, { method: 'POST', path: '/api/2.2/jobs/runs/repair', count: 1, fault: LOST });
        const host = await step({ action: 'repair', runId, only: 'first' });
        assert.equal(host.outputs.get('runId'), runId, host.printed);
        assert.equal(await repairsOf(runId), count, host.printed);
        await switchOff(workspace);
      }
    });

    it('takes the tasks that it is told to, and what depends on them', async () => {
      const runId = await failedRun('repair only');
      await step({ action: 'repair', runId });
      const before = await getRun(workspace, runId);
      const host = await step({ action: 'repair', runId, only: 'second' });
      assert.equal(host.result, 'Succeeded', host.printed);
      const attempts = (reply: RunReply, key: string) =>
        (reply.tasks ?? []).filter((one) => one.task_key === key).map(({ run_id }) => String(run_id));
      const after = await getRun(workspace, runId);
      assert.deepEqual(attempts(after, 'first'), attempts(before, 'first'));
      assert.notDeepEqual(attempts(after, 'second'), attempts(before, 'second'));
    });

    it('refuses a run that is active, and a task that it does not have', async () => {
      const ended = await failedRun('repair refused');
      const unknown = await step({ action: 'repair', runId: ended, only: 'third' });
      assert.equal(unknown.error?.code, 'TASK_UNKNOWN', unknown.printed);
      assert.match(unknown.error?.message ?? '', /first, second/);
      writeFileSync(flag('hold'), '');
      const runId = await runNow(workspace, await newJob('repair active'));
      const active = await step({ action: 'repair', runId });
      assert.equal(active.error?.code, 'RUN_ACTIVE', active.printed);
      rmSync(flag('hold'));
      await untilRun(workspace, runId);
    });

    describe('while another repair is under way', () => {
      /** A run with a repair that goes on until it is let go. */
      async function underRepair(name: string, request: object, more: Record<string, unknown> = {}): Promise<string> {
        writeFileSync(flag('fail'), '');
        const runId = await runNow(workspace, await newJob(name, more));
        await untilRun(workspace, runId);
        rmSync(flag('fail'));
        writeFileSync(flag('hold'), '');
        const body = { run_id: runId, ...request };
        const reply = await workspace.call('POST', '/api/2.2/jobs/runs/repair', body);
        assert.equal(reply.status, 200, reply.text);
        return runId;
      }
      const letGo = { onRequest: () => rmSync(flag('hold'), { force: true }) };
      const ALL = { rerun_all_failed_tasks: true, rerun_dependent_tasks: true };
      const parameters = [{ name: 'day', default: '1' }];

      for (const [what, request, inputs] of [
        ['all that failed, and so does the step', ALL, {}],
        ['all that failed, and the step one of them', ALL, { only: 'second' }],
        ['the task that the step wants', { rerun_tasks: ['first'] }, { only: 'first' }],
        ['it with the parameter of the step', { ...ALL, job_parameters: { day: '2' } }, { jobParameters: 'day=2' }],
      ] as const) {
        it(`follows it when it runs ${what}`, async () => {
          const runId = await underRepair(`followed: ${what}`, request, { parameters });
          const host = await step({ action: 'repair', runId, ...inputs }, letGo);
          assert.match(host.printed, /^To be followed: run \d+, whose repair is under way\.$/m);
          assert.equal(await repairsOf(runId), 1);
        });
      }

      for (const [what, request, inputs] of [
        ['another task', { rerun_tasks: ['first'] }, { only: 'second' }],
        ['a part of what failed', { rerun_tasks: ['first'] }, {}],
        ['with another parameter', { ...ALL, job_parameters: { day: '3' } }, { jobParameters: 'day=2' }],
        ['without the parameter', ALL, { jobParameters: 'day=2' }],
        ['without the parameters of tasks', ALL, { taskParameters: 'python_params=["a"]' }],
      ] as const) {
        it(`names it and fails when it runs ${what}`, async () => {
          const more = 'taskParameters' in inputs ? {} : { parameters };
          const runId = await underRepair(`refused: ${what}`, request, more);
          const host = await step({ action: 'repair', runId, ...inputs }, letGo);
          assert.equal(host.error?.code, 'RUN_ACTIVE', host.printed);
          assert.match(
            host.error?.message ?? '',
            /is active: repair \d+ is under way, and does not do what this step asks/,
          );
          assert.equal(host.outputs.get('result'), 'failed');
          rmSync(flag('hold'), { force: true });
          await untilRun(workspace, runId);
          assert.equal(await repairsOf(runId), 1);
        });
      }
    });

    it('changes nothing in a dry run', async () => {
      const runId = await failedRun('repair dry');
      const host = await step({ action: 'repair', runId, dryRun: 'true' });
      assert.match(host.message, /would be repaired/, host.printed);
      assert.equal(await repairsOf(runId), 0);
    });
  });

  describe('repairAttempts', () => {
    it('repairs until the run succeeds, and says so', async () => {
      await newJob('flaky');
      writeFileSync(flag('fail'), '');
      const host = await step(
        { job: 'flaky', repairAttempts: '2' },
        { onRequest: (running) => running.printed.includes('repair 1 of 2') && rmSync(flag('fail'), { force: true }) },
      );
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.equal(host.outputs.get('attempts'), '1');
      assert.match(host.printed, /^Run \d+ .*ended SUCCESS; \d repairs?\.$/m);
      assert.ok((await repairsOf(host.outputs.get('runId') ?? '')) >= 1);
      assert.match(readFileSync(host.summaries[0] ?? '', 'utf8'), /\| Repair \| Before \| Result \|/);
    });

    it('gives up after so many, a repeated step included', async () => {
      await newJob('hopeless');
      writeFileSync(flag('fail'), '');
      const host = await step({ job: 'hopeless', repairAttempts: '2' });
      const runId = host.outputs.get('runId') ?? '';
      assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
      assert.equal(await repairsOf(runId), 2);
      const again = await step({ action: 'attach', runId, repairAttempts: '2' });
      assert.equal(again.error?.code, 'RUN_FAILED', again.printed);
      assert.equal(await repairsOf(runId), 2);
    });

    it('leaves the failure of the run as it is when the service refuses', async () => {
      await newJob('refused');
      writeFileSync(flag('fail'), '');
      await switchOn(workspace, { path: '/api/2.2/jobs/runs/repair', fault: { kind: 'status', status: 400 } });
      const host = await step({ job: 'refused', repairAttempts: '1' });
      assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
      assert.deepEqual(
        host.issues.filter(({ type }) => type === 'warning').map(({ code }) => code),
        ['REPAIR_REFUSED'],
      );
    });
  });

  describe('cancel', () => {
    it('ends a run and waits until it has ended', async () => {
      writeFileSync(flag('hold'), '');
      const runId = await runNow(workspace, await newJob('canceled'));
      const host = await step({ action: 'cancel', runId });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.equal(host.outputs.get('resultState'), 'CANCELED');
      assert.equal((await getRun(workspace, runId)).status.state, 'TERMINATED');
      const again = await step({ action: 'cancel', runId });
      assert.match(again.message, /had already ended CANCELED/);
    });

    it('changes nothing in a dry run', async () => {
      writeFileSync(flag('hold'), '');
      const runId = await runNow(workspace, await newJob('cancel dry'));
      const host = await step({ action: 'cancel', runId, dryRun: 'true' });
      assert.match(host.message, /would be canceled/, host.printed);
      rmSync(flag('hold'));
      assert.equal((await untilRun(workspace, runId)).state.result_state, 'SUCCESS');
    });
  });

  describe('run', () => {
    it('passes older parameters, chosen tasks and wishes to the service', async () => {
      await newJob('parameters');
      const host = await step({
        job: 'parameters',
        taskParameters: 'python_params=["a", 1]',
        only: '+second',
        queue: 'true',
        performanceTarget: 'STANDARD',
      });
      assert.equal(host.result, 'Succeeded', host.printed);
      const run = (await getRun(workspace, host.outputs.get('runId') ?? '')) as RunReply & {
        readonly overriding_parameters?: unknown;
      };
      assert.deepEqual(run.overriding_parameters, { python_params: ['a', '1'] });
      assert.deepEqual(run.tasks?.map(({ task_key }) => task_key).toSorted(), ['first', 'second']);
    });

    for (const [what, inputs, code] of [
      ['an unknown task', { only: 'third' }, 'TASK_UNKNOWN'],
      ['something that is no task key', { only: 'a b' }, 'INPUT_INVALID'],
      ['parameters that no task takes', { taskParameters: 'notebook_params={"a": 1}' }, 'TASK_PARAMETERS_UNUSED'],
      ['an unknown kind of parameters', { taskParameters: 'r_params=[1]' }, 'INPUT_INVALID'],
      ['a queue that is neither true nor false', { queue: 'perhaps' }, 'INPUT_INVALID'],
      ['an unknown performance target', { performanceTarget: 'FAST' }, 'INPUT_INVALID'],
      ['repairs without waiting', { wait: 'false', repairAttempts: '1' }, 'INPUT_NOT_USED'],
      ['a selection of tables', { refreshSelection: 'a' }, 'INPUT_NOT_USED'],
      ['a run label', { runLabel: 'a' }, 'INPUT_NOT_USED'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const host = await step({ job: 'parameters', ...inputs });
        assert.equal(host.error?.code, code, host.printed);
        assert.equal(host.outputs.get('runId'), '');
      });
    }

    it('lets the post-job phase end what a step left', async () => {
      writeFileSync(flag('hold'), '');
      const runId = await runNow(workspace, await newJob('left'));
      const host = new FakeHost({
        inputs: { databricksConnection: 'dbx', action: 'attach', runId },
        connections: { dbx: tokenConnection(workspace.url, workspace.token) },
      });
      host.setTaskVariable('databricksMlopsRunId', runId);
      await runAfterJob(task, readInputs, afterJob, host, new AutoClock());
      assert.equal((await untilRun(workspace, runId)).state.result_state, 'CANCELED');
    });
  });

  describe('submit', () => {
    const files = {
      'job/run.yml': [
        'run_name: from a file',
        'tasks:',
        '- task_key: train',
        '  environment_key: default',
        '  spark_python_task: {python_file: ./train me.py}',
        'environments:',
        '- environment_key: default',
        '  spec: {environment_version: "4", dependencies: [-r requirements.txt]}',
        'sync: {paths: [lib]}',
      ].join('\n'),
      'job/train me.py': 'import lib.features\n',
      'job/requirements.txt': '\n',
      'job/lib/features.py': 'A = 1\n',
      'job/lib/__pycache__/features.pyc': 'left out',
    };

    before(() => {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
    });

    it('brings the local files of a definition into the workspace, once', async () => {
      const inputs = { action: 'submit', definition: 'job/run.yml' };
      const host = await step(inputs);
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.match(host.printed, /files = 3 in \/Workspace\/\S+\nUploaded 3 local files\./);
      const run = (await getRun(workspace, host.outputs.get('runId') ?? '')) as unknown as {
        run_name: string;
        tasks: { spark_python_task: { python_file: string } }[];
      };
      assert.equal(run.run_name, 'from a file');
      const place = run.tasks[0]?.spark_python_task.python_file ?? '';
      assert.match(place, /^\/Workspace\/Users\/[^/]+\/\.mlops\/files\/[0-9a-f]{40}\/train me\.py$/);
      const list = await workspace.call<{ objects: { path: string }[] }>(
        'GET',
        `/api/2.0/workspace/list?path=${encodeURIComponent(dirname(place))}`,
      );
      assert.deepEqual(
        list.json.objects.map(({ path }) => path.split('/').at(-1)).toSorted(),
        ['lib', 'requirements.txt', 'train me.py'],
        list.text,
      );
      const again = await step(inputs);
      assert.match(again.printed, /3 local files: uploaded before\./, again.printed);
      writeFileSync(join(folder, 'job/lib/features.py'), 'A = 2\n');
      const changed = await step(inputs);
      assert.doesNotMatch(changed.printed, /already\./);
      assert.equal(changed.result, 'Succeeded', changed.printed);
    });

    it('uploads nothing in a dry run, but says what it would', async () => {
      writeFileSync(join(folder, 'job/lib/features.py'), 'A = 3\n');
      const host = await step({ action: 'submit', definition: 'job/run.yml', dryRun: 'true' });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.match(readFileSync(host.summaries[0] ?? '', 'utf8'), /3 in \/Workspace/);
      assert.match(host.printed, /^ {2}files = 3 in \/Workspace/m);
      assert.match(host.printed, /^1 task: \S+$/m);
      assert.match(
        host.printed,
        /^The request would be:\n\{\n {2}"run_name": [\s\S]*"python_file": "\/Workspace\/[\s\S]*\n\}$/m,
      );
    });
  });
});

interface StepOptions {
  readonly variables?: Record<string, string>;
  /** Before each wait of the step. */
  readonly onRequest?: (host: FakeHost) => unknown;
}
