import assert from 'node:assert/strict';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { type HttpDouble, startDouble } from '../../../support/http-double';

/** Life cycle and result on the wire, the result that the step names, and the word of `failOn` that it falls under; none: always fails. */
const FINAL = [
  ['TERMINATED', 'FAILED', 'FAILED', 'failed'],
  ['INTERNAL_ERROR', 'FAILED', 'INTERNAL_ERROR', undefined],
  ['SKIPPED', 'MAXIMUM_CONCURRENT_RUNS_REACHED', 'MAXIMUM_CONCURRENT_RUNS_REACHED', 'failed'],
  ['SKIPPED', undefined, 'SKIPPED', 'failed'],
  ['TERMINATED', 'UPSTREAM_FAILED', 'UPSTREAM_FAILED', 'failed'],
  ['TERMINATED', 'EXCLUDED', 'EXCLUDED', 'failed'],
  ['SKIPPED', 'DISABLED', 'DISABLED', 'failed'],
  ['TERMINATED', 'TIMEDOUT', 'TIMEDOUT', 'timedout'],
  ['TERMINATED', 'CANCELED', 'CANCELED', 'canceled'],
  ['TERMINATED', 'UPSTREAM_CANCELED', 'UPSTREAM_CANCELED', 'canceled'],
  ['TERMINATED', 'SUCCESS_WITH_FAILURES', 'SUCCESS_WITH_FAILURES', 'successWithFailures'],
  ['TERMINATED', 'SOMETHING_NEW', 'UNKNOWN', undefined],
  ['TERMINATED', undefined, 'UNKNOWN', undefined],
] as const;
const WORDS = ['failed', 'timedout', 'canceled', 'successWithFailures'];
const CHOICES = [
  WORDS,
  ...WORDS.map((word) => [word]),
  ...WORDS.map((word) => WORDS.filter((other) => other !== word)),
];

describe('failOn', () => {
  let server: HttpDouble;
  let state: Record<string, string> = {};
  before(async () => {
    server = await startDouble(({ url }) => ({
      json: url.includes('/runs/get?') ? { run_id: 7, state, tasks: [{ run_id: 8, task_key: 'a', state }] } : {},
    }));
  });
  after(() => server.close());

  async function step(failOn: readonly string[]): Promise<FakeHost> {
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', action: 'attach', runId: '7', failOn: failOn.join(',') },
      connections: { dbx: tokenConnection(server.url, 'dapi-token') },
    });
    await runTask(task, readInputs, run, host, new AutoClock());
    return host;
  }

  for (const [life_cycle_state, result_state, named, word] of FINAL) {
    it(`${life_cycle_state}/${result_state ?? ''} fails the step under ${word ?? 'every choice'}, and under no other`, async () => {
      state = { life_cycle_state, ...(result_state === undefined ? {} : { result_state }) };
      for (const failOn of CHOICES) {
        const host = await step(failOn);
        const fails = word === undefined || failOn.includes(word);
        assert.equal(host.result, fails ? 'Failed' : 'Succeeded', `${failOn}: ${host.printed}`);
        assert.equal(host.outputs.get('result'), fails ? 'failed' : 'succeeded');
        assert.equal(host.outputs.get('resultState'), named);
      }
    });
  }

  it('leaves a success green under every choice', async () => {
    state = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };
    for (const failOn of CHOICES) {
      assert.equal((await step(failOn)).result, 'Succeeded');
    }
  });
});
