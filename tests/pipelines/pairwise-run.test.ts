import assert from 'node:assert/strict';
import type { QueuedFor } from '../../local/pipelines/queue/run-variables';
import { type MlopsCase, mlopsCases } from '../support/mlops-cases';
import { type Queued, stageResults, stepsIn } from '../support/queued-run';
import { APPROVER, approvalsOn, TemplateRuns } from '../support/template-run';
import { expandTemplate, namesOf, OCCASIONS, type Occasion, type Stage } from '../support/templates';

const QUEUED_FOR: Readonly<Record<Occasion, Pick<QueuedFor, 'reason' | 'branch' | 'fork'>>> = {
  push: { reason: 'push', branch: OCCASIONS.push['Build.SourceBranch'], fork: false },
  release: { reason: 'push', branch: OCCASIONS.release['Build.SourceBranch'], fork: false },
  tag: { reason: 'push', branch: OCCASIONS.tag['Build.SourceBranch'], fork: false },
  branch: { reason: 'push', branch: OCCASIONS.branch['Build.SourceBranch'], fork: false },
  pullRequest: { reason: 'pullRequest', branch: 'refs/heads/topic', fork: false },
  fork: { reason: 'pullRequest', branch: 'refs/heads/topic', fork: true },
};

/** The one step of the templates that is there for another end: it stops where the report allows no promotion. */
const STOP = 'Stop where the report allows no promotion';

interface Environment {
  readonly name: string;
  readonly gates?: { readonly promote?: string };
}

/** Keys of environments whose promotion asks nobody while the report says `promote`, by the words of docs/contract.md. */
function promotedUnasked({ parameters }: MlopsCase): readonly string[] {
  const environments = parameters['environments'] as readonly Environment[];
  const { promote } = parameters['gates'] as { promote?: string };
  return environments
    .filter((one) => (one.gates?.promote ?? promote ?? (one === environments.at(-1) ? 'manual' : 'auto')) === 'auto')
    .map(({ name }) => name.replace('-', '_'));
}

/** What a run of a case has to end with, stage by stage. */
function expectedResults(one: MlopsCase, stages: readonly Stage[]): Readonly<Record<string, string>> {
  const unasked = promotedUnasked(one).map((key) => new RegExp(`^approve_promote_${key}(?:_|$)`));
  return Object.fromEntries(
    namesOf(stages).map((name) => {
      if (name === 'integration_verdict' && one.occasion === 'fork') {
        return [name, 'failed'];
      }
      return [name, unasked.some((pattern) => pattern.test(name)) ? 'skipped' : 'succeeded'];
    }),
  );
}

/** Names of steps by their result, without those that succeeded. */
function otherSteps(run: Queued): ReadonlySet<string> {
  const steps = run.record.stages.flatMap(({ name }) => stepsIn(run, name));
  return new Set(
    steps.filter(({ result }) => result !== 'succeeded').map((step) => `${step.displayName}: ${step.result}`),
  );
}

describe('runs of templates/mlops.yml for every pair of its parameters, with our tasks stubbed', function () {
  this.timeout(60_000);
  let runs: TemplateRuns;

  before(() => {
    runs = new TemplateRuns();
  });

  after(() => runs.remove());

  for (const one of mlopsCases()) {
    it(`end as expected with ${one.name}`, async () => {
      const { occasion, parameters } = one;
      const stages = expandTemplate('templates/mlops.yml', parameters, OCCASIONS[occasion]);
      const guarded = stages
        .filter(({ stage }) => stage.startsWith('approve_'))
        .map(({ stage, jobs }) => [stage, jobs[0]?.environment?.name ?? ''] as const);
      const folder = runs.folder(
        approvalsOn(...guarded.map(([, environment]) => environment)),
        JSON.stringify({
          resources: { repositories: [{ repository: 'mlops', type: 'git', name: 'platform/mlops' }] },
          extends: { template: 'templates/mlops.yml@mlops', parameters },
        }),
      );
      const asked: string[] = [];
      const run = await runs.run(
        folder,
        '',
        'promote',
        {
          decide: async ({ check }) => {
            asked.push(check.resource.name);
            return { kind: 'approved', by: APPROVER, comment: '' };
          },
        },
        { queuedFor: { ...QUEUED_FOR[occasion], schedule: undefined } },
      );
      const expected = expectedResults(one, stages);
      assert.deepEqual(stageResults(run), expected, run.lines.join('\n'));
      const isRed = Object.values(expected).includes('failed');
      assert.equal(run.record.result, isRed ? 'failed' : 'succeeded');
      assert.deepEqual(
        asked.toSorted(),
        guarded.flatMap(([stage, environment]) => (expected[stage] === 'skipped' ? [] : [environment])).toSorted(),
      );
      if (!isRed) {
        assert.deepEqual(
          [...otherSteps(run)].filter((step) => step !== `${STOP}: skipped`),
          [],
        );
      }
    });
  }
});
