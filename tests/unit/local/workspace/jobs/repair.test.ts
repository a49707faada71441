import assert from 'node:assert/strict';
import {
  createJob,
  getRun,
  outputOf,
  type RunReply,
  runNow,
  systemPython,
  untilRun,
  upload,
} from '../../../../support/jobs';
import { startTestWorkspace, type TestReply, type TestWorkspace } from '../../../../support/local-workspace';

interface HistoryReply extends RunReply {
  readonly repair_history?: readonly (RunReply & {
    readonly type: string;
    readonly id?: string;
    readonly task_run_ids: string[];
  })[];
}

describe('repair of a run', () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await startTestWorkspace({ python: systemPython(), graceMilliseconds: 50 });
    await upload(
      workspace,
      '/Shared/gate.py',
      'import sys\nprint(*sys.argv[1:])\nassert sys.argv[1] == "open", "closed"\n',
    );
    await upload(workspace, '/Shared/show.py', 'import sys\nprint(*sys.argv[1:])\n');
  });
  afterEach(() => workspace.stop());

  const script = (file: string, ...parameters: string[]) => ({
    spark_python_task: { python_file: `/Shared/${file}.py`, parameters },
  });

  const settings = {
    name: 'gated',
    parameters: [
      { name: 'gate', default: 'shut' },
      { name: 'kept', default: 'standard' },
    ],
    tasks: [
      { task_key: 'first', ...script('show', 'first') },
      {
        task_key: 'gate',
        depends_on: [{ task_key: 'first' }],
        ...script(
          'gate',
          '{{job.parameters.gate}}',
          '{{job.parameters.kept}}',
          '{{job.repair_count}}',
          '{{task.execution_count}}',
        ),
      },
      { task_key: 'last', depends_on: [{ task_key: 'gate' }], ...script('show', 'last') },
    ],
  };

  async function repair(
    runId: string,
    more: Record<string, unknown>,
  ): Promise<TestReply<{ repair_id: string; message: string }>> {
    return workspace.call('POST', '/api/2.2/jobs/runs/repair', { run_id: runId, ...more });
  }

  async function history(runId: string): Promise<HistoryReply> {
    return (await workspace.call<HistoryReply>('GET', `/api/2.2/jobs/runs/get?run_id=${runId}&include_history=true`))
      .json;
  }

  function attempts(run: RunReply): string[] {
    return (run.tasks ?? []).map((task) => `${task.task_key}/${task.attempt_number} ${task.state.result_state}`);
  }

  it('runs the failed tasks again with other parameters, and keeps the history', async () => {
    const runId = await runNow(workspace, await createJob(workspace, settings), { job_parameters: { kept: 'mine' } });
    const failed = await untilRun(workspace, runId);
    assert.deepEqual(attempts(failed), ['first/0 SUCCESS', 'gate/0 FAILED', 'last/0 UPSTREAM_FAILED']);
    const first = await repair(runId, { rerun_all_failed_tasks: true });
    assert.equal(first.status, 200, first.text);
    const again = await untilRun(workspace, runId);
    assert.deepEqual(attempts(again), [
      'first/0 SUCCESS',
      'gate/0 FAILED',
      'gate/1 FAILED',
      'last/0 UPSTREAM_FAILED',
      'last/1 UPSTREAM_FAILED',
    ]);
    const without = await repair(runId, { rerun_tasks: ['gate', 'last'], job_parameters: { gate: 'open' } });
    assert.equal(without.status, 400);
    assert.match(without.json.message, /latest_repair_id is required/);
    const wrong = await repair(runId, { rerun_tasks: ['gate'], latest_repair_id: '5' });
    assert.match(wrong.json.message, /is not the latest repair/);
    const second = await repair(runId, {
      rerun_tasks: ['gate'],
      rerun_dependent_tasks: true,
      latest_repair_id: first.json.repair_id,
      job_parameters: { gate: 'open' },
    });
    assert.equal(second.status, 200, second.text);
    const mended = await untilRun(workspace, runId);
    assert.equal(mended.state.result_state, 'SUCCESS');
    assert.deepEqual(attempts(mended).slice(-2), ['last/1 UPSTREAM_FAILED', 'last/2 SUCCESS']);
    assert.equal((await outputOf(workspace, mended, 'gate')).logs, 'open mine 2 3\n');
    const shown = await history(runId);
    assert.deepEqual(
      shown.repair_history?.map(({ type, id, state }) => [type, id, state.result_state]),
      [
        ['ORIGINAL', undefined, 'FAILED'],
        ['REPAIR', first.json.repair_id, 'FAILED'],
        ['REPAIR', second.json.repair_id, 'SUCCESS'],
      ],
    );
    const ids = (shown.tasks ?? []).map((task) => task.run_id);
    assert.deepEqual(shown.repair_history?.flatMap((round) => round.task_run_ids).sort(), [...ids].sort());
    assert.equal(((await getRun(workspace, runId)) as HistoryReply).repair_history, undefined, 'only when asked for');
  });

  it('takes the tasks as the job declares them now, and gives the retries anew', async () => {
    const jobId = await createJob(workspace, {
      tasks: [{ task_key: 'gate', max_retries: 1, ...script('gate', 'shut') }],
    });
    const runId = await runNow(workspace, jobId);
    assert.equal((await untilRun(workspace, runId)).tasks?.length, 2);
    const first = await repair(runId, { rerun_tasks: ['gate'] });
    assert.equal((await untilRun(workspace, runId)).tasks?.length, 4);
    const tasks = [{ task_key: 'gate', ...script('gate', 'open') }];
    await workspace.call('POST', '/api/2.2/jobs/update', { job_id: jobId, new_settings: { tasks } });
    await repair(runId, { rerun_tasks: ['gate'], latest_repair_id: first.json.repair_id });
    const run = await untilRun(workspace, runId);
    assert.deepEqual([run.state.result_state, run.tasks?.length], ['SUCCESS', 5]);
  });

  it('repairs one-time runs, cancelled runs and runs lost with their workspace', async () => {
    await upload(
      workspace,
      '/Shared/hangs.py',
      'import os, sys, time\nif not os.path.exists(sys.argv[1]):\n    time.sleep(600)\n',
    );
    const mark = `${workspace.data}/mark`;
    const submitted = await workspace.call<{ run_id: string }>('POST', '/api/2.2/jobs/runs/submit', {
      tasks: [{ task_key: 'h', ...script('hangs', mark) }],
    });
    const runId = submitted.json.run_id;
    await untilRun(workspace, runId, (run) => run.state.life_cycle_state === 'RUNNING');
    const active = await repair(runId, { rerun_all_failed_tasks: true });
    assert.deepEqual([active.status, active.json.message], [400, `Run ${runId} is active and cannot be repaired.`]);
    await workspace.call('POST', '/api/2.2/jobs/runs/cancel', { run_id: runId });
    await untilRun(workspace, runId);
    const first = await repair(runId, { rerun_all_failed_tasks: true });
    await untilRun(workspace, runId, (run) => run.state.life_cycle_state === 'RUNNING');
    await workspace.stop('keep');
    workspace = await startTestWorkspace({ data: workspace.data, python: systemPython(), graceMilliseconds: 50 });
    assert.equal((await getRun(workspace, runId)).state.life_cycle_state, 'INTERNAL_ERROR');
    await upload(workspace, '/Shared/hangs.py', 'print(1)\n');
    const last = await repair(runId, { rerun_all_failed_tasks: true, latest_repair_id: first.json.repair_id });
    assert.equal(last.status, 200, last.text);
    assert.equal((await untilRun(workspace, runId)).state.result_state, 'SUCCESS');
    assert.deepEqual(
      (await history(runId)).repair_history?.map(({ state }) => state.result_state),
      ['CANCELED', 'FAILED', 'SUCCESS'],
    );
  });

  it('refuses what it cannot mean', async () => {
    const runId = await runNow(
      workspace,
      await createJob(workspace, { tasks: [{ task_key: 'a', ...script('show') }] }),
    );
    await untilRun(workspace, runId);
    const refused: [Record<string, unknown>, RegExp][] = [
      [{}, /either rerun_tasks or rerun_all_failed_tasks/],
      [{ rerun_tasks: ['a'], rerun_all_failed_tasks: true }, /either/],
      [{ rerun_tasks: ['b'] }, /has no task 'b'/],
      [{ rerun_all_failed_tasks: true }, /has no failed tasks/],
      [{ rerun_tasks: ['a'], job_parameters: { x: '1' } }, /does not define/],
      [{ rerun_tasks: ['a'], latest_repair_id: '7' }, /not the latest repair/],
    ];
    for (const [more, message] of refused) {
      const reply = await repair(runId, more);
      assert.equal(reply.status, 400, reply.text);
      assert.match(reply.json.message, message);
    }
    assert.equal((await getRun(workspace, runId)).state.result_state, 'SUCCESS', 'nothing was taken up');
    assert.equal((await repair('5', { rerun_tasks: ['a'] })).json.message, 'Run 5 does not exist.');
  });
});
