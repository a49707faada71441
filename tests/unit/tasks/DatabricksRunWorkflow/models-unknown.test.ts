import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { FakeHost } from '../../../support/fake-host';
import { type HttpDouble, startDouble } from '../../../support/http-double';
import { runWorkflow, workflowHost } from './workflow-step';

const TIMES = { start_time: 1_000, end_time: 61_000 };
const state = (result_state: string) => ({ life_cycle_state: 'TERMINATED', result_state });

describe('what a run left in MLflow, when that cannot be read', () => {
  let server: HttpDouble;
  let result: 'FAILED' | 'SUCCESS';
  let logs: string;
  beforeEach(async () => {
    logs = '';
    server = await startDouble(({ url }) => {
      const { pathname } = new URL(url, 'http://localhost');
      switch (pathname) {
        case '/api/2.2/jobs/runs/get': {
          const main = { run_id: 70, task_key: 'train', ...TIMES, state: state(result) };
          return { json: { run_id: 7, ...TIMES, state: state(result), tasks: [main] } };
        }
        case '/api/2.2/jobs/runs/get-output': {
          const error = { error: 'ValueError: no rows', error_trace: 'Traceback\nValueError: no rows' };
          return { json: { ...(result === 'FAILED' ? error : {}), logs } };
        }
        case '/api/2.0/mlflow/experiments/search':
          return logs === ''
            ? { status: 403, json: { error_code: 'PERMISSION_DENIED', message: 'No.' } }
            : { json: {} };
        default:
          return { json: {} };
      }
    });
  });
  afterEach(() => server.close());

  async function step(inputs: Record<string, string> = {}): Promise<FakeHost> {
    const host = workflowHost(server.url, { action: 'attach', runId: '7', ...inputs });
    return runWorkflow(host);
  }
  const known = ({ outputs }: FakeHost) =>
    ['resultState', 'failedTasks', 'durationSeconds', 'modelsFound', 'modelVersions'].map((name) => outputs.get(name));
  const written = ({ outputs }: FakeHost) => JSON.parse(readFileSync(outputs.get('outputsPath') ?? '', 'utf8'));

  it('is a warning after a run that failed: its own failure is shown and is the reason', async () => {
    result = 'FAILED';
    const host = await step();
    assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
    assert.match(host.error?.message ?? '', /Task 'train': ValueError: no rows/);
    assert.deepEqual(known(host), ['FAILED', 'train', '60', '', '']);
    assert.ok(host.lines.includes('Traceback'), host.printed);
    assert.deepEqual(
      host.issues.map(({ type, code }) => [type, code]),
      [
        ['warning', 'PERMISSION_DENIED'],
        ['error', 'RUN_FAILED'],
      ],
    );
    assert.equal(written(host).modelsUnknown.code, 'PERMISSION_DENIED');
  });

  for (const inputs of [{}, { requireModel: 'true' }]) {
    it(`fails the step after a run that succeeded, with its result set: ${JSON.stringify(inputs)}`, async () => {
      result = 'SUCCESS';
      const host = await step(inputs);
      assert.equal(host.error?.code, 'PERMISSION_DENIED', host.printed);
      assert.match(host.error?.message ?? '', /mlflow\/experiments\/search/);
      assert.deepEqual(known(host), ['SUCCESS', '', '60', '', '']);
      assert.equal(written(host).result, 'SUCCESS');
    });
  }

  it('is a warning where the line of a script for it cannot be read', async () => {
    result = 'SUCCESS';
    logs = 'mlops-result: {"model_name": "a.b.c", "model_version": \n';
    const host = await step();
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(
      host.issues.map(({ code }) => code),
      ['RESULT_LINE_UNREADABLE'],
    );
    assert.match(host.issues[0]?.message ?? '', /task 'train'.*cannot be read: \{"model_name"/);
    assert.equal((await step({ requireModel: 'true' })).error?.code, 'MODEL_REQUIRED');
  });
});
