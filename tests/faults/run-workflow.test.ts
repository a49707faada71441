import assert from 'node:assert/strict';
import type { FakeHost } from '../support/fake-host';
import { type FaultCase, PASSING, REQUEST_DEADLINE_MS, STANDING } from './fault-cases';
import { rules, switchOff, switchOn } from './fault-control';
import { MODEL, startWorkflowScene, type WorkflowScene, type WorkflowStep } from './workflow-scene';

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
  { name: 'model version', method: 'GET', path: '/api/2.0/mlflow/unity-catalog/model-versions/get' },
  { name: 'versions of the MLflow run', method: 'GET', path: '/api/2.0/mlflow/unity-catalog/model-versions/search' },
] as const;

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
});

async function mustBeGreen(step: WorkflowStep, host: FakeHost): Promise<void> {
  assert.equal(host.result, 'Succeeded', host.printed);
  const [run, ...others] = await step.runs();
  assert.deepEqual(others, [], 'a second run was started');
  const outputs = Object.fromEntries(host.outputs);
  assert.equal(outputs.runId, String(run?.run_id));
  assert.equal(outputs.resultState, 'SUCCESS');
  assert.equal(outputs.attempts, '1');
  assert.deepEqual([outputs.modelName, outputs.modelVersion, outputs.mlflowRunId], [MODEL, '1', 'r1']);
  assert.equal(outputs.failedTasks, '');
}
