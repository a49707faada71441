import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from '../../local/pipelines/queue/queue-request';
import type { Decision } from '../../local/pipelines/run/run-request';
import { type Queued, stageResults, stepsIn } from '../support/queued-run';
import { APPROVER, approvalsOn, SAMPLE_PIPELINE, TemplateRuns } from '../support/template-run';
import { VirtualClock } from '../support/virtual-clock';

const ENVIRONMENT = 'mlops-diabetes-pull-request';

/** The sample's pipeline with other words about pull requests. */
function pipelineWith(pullRequest: string): string {
  const changed = SAMPLE_PIPELINE.replace(/pullRequest: \{.*\}/, `pullRequest: ${pullRequest}`);
  assert.notEqual(changed, SAMPLE_PIPELINE);
  return changed;
}

describe('the pull request of a fork, through the templates', () => {
  let runs: TemplateRuns;

  before(() => {
    runs = new TemplateRuns();
  });
  after(() => runs.remove());

  function pullRequest(words: string, around: Partial<Surroundings> = {}, fork = true): Promise<Queued> {
    const queuedFor = { reason: 'pullRequest', branch: 'refs/heads/topic', fork, schedule: undefined } as const;
    return runs.run(runs.folder(approvalsOn(ENVIRONMENT), pipelineWith(words)), '', 'promote', around, { queuedFor });
  }

  const says = (kind: 'approved' | 'rejected'): Partial<Surroundings> => ({
    decide: async () => ({ kind, by: APPROVER, comment: '' }),
  });
  const nobody = (): Partial<Surroundings> => {
    const clock = new VirtualClock();
    const decide: Surroundings['decide'] = async ({ approval }) => {
      await clock.advance(approval.timeoutMinutes * 60_000);
      return new Promise<Decision>(() => undefined);
    };
    return { clock, decide };
  };

  for (const [forks, what, around, integration] of [
    ['ask', 'approved', () => says('approved'), 'succeeded'],
    ['ask', 'rejected', () => says('rejected'), 'skipped'],
    ['ask', 'answered by nobody', nobody, 'skipped'],
    ['never', 'not even asked', () => says('approved'), undefined],
    ['always', 'not even asked', () => says('rejected'), 'succeeded'],
  ] as const) {
    it(`forks: ${forks}, ${what}: ends red`, async () => {
      const run = await pullRequest(`{ connection: dbx-pr, forks: ${forks} }`, around());
      const results = stageResults(run);
      assert.equal(results['unit'], 'succeeded', run.lines.join('\n'));
      assert.equal(results['integration'], integration);
      assert.equal(results['integration_verdict'], 'failed');
      assert.equal(run.record.result, 'failed');
      const used = stepsIn(run, 'integration').filter(({ task }) => task.startsWith('Databricks'));
      assert.deepEqual(new Set(used.map(({ result }) => result)), new Set(used.length === 0 ? [] : ['skipped']));
      const [issue] = stepsIn(run, 'integration_verdict').flatMap(({ issues }) => issues);
      assert.match(issue?.message ?? '', /did not succeed for this pull request/);
    });
  }

  it('forks: ask, not answered yet: waits, and so does the verdict', async () => {
    const run = await pullRequest('{ connection: dbx-pr }');
    assert.deepEqual(stageResults(run), {
      unit: 'succeeded',
      approve_integration: 'pending',
      integration: 'pending',
      integration_verdict: 'pending',
    });
    assert.equal(run.record.result, undefined);
  });

  for (const fork of [true, false]) {
    it(`without a connection: unit tests, and a warning of what did not run (${fork ? 'fork' : 'own branch'})`, async () => {
      const run = await pullRequest('{}', {}, fork);
      assert.deepEqual(stageResults(run), { unit: 'succeeded' });
      const [warning] = stepsIn(run, 'unit').flatMap(({ issues }) => issues);
      assert.equal(warning?.type, 'warning');
      assert.match(warning.message, /integration workflow did not run/);
    });
  }

  it('of an own branch is tested and green, and names nothing of a release', async () => {
    const run = await pullRequest('{ connection: dbx-pr }', {}, false);
    assert.equal(run.record.result, 'succeeded', run.lines.join('\n'));
    const expanded = readFileSync(join(run.folder, 'pipeline.yml'), 'utf8');
    assert.match(expanded, /dbx-pr\b/);
    assert.doesNotMatch(expanded, /dbx-(staging|prod)|-model\b|promote|serve/);
  });
});
