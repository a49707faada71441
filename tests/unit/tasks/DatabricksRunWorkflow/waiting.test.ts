import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { runAfterJob } from '../../../../src/agent/run-after-job';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { afterJob, run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../../support/http-double';

const PIPELINE = '0a1b2c3d-0000-1111-2222-333344445555';
const ROOT = `/api/2.0/pipelines/${PIPELINE}`;
const FAILED = { life_cycle_state: 'TERMINATED', result_state: 'FAILED' };
const SUCCESS = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };

describe('DatabricksRunWorkflow, waiting', () => {
  let server: HttpDouble;
  let answer: (request: Received, path: string) => unknown;
  beforeEach(async () => {
    server = await startDouble((request): Answer => {
      const given = (answer(request, pathOf(request)) ?? {}) as Answer;
      return 'status' in given && 'json' in given ? given : { json: given };
    });
  });
  afterEach(() => server.close());

  const pathOf = ({ url }: Received) => url.split('?')[0] ?? '';
  const asked = (path: string, method = 'POST') =>
    server.received.filter((request) => request.method === method && pathOf(request) === path);
  const hostOf = (inputs: Record<string, string>) =>
    new FakeHost({
      inputs: { databricksConnection: 'dbx', ...inputs },
      connections: { dbx: tokenConnection(server.url, 'dapi-token') },
    });

  async function step(host: FakeHost): Promise<FakeHost> {
    await runTask(task, readInputs, run, host, new AutoClock());
    return host;
  }

  /** The update of a pipeline, which is in each of these states in turn, in the last one for good. */
  function updateIs(...states: readonly string[]): void {
    let looks = 0;
    answer = ({ method }, path) => {
      if (path === ROOT) {
        return { pipeline_id: PIPELINE, name: 'features' };
      }
      if (path === `${ROOT}/updates`) {
        return method === 'POST' ? { update_id: 'u1' } : {};
      }
      if (path === `${ROOT}/updates/u1`) {
        looks += 1;
        return { update: { update_id: 'u1', state: states[Math.min(looks, states.length) - 1] } };
      }
      return {};
    };
  }

  const UPDATE = { action: 'update', pipeline: PIPELINE };

  it('says each state of an update once, and counts one that it does not know as active', async () => {
    updateIs('QUEUED', 'QUEUED', 'RESTING', 'RUNNING', 'COMPLETED');
    const host = await step(hostOf(UPDATE));
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(
      host.lines.filter((line) => line.startsWith('Update: ')),
      ['Update: QUEUED', 'Update: RESTING', 'Update: RUNNING', 'Update: COMPLETED'],
    );
    assert.deepEqual([...host.taskVariables.values()], ['']);
  });

  for (const [what, inputs, stops] of [
    ['stops the update', {}, 1],
    ['leaves the update that is to be left', { onCancel: 'leaveRunning' }, 0],
  ] as const) {
    it(`on cancel ${what}`, async () => {
      updateIs('RUNNING');
      const host = hostOf({ ...UPDATE, ...inputs });
      const former = answer;
      answer = (request, path) => {
        if (path === `${ROOT}/updates/u1`) {
          host.cancel();
        }
        return former(request, path);
      };
      await step(host);
      assert.equal(host.result, 'Canceled', host.printed);
      assert.equal(host.outputs.get('runId'), 'u1');
      assert.equal(asked(`${ROOT}/stop`).length, stops);
    });
  }

  it('shows of each flow how it ended and the rows that the event log counts, of this update alone', async () => {
    updateIs('COMPLETED');
    const former = answer;
    const event = (flow_name: string, status: string, metrics?: object, update_id = 'u1') => ({
      origin: { update_id, flow_name },
      details: { flow_progress: { status, metrics } },
    });
    const newestFirst = [
      event('b', 'COMPLETED'),
      event('b', 'RUNNING', { num_output_rows: '7', num_deleted_rows: 2 }),
      event('b', 'RUNNING', { num_output_rows: 3 }),
      { origin: { update_id: 'u1' }, details: { update_progress: { state: 'RUNNING' } } },
      event('a', 'SKIPPED'),
      event('old', 'COMPLETED', { num_output_rows: 1 }, 'u0'),
    ];
    answer = (request, path) =>
      path !== `${ROOT}/events`
        ? former(request, path)
        : request.url.includes('page_token')
          ? { events: newestFirst.slice(2) }
          : { events: newestFirst.slice(0, 2), next_page_token: 'more' };
    const host = await step(hostOf(UPDATE));
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /^Flow 'a': SKIPPED\nFlow 'b': COMPLETED, 7 written, 2 deleted$/m);
    assert.match(host.printed, /ended COMPLETED; 1 of 2 flows completed\.$/m);
    const { flows } = JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8'));
    assert.deepEqual(flows, [
      { flow: 'a', status: 'SKIPPED', rows: {} },
      { flow: 'b', status: 'COMPLETED', rows: { num_output_rows: 7, num_deleted_rows: 2 } },
    ]);
  });

  it('fails for an update that is gone, and for one whose errors cannot be read all the same', async () => {
    updateIs('RUNNING');
    const usual = answer;
    const missing = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'gone' };
    answer = (request, path) => (path === `${ROOT}/updates/u1` ? { status: 404, json: missing } : usual(request, path));
    assert.equal((await step(hostOf(UPDATE))).error?.code, 'UPDATE_NOT_FOUND');
    updateIs('RUNNING', 'FAILED');
    const failing = answer;
    const refused = { error_code: 'PERMISSION_DENIED', message: 'No.' };
    answer = (request, path) => (path === `${ROOT}/events` ? { status: 403, json: refused } : failing(request, path));
    const host = await step(hostOf(UPDATE));
    assert.equal(host.error?.code, 'UPDATE_FAILED', host.printed);
    assert.ok(host.issues.some(({ type, code }) => type === 'warning' && code === 'EVENTS_UNREADABLE'));
  });

  it('stops an update that does not end in time', async () => {
    updateIs('RUNNING');
    const host = await step(hostOf({ ...UPDATE, timeoutMinutes: '2' }));
    assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
    assert.match(host.error?.message ?? '', /within 2 min 00 s\. It was asked to end\./);
    assert.equal(asked(`${ROOT}/stop`).length, 1);
  });

  it('fails for an update that somebody stopped, unless that is fine', async () => {
    updateIs('RUNNING', 'CANCELED');
    assert.equal((await step(hostOf(UPDATE))).error?.code, 'UPDATE_CANCELED');
    assert.equal((await step(hostOf({ ...UPDATE, failOn: 'failed' }))).result, 'Succeeded');
  });

  it('does not wait where it is told not to', async () => {
    updateIs('RUNNING');
    const host = await step(hostOf({ ...UPDATE, wait: 'false' }));
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.outputs.get('runUrl') ?? '', /\/updates\/u1$/);
    assert.equal(asked(`${ROOT}/updates/u1`, 'GET').length, 0);
  });

  for (const [state, stops] of [
    ['RUNNING', 1],
    ['COMPLETED', 0],
  ] as const) {
    it(`the post-job phase ${stops === 1 ? 'stops' : 'leaves'} an update that is ${state}`, async () => {
      updateIs(state);
      const host = hostOf(UPDATE);
      host.setTaskVariable('databricksMlopsRunId', `${PIPELINE}/u1`);
      await runAfterJob(task, readInputs, afterJob, host, new AutoClock());
      assert.equal(asked(`${ROOT}/stop`).length, stops, host.printed);
    });
  }

  it('does not take the former end of a run for that of its repair, which the service does not show yet', async () => {
    let looks = 0;
    answer = (_, path) => {
      if (path.endsWith('/runs/repair')) {
        return { repair_id: 9 };
      }
      if (!path.endsWith('/runs/get')) {
        return {};
      }
      const isRepaired = asked('/api/2.2/jobs/runs/repair').length > 0;
      looks += isRepaired ? 1 : 0;
      const shown = looks > 3 ? [{ type: 'REPAIR', id: 9, start_time: 2 }] : [];
      const history = [{ type: 'ORIGINAL', start_time: 1 }, ...shown];
      return { run_id: 7, state: looks > 3 ? SUCCESS : FAILED, tasks: [], repair_history: history };
    };
    const host = await step(hostOf({ action: 'repair', runId: '7' }));
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(host.outputs.get('resultState'), 'SUCCESS');
  });

  it('believes the former end after a minute: it is a failure in any case', async () => {
    answer = (_, path) =>
      path.endsWith('/runs/repair')
        ? { repair_id: 9 }
        : path.endsWith('/runs/get')
          ? { run_id: 7, state: FAILED, tasks: [] }
          : {};
    const host = await step(hostOf({ action: 'repair', runId: '7' }));
    assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
  });

  it('counts repairs to the time limit, and cancels the run in the end', async () => {
    answer = (_, path) => {
      if (path.endsWith('/runs/repair')) {
        return { repair_id: 9 };
      }
      const isRepaired = asked('/api/2.2/jobs/runs/repair').length > 0;
      const state = isRepaired ? { life_cycle_state: 'RUNNING' } : FAILED;
      return path.endsWith('/runs/get') ? { run_id: 7, state, tasks: [] } : {};
    };
    const host = await step(hostOf({ action: 'attach', runId: '7', repairAttempts: '3', timeoutMinutes: '5' }));
    assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
    assert.equal(asked('/api/2.2/jobs/runs/repair').length, 1);
    assert.equal(asked('/api/2.2/jobs/runs/cancel').length, 1);
  });

  it('cancels a run whose repair was asked for while the cancel came', async () => {
    const host = hostOf({ action: 'attach', runId: '7', repairAttempts: '1' });
    answer = (_, path) => {
      if (path.endsWith('/runs/repair')) {
        host.cancel();
        return { repair_id: 9 };
      }
      return path.endsWith('/runs/get') ? { run_id: 7, state: FAILED, tasks: [] } : {};
    };
    await step(host);
    assert.equal(host.result, 'Canceled', host.printed);
    assert.equal(asked('/api/2.2/jobs/runs/cancel').length, 1);
  });

  it('leaves alone a run that somebody canceled', async () => {
    const canceled = { life_cycle_state: 'TERMINATED', result_state: 'CANCELED' };
    answer = (_, path) => (path.endsWith('/runs/get') ? { run_id: 7, state: canceled, tasks: [] } : {});
    const host = await step(hostOf({ action: 'attach', runId: '7', repairAttempts: '1' }));
    assert.equal(host.error?.code, 'RUN_CANCELED', host.printed);
    assert.equal(asked('/api/2.2/jobs/runs/repair').length, 0);
  });

  it('sees the time limit in time, however slowly the runs below are shown', async () => {
    const clock = new AutoClock();
    const running = { life_cycle_state: 'RUNNING' };
    const tasks = Array.from({ length: 10 }, (_, at) => ({
      run_id: 100 + at,
      task_key: `t${at}`,
      start_time: 1,
      run_job_task: {},
      state: running,
    }));
    answer = ({ url }, path) => {
      const isNested = path.endsWith('/get-output') || url.includes('run_id=9');
      clock.advance(isNested ? 1_900 : 0);
      if (path.endsWith('/get-output')) {
        return { run_job_output: { run_id: 9 } };
      }
      return path.endsWith('/runs/get')
        ? { run_id: isNested ? 9 : 7, state: running, tasks: isNested ? [] : tasks }
        : {};
    };
    const begun = clock.now();
    const host = hostOf({ action: 'attach', runId: '7', timeoutMinutes: '1' });
    await runTask(task, readInputs, run, host, clock);
    assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
    assert.ok(clock.now() - begun <= 60_000 + 2 * 1_900, `${clock.now() - begun} ms`);
    assert.match(host.printed, /Task t9 started run 9/);
  });

  it('says what it would wait for in a dry run', async () => {
    answer = (_, path) =>
      path.endsWith('/runs/get') ? { run_id: 7, state: { life_cycle_state: 'RUNNING' }, tasks: [] } : {};
    const host = await step(hostOf({ action: 'attach', runId: '7', dryRun: 'true' }));
    assert.match(host.message, /^Dry run: run 7, which is RUNNING, would be followed\.$/);
    assert.equal(asked('/api/2.2/jobs/runs/get', 'GET').length, 1);
  });
});
