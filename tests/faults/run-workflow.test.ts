import assert from 'node:assert/strict';
import type { FakeHost } from '../support/fake-host';
import { type FaultCase, PASSING, REQUEST_DEADLINE_MS, STANDING } from './fault-cases';
import { rules, switchOff, switchOn } from './fault-control';
import { MODEL } from './scenes/gated-jobs';
import { secretConnection } from './scenes/sign-in';
import { startWorkflowScene, type WorkflowScene, type WorkflowStep } from './workflow-scene';

/** The requests that a step sends from its start to a green end; `skip`: matching ones that come before. */
const REQUESTS = [
  { name: 'list of jobs', method: 'GET', path: '/api/2.2/jobs/list' },
  { name: 'job', method: 'GET', path: '/api/2.2/jobs/get' },
  { name: 'list of runs', method: 'GET', path: '/api/2.2/jobs/runs/list' },
  { name: 'start', method: 'POST', path: '/api/2.2/jobs/run-now' },
  { name: 'first look at the run', method: 'GET', path: '/api/2.2/jobs/runs/get' },
  { name: 'look at the active run', method: 'GET', path: '/api/2.2/jobs/runs/get', skip: 2 },
  { name: 'look at the ended run', method: 'GET', path: '/api/2.2/jobs/runs/get', skip: 3 },
  { name: 'output of the task', method: 'GET', path: '/api/2.2/jobs/runs/get-output' },
  { name: 'search for experiments', method: 'POST', path: '/api/2.0/mlflow/experiments/search' },
  { name: 'search for MLflow runs', method: 'POST', path: '/api/2.0/mlflow/runs/search' },
  { name: 'MLflow run that the job names', method: 'GET', path: '/api/2.0/mlflow/runs/get' },
  { name: 'model version', method: 'GET', path: '/api/2.0/mlflow/unity-catalog/model-versions/get' },
  { name: 'versions of the MLflow run', method: 'GET', path: '/api/2.0/mlflow/unity-catalog/model-versions/search' },
] as const;

/** The wait that this one asks for is longer than the time for the request that cancels. */
const LATE = '429 with Retry-After';
/** Milliseconds of a limit of one minute, the request that cancels and the last look. */
const LIMIT_WITH_CANCEL_MS = 60_000 + 7_500;

const INPUTS = { reuse: 'succeeded', requireModel: 'true' };

describe('DatabricksRunWorkflow × faults', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await startWorkflowScene();
  });
  afterEach(async () => {
    scene.held = false;
    scene.onSleep = () => undefined;
    await switchOff(scene.workspace);
  });
  after(() => scene.stop());

  async function faulty(step: WorkflowStep, { rule }: FaultCase, request: Record<string, unknown>, inputs = {}) {
    const { name: _name, ...route } = request;
    await switchOn(scene.workspace, { ...route, ...rule });
    const begun = scene.clock.now();
    const host = await step.run({ ...INPUTS, ...inputs });
    const hits = (await rules(scene.workspace)).reduce((sum, record) => sum + record.hits, 0);
    assert.ok(hits > 0, `no request met the fault: ${host.debugLines.join('\n')}`);
    await switchOff(scene.workspace);
    return { host, milliseconds: scene.clock.now() - begun };
  }

  for (const request of REQUESTS) {
    describe(request.name, () => {
      for (const fault of PASSING) {
        it(`${fault.title}: green, one run, right outputs`, async () => {
          const step = await scene.newStep();
          const { host } = await faulty(step, fault, request);
          await mustBeGreen(step, host);
        });
      }
      for (const fault of STANDING) {
        it(`${fault.title}: ${fault.code}, and the step again ends green with one run`, async () => {
          const step = await scene.newStep();
          const { host, milliseconds } = await faulty(step, fault, request);
          assert.equal(host.result, 'Failed', host.printed);
          assert.equal(host.error?.code, fault.code, host.printed);
          assert.ok(host.error?.message.includes(request.path), host.error?.message);
          assert.ok(milliseconds <= REQUEST_DEADLINE_MS + 10_000, `${milliseconds} ms`);
          await mustBeGreen(step, await step.run(INPUTS));
        });
      }
    });
  }

  describe('other ways through the step', () => {
    const cancel = { method: 'POST', path: '/api/2.2/jobs/runs/cancel' };

    for (const fault of STANDING) {
      it(`an output that cannot be read (${fault.title}) is a warning where no model is required`, async () => {
        const step = await scene.newStep();
        const output = { method: 'GET', path: '/api/2.2/jobs/runs/get-output' };
        const { host } = await faulty(step, fault, output, { requireModel: 'false' });
        assert.equal(host.result, 'Succeeded', host.printed);
        assert.deepEqual(
          host.issues.map(({ type, code }) => [type, code]),
          [['warning', 'OUTPUT_UNREADABLE']],
        );
        assert.equal(host.outputs.get('modelVersion'), '');
      });
    }

    for (const fault of PASSING) {
      it(`cancel: ${fault.title}: the run ends`, async () => {
        const step = await heldStep((host) => host.cancel());
        // The time for the request that cancels is what the agent gives: a wait of 7 s is longer.
        const { host } = await faulty(step, fault, cancel);
        assert.equal(host.result, 'Canceled', host.printed);
        const late = fault.title === LATE;
        assert.equal(host.issues[0]?.code, late ? 'CANCEL_INCOMPLETE' : undefined, host.printed);
        await (late ? mustBeCancelledAfterJob(step, host) : mustBeCancelled(step));
      });
    }
    for (const fault of STANDING) {
      it(`cancel: ${fault.title}: a warning, and the post-job phase ends the run`, async () => {
        const step = await heldStep((host) => host.cancel());
        const { host, milliseconds } = await faulty(step, fault, cancel);
        assert.equal(host.result, 'Canceled', host.printed);
        assert.ok(milliseconds <= 7_500, `${milliseconds} ms`);
        assert.equal(host.issues[0]?.code, 'CANCEL_INCOMPLETE', host.printed);
        assert.ok(host.issues[0]?.message.includes(cancel.path), host.printed);
        await mustBeCancelledAfterJob(step, host);
      });
    }

    for (const fault of PASSING) {
      it(`time limit: ${fault.title}: the run ends`, async () => {
        const step = await heldStep();
        const { host } = await faulty(step, fault, cancel, { timeoutMinutes: '1' });
        assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
        await (fault.title === LATE ? mustBeCancelledAfterJob(step, host) : mustBeCancelled(step));
      });
    }
    for (const fault of STANDING) {
      it(`time limit: ${fault.title}: the limit stays the reason, and the post-job phase ends the run`, async () => {
        const step = await heldStep();
        const { host, milliseconds } = await faulty(step, fault, cancel, { timeoutMinutes: '1' });
        assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
        assert.ok(milliseconds <= LIMIT_WITH_CANCEL_MS, `${milliseconds} ms`);
        assert.ok(host.error?.message.includes(`may still run`), host.printed);
        await mustBeCancelledAfterJob(step, host);
      });
    }

    for (const status of [429, 503]) {
      it(`does not wait past its own limit for a workspace that answers ${status}`, async () => {
        const step = await heldStep();
        const look = { method: 'GET', path: '/api/2.2/jobs/runs/get', skip: 5 };
        const fault = { title: '', rule: { fault: { kind: 'status', status } }, code: '' };
        const { host, milliseconds } = await faulty(step, fault, look, { timeoutMinutes: '2' });
        assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
        assert.match(host.error?.message ?? '', /asked to end\. It could not be read at the end/);
        assert.ok(milliseconds <= 130_000, `${milliseconds} ms`);
        await mustBeCancelled(step);
      });
    }

    for (const [title, rule] of [
      ['once', { path: '/api/2.2/jobs/runs/get', skip: 1, count: 1, fault: { kind: 'token_expired' } }],
      [
        'until the client signs in again',
        { path: '/api/2.2/jobs/run-now', count: 1, fault: { kind: 'token_expired', until_sign_in: true } },
      ],
      [
        'and the token endpoint is away for a moment',
        { path: '/oidc/v1/token', count: 1, fault: { kind: 'status', status: 503 } },
      ],
    ] as const) {
      it(`a token that can be renewed is refused ${title}: green`, async () => {
        const step = await scene.newStep();
        await switchOn(scene.workspace, rule);
        const host = await step.run(INPUTS, secretConnection(scene.workspace.url));
        assert.equal((await rules(scene.workspace))[0]?.hits, 1);
        await mustBeGreen(step, host);
      });
    }

    it('a token that is refused each time it is renewed: UNAUTHENTICATED', async () => {
      const step = await scene.newStep();
      await switchOn(scene.workspace, { path: '/api/2.2/jobs/*path', fault: { kind: 'token_expired' } });
      const host = await step.run(INPUTS, secretConnection(scene.workspace.url));
      assert.equal(host.error?.code, 'UNAUTHENTICATED', host.printed);
      assert.equal((await rules(scene.workspace))[0]?.hits, 2);
    });

    for (const hours of [-26, -2, 2, 26]) {
      it(`the clock of the workspace is ${hours} h off: green, one run`, async () => {
        const step = await scene.newStep();
        const skew = { fault: { kind: 'clock_skew', milliseconds: hours * 3_600_000 } };
        await switchOn(scene.workspace, skew);
        await mustBeGreen(step, await step.run(INPUTS, secretConnection(scene.workspace.url)));
      });
    }
  });

  /** A step whose run goes on until it is cancelled. */
  async function heldStep(onSleep: (host: FakeHost) => void = () => undefined): Promise<WorkflowStep> {
    scene.held = true;
    scene.onSleep = onSleep;
    return scene.newStep();
  }

  async function mustBeCancelledAfterJob(step: WorkflowStep, host: FakeHost): Promise<void> {
    await step.afterJob(host);
    await mustBeCancelled(step);
  }
});

async function mustBeCancelled(step: WorkflowStep): Promise<void> {
  const [run, ...others] = await step.runs();
  assert.deepEqual(others, [], 'a second run was started');
  assert.ok(['TERMINATING', 'TERMINATED'].includes(run?.state.life_cycle_state ?? ''), JSON.stringify(run?.state));
}

async function mustBeGreen(step: WorkflowStep, host: FakeHost): Promise<void> {
  assert.equal(host.result, 'Succeeded', host.printed);
  const [run, ...others] = await step.runs();
  assert.deepEqual(others, [], 'a second run was started');
  const outputs = Object.fromEntries(host.outputs);
  assert.equal(outputs.runId, String(run?.run_id));
  assert.equal(outputs.resultState, 'SUCCESS');
  assert.equal(outputs.attempts, '1');
  assert.deepEqual([outputs.modelName, outputs.modelVersion, outputs.mlflowRunId], [MODEL, '1', step.mlflowRunId]);
  assert.equal(outputs.failedTasks, '');
}
