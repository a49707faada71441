import assert from 'node:assert/strict';
import { runAfterJob } from '../../../../src/agent/run-after-job';
import { runTask } from '../../../../src/agent/run-task';
import type { Clock } from '../../../../src/clock';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { afterJob, run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../../support/http-double';

const PIPELINE = '0a1b2c3d-0000-1111-2222-333344445555';
const UPDATES = `/api/2.0/pipelines/${PIPELINE}/updates`;
const STOP = `/api/2.0/pipelines/${PIPELINE}/stop`;
const RUNS = '/api/2.2/jobs/runs';
const RUN_NOW = '/api/2.2/jobs/run-now';
const RUNNING: Answer = { json: { run_id: 7, state: { life_cycle_state: 'RUNNING' }, tasks: [] } };
const FAILED: Answer = { json: { run_id: 7, state: { life_cycle_state: 'TERMINATED', result_state: 'FAILED' } } };
const PAGE: Answer = { body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } };
const LATER: Answer = { status: 429, headers: { 'retry-after': '30' }, json: { message: 'Too many.' } };

const ATTACH = { action: 'attach', runId: '7' };
const RUN = { job: '3' };
const UPDATE = { action: 'update', pipeline: PIPELINE };
const DEFINITION = '{"tasks": [{"task_key": "main"}]}';

describe('DatabricksRunWorkflow, what it lets go on', () => {
  let server: HttpDouble;
  /** By path, before what a workspace with job 3, run 7 and the pipeline answers. */
  let answers: Record<string, (request: Received) => Answer>;
  beforeEach(async () => {
    answers = {};
    server = await startDouble((request) => {
      const path = pathOf(request);
      return answers[path]?.(request) ?? usual(request.method, path);
    });
  });
  afterEach(() => server.close());

  function usual(method: string, path: string): Answer {
    const known: Record<string, unknown> = {
      '/api/2.2/jobs/get': { job_id: 3, settings: { name: 'train' } },
      [RUN_NOW]: { run_id: 7 },
      [`${RUNS}/submit`]: { run_id: 7 },
      [`${RUNS}/repair`]: { repair_id: 9 },
      [`/api/2.0/pipelines/${PIPELINE}`]: { pipeline_id: PIPELINE, name: 'features' },
      [`${UPDATES}/u1`]: { update: { update_id: 'u1', state: 'RUNNING' } },
      [UPDATES]: method === 'POST' ? { update_id: 'u1' } : {},
    };
    return path === `${RUNS}/get` ? RUNNING : { json: known[path] ?? {} };
  }

  const pathOf = ({ url }: Received) => url.split('?')[0] ?? '';
  const asked = (path: string, method = 'POST') =>
    server.received.filter((request) => request.method === method && pathOf(request) === path);
  const hostOf = (inputs: Record<string, string>, variables: Record<string, string> = {}) =>
    new FakeHost({
      inputs: { databricksConnection: 'dbx', ...inputs },
      connections: { dbx: tokenConnection(server.url, 'dapi-token') },
      variables,
    });
  const noteOf = (host: FakeHost) => host.taskVariables.get('databricksMlopsRunId') ?? '';
  const step = async (host: FakeHost, clock: Clock = new AutoClock()) => {
    await runTask(task, readInputs, run, host, clock);
    return host;
  };
  const postJob = (host: FakeHost) => runAfterJob(task, readInputs, afterJob, host, new AutoClock());
  /** These answers to a path in turn, the last one for good. */
  const inTurn = (...each: readonly (Answer | undefined)[]) => {
    let count = 0;
    return () => {
      count += 1;
      return each[Math.min(count, each.length) - 1] as Answer;
    };
  };

  describe('a step that ends by itself', () => {
    for (const [what, inputs, path, answer, code] of [
      ['a page in place of the run', ATTACH, `${RUNS}/get`, PAGE, 'ANSWER_NOT_JSON'],
      ['a page in place of the run that it started', RUN, `${RUNS}/get`, PAGE, 'ANSWER_NOT_JSON'],
      ['a right that was taken away', RUN, `${RUNS}/get`, { status: 403 }, 'PERMISSION_DENIED'],
      ['an outage', RUN, `${RUNS}/get`, { status: 503 }, 'UNAVAILABLE'],
      ['a page in place of the update', UPDATE, `${UPDATES}/u1`, PAGE, 'ANSWER_NOT_JSON'],
    ] as const) {
      it(`with an error leaves alone what it followed: ${what}`, async () => {
        const first = path.startsWith(RUNS) ? RUNNING : undefined;
        answers[path] = inTurn(first, first, first, answer);
        const host = await step(hostOf(inputs));
        assert.equal(host.error?.code, code, host.printed);
        answers = {};
        await postJob(host);
        assert.deepEqual([asked(`${RUNS}/cancel`), asked(STOP)], [[], []], host.printed);
      });
    }

    it('does so also when the first look at what it started fails', async () => {
      answers[`${RUNS}/get`] = () => PAGE;
      const host = await step(hostOf(RUN));
      assert.deepEqual([host.error?.code, host.outputs.get('runId'), noteOf(host)], ['ANSWER_NOT_JSON', '7', '']);
    });
  });

  describe('a step whose process is killed', () => {
    for (const [what, inputs, updates, ends] of [
      ['ends the run that it started', RUN, [], true],
      ['leaves the run of somebody else', ATTACH, [], false],
      ['leaves what it is told to leave', { ...RUN, onCancel: 'leaveRunning' }, [], false],
      ['stops the update that it started', UPDATE, [], true],
      ['leaves an update that was active before', UPDATE, [{ update_id: 'u1', state: 'RUNNING' }], false],
    ] as const) {
      it(what, async () => {
        answers[UPDATES] = ({ method }) => ({ json: method === 'POST' ? { update_id: 'u1' } : { updates } });
        const killed = hostOf(inputs);
        const died = new Promise<string>((resolve) => {
          let looks = 0;
          const look = (answer: Answer): Answer => {
            looks += 1;
            if (looks === 5) {
              resolve(noteOf(killed));
            }
            return looks < 5 ? answer : { status: 403 };
          };
          answers[`${RUNS}/get`] = () => look(RUNNING);
          answers[`${UPDATES}/u1`] = () => look({ json: { update: { update_id: 'u1', state: 'RUNNING' } } });
        });
        await step(killed);
        const host = hostOf(inputs);
        host.setTaskVariable('databricksMlopsRunId', await died);
        answers = {};
        await postJob(host);
        assert.equal(asked(`${RUNS}/cancel`).length + asked(STOP).length, ends ? 1 : 0, host.printed);
      });
    }
  });

  it('a step whose process is killed ends the run of somebody else that goes on by its repair', async () => {
    const inputs = { ...ATTACH, repairAttempts: '1' };
    const notes: string[] = [];
    let looks = 0;
    const killed = hostOf(inputs);
    answers[`${RUNS}/get`] = () => {
      notes.push(noteOf(killed));
      if (asked(`${RUNS}/repair`).length === 0) {
        return FAILED;
      }
      looks += 1;
      return looks < 4 ? RUNNING : { status: 403 };
    };
    await step(killed);
    assert.equal(killed.error?.code, 'PERMISSION_DENIED', killed.printed);
    assert.equal(notes[0], '');
    const host = hostOf(inputs);
    host.setTaskVariable('databricksMlopsRunId', notes.at(-1) ?? '');
    answers[`${RUNS}/get`] = () => RUNNING;
    await postJob(host);
    assert.equal(asked(`${RUNS}/cancel`).length, 1, host.printed);
  });

  describe('an end that was wanted and not reached', () => {
    const ways = [
      ['of a run', ATTACH, `${RUNS}/get`, `${RUNS}/cancel`],
      ['of an update', UPDATE, `${UPDATES}/u1`, STOP],
    ] as const;

    for (const [what, inputs, look, cancel] of ways) {
      it(`${what}: the post-job phase reaches it after a cancel`, async () => {
        const host = hostOf(inputs);
        const looks = inTurn(undefined, undefined, undefined);
        answers[look] = (request) => {
          if (asked(look, 'GET').length === 3) {
            host.cancel();
          }
          return looks() ?? usual(request.method, look);
        };
        answers[cancel] = () => ({ status: 403 });
        await step(host);
        assert.equal(host.result, 'Canceled', host.printed);
        answers = {};
        await postJob(host);
        assert.equal(asked(cancel).length, 2, host.printed);
        assert.equal(noteOf(host), inputs === ATTACH ? '7' : `${PIPELINE}/u1`);
      });

      it(`${what}: the post-job phase reaches it after the time limit, past which the step does not wait`, async () => {
        answers[cancel] = () => LATER;
        const clock = new AutoClock();
        const begun = clock.now();
        const host = await step(hostOf({ ...inputs, timeoutMinutes: '1' }), clock);
        assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
        assert.match(host.error?.message ?? '', /may still run/);
        assert.ok(clock.now() - begun <= 60_000 + 6_000, `${clock.now() - begun} ms`);
        answers = {};
        await postJob(host);
        assert.equal(asked(cancel).length, 2, host.printed);
      });
    }
  });

  describe('an update that has ended unseen while another began', () => {
    const ended = { json: { update: { update_id: 'u1', state: 'COMPLETED' } } };

    it('is not asked to end at a cancel: the request would stop the other', async () => {
      const host = hostOf(UPDATE);
      const clock = new AutoClock();
      const sleepThenCancel = {
        now: () => clock.now(),
        sleep: async (milliseconds: number, signal?: AbortSignal) => {
          if (asked(`${UPDATES}/u1`, 'GET').length === 3) {
            answers[`${UPDATES}/u1`] = () => ended;
            host.cancel();
          }
          await clock.sleep(milliseconds, signal);
        },
      };
      await step(host, sleepThenCancel);
      assert.equal(host.result, 'Canceled', host.printed);
      assert.deepEqual([asked(STOP), noteOf(host)], [[], '']);
      assert.match(host.printed, /^Update u1 had ended already\.$/m);
      assert.doesNotMatch(host.printed, /was asked to end/);
    });

    it('is not asked to end at the time limit', async () => {
      const clock = new AutoClock();
      const end = clock.now() + 60_000;
      let late = 0;
      answers[`${UPDATES}/u1`] = ({ method }) => {
        late += clock.now() >= end ? 1 : 0;
        return late < 2 ? usual(method, `${UPDATES}/u1`) : ended;
      };
      const host = await step(hostOf({ ...UPDATE, timeoutMinutes: '1' }), clock);
      assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
      assert.match(host.error?.message ?? '', /It ended meanwhile\./);
      assert.deepEqual([asked(STOP), noteOf(host)], [[], '']);
    });
  });

  describe('a cancel while the service says "later"', () => {
    for (const [what, inputs, path] of [
      ['to the start of a run', RUN, RUN_NOW],
      ['to the start of a one-time run', { action: 'submit', definition: DEFINITION }, `${RUNS}/submit`],
      ['to a repair', { action: 'repair', runId: '7' }, `${RUNS}/repair`],
      ['to a repair of its own', { ...ATTACH, repairAttempts: '1' }, `${RUNS}/repair`],
      ['to an update', UPDATE, UPDATES],
    ] as const) {
      it(`${what} starts nothing any more`, async () => {
        const host = hostOf(inputs);
        answers[`${RUNS}/get`] = () => FAILED;
        answers[path] = ({ method }) => (method === 'POST' ? LATER : usual(method, path));
        const auto = new AutoClock();
        const clock = {
          now: () => auto.now(),
          sleep: async (milliseconds: number, signal?: AbortSignal) => {
            if (asked(path).length > 0) {
              host.cancel();
            }
            await auto.sleep(milliseconds, signal);
          },
        };
        await step(host, clock);
        assert.equal(host.result, 'Canceled', host.printed);
        assert.equal(asked(path).length, 1, host.printed);
        assert.deepEqual([asked(`${RUNS}/cancel`), asked(STOP), noteOf(host)], [[], [], '']);
      });
    }

    it('to the first look at a run that was started cancels it at once', async () => {
      const host = hostOf(RUN);
      answers[`${RUNS}/get`] = () => {
        host.cancel();
        return LATER;
      };
      const clock = new AutoClock();
      await step(host, clock);
      assert.equal(host.result, 'Canceled', host.printed);
      assert.deepEqual([host.outputs.get('runId'), asked(`${RUNS}/cancel`).length], ['7', 1]);
      assert.deepEqual(clock.waits, []);
    });
  });

  describe('a run that failed when the time limit is reached', () => {
    it('is not repaired, and its own failure is the reason', async () => {
      const clock = new AutoClock();
      const end = clock.now() + 60_000;
      answers[`${RUNS}/get`] = () => (clock.now() < end ? RUNNING : FAILED);
      const host = await step(hostOf({ ...ATTACH, timeoutMinutes: '1', repairAttempts: '2' }), clock);
      assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
      assert.deepEqual([asked(`${RUNS}/repair`), asked(`${RUNS}/cancel`)], [[], []]);
      assert.match(host.printed, /is not repaired: the time limit leaves no time for it/);
    });

    it('is named beside the limit that its repair has met', async () => {
      answers[`${RUNS}/get`] = () => (asked(`${RUNS}/repair`).length === 0 ? FAILED : RUNNING);
      const host = await step(hostOf({ ...ATTACH, timeoutMinutes: '1', repairAttempts: '1' }));
      assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
      assert.match(host.error?.message ?? '', /Before its repair it had ended FAILED\. It was asked to end\./);
    });
  });

  it('a one-time run has one token, whatever the pipeline run is called meanwhile', async () => {
    const tokens = async (number: string) => {
      const inputs = { action: 'submit', definition: DEFINITION, wait: 'false' };
      await step(
        hostOf(inputs, { 'Build.BuildId': '5', 'Build.DefinitionName': 'train', 'Build.BuildNumber': number }),
      );
      const { run_name, idempotency_token } = JSON.parse(asked(`${RUNS}/submit`).at(-1)?.body ?? '');
      assert.equal(run_name, `train ${number}`);
      return idempotency_token;
    };
    assert.equal(await tokens('20260102.1'), await tokens('churn 18: PASS'));
  });

  for (const [what, updates, seconds] of [
    ['that was active before counts from its creation', [{ update_id: 'u1', state: 'RUNNING' }], 600],
    ['that the step started counts from its request, whatever the clock of the service says', [], 0],
  ] as const) {
    it(`the length of an update ${what}`, async () => {
      const clock = new AutoClock();
      const creation_time = clock.now() - 600_000;
      answers[UPDATES] = ({ method }) => ({ json: method === 'POST' ? { update_id: 'u1' } : { updates } });
      answers[`${UPDATES}/u1`] = () => ({ json: { update: { update_id: 'u1', state: 'COMPLETED', creation_time } } });
      const host = await step(hostOf(UPDATE), clock);
      assert.equal(host.outputs.get('durationSeconds'), String(seconds), host.printed);
    });
  }
});
