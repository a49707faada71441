import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { removeJob, runTestJob, scriptStep, taskStep } from '../../support/agent-job';
import { HANDLERS, tokenScheme } from '../../support/agent-step';
import { mustNotAppear } from '../../support/captured-output';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';

const CHECK = 'DatabricksCheckConnection@1';

describe('a built task in a job', () => {
  let workspace: TestWorkspace;
  const check = (more: Partial<Parameters<typeof runTestJob>[0]> = {}, inputs = {}) =>
    runTestJob({
      connection: (name) =>
        name === 'staging' ? tokenScheme(workspace.url, mustNotAppear(workspace.token)) : undefined,
      steps: [
        taskStep(CHECK, { databricksConnection: 'staging', ...inputs }, { name: 'check' }),
        scriptStep(': 1\necho "failures [$(check.failures)]"; cat "$(check.reportPath)"', { condition: 'always()' }),
      ],
      ...more,
    });

  before(async () => {
    workspace = await startTestWorkspace();
  });
  after(() => workspace.stop());

  for (const { name, node } of HANDLERS) {
    it(`finds its connection and hands its outputs on (${name})`, async () => {
      const job = await check({ options: { nodeFor: () => node } });
      assert.equal(job.outcome.result, 'succeeded', job.lines.join('\n'));
      assert.equal(job.outcome.outputs.get('check.workspaceId')?.value, workspace.id);
      assert.ok(job.lines.includes('failures [0]'));
      assert.ok(!job.lines.join('\n').includes(workspace.token));
      const types = job.calls.map(([event, type]) => `${event} ${type}`);
      assert.ok(types.includes('attach Distributedtask.Core.Summary'), types.join(', '));
      removeJob(job);
    });
  }

  it('fails with its issue, whose code is recorded', async () => {
    const job = await check({}, { checks: 'telepathy' });
    assert.equal(job.outcome.result, 'failed');
    assert.deepEqual(
      job.step('check').issues.map(({ code }) => code),
      ['INPUT_INVALID'],
    );
    removeJob(job);
  });

  it('writes nothing secret into its log, even with System.Debug', async () => {
    const job = await check({ variables: { 'System.Debug': 'true' } });
    const log = readFileSync(`${job.folder}/run/${job.step('check').log}`, 'utf8');
    assert.ok(log.includes('##[debug]'));
    assert.ok(!log.includes(workspace.token) && !log.includes('job-token-of-the-test'));
    removeJob(job);
  });

  it('is skipped for the pull request of a fork', async () => {
    const job = await check({ withholdsConnections: true });
    assert.equal(job.step('check').result, 'skipped');
    removeJob(job);
  });
});
