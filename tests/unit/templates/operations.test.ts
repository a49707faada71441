import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expandTemplate, namesOf, OCCASIONS, type Occasion } from '../../support/templates';

const BASE = {
  project: 'diabetes',
  model: { schema: 'diabetes', name: 'progression' },
  environments: [
    { name: 'staging', catalog: 'staging', connection: 'dbx-staging' },
    { name: 'prod', catalog: 'prod', connection: 'dbx-prod' },
  ],
  pullRequest: { connection: 'dbx-pr' },
};
const STAGING = ['train_staging', 'evaluate_staging', 'approve_promote_staging', 'promote_staging'];
const PRODUCTION = STAGING.map((name) => name.replace('staging', 'prod'));

function stages(parameters: object, variables: Readonly<Record<string, string>>): readonly string[] {
  return namesOf(expandTemplate('templates/mlops.yml', { ...BASE, ...parameters }, variables));
}

describe('the stages of a run of templates/mlops.yml', () => {
  const table: readonly [Occasion, readonly string[]][] = [
    ['push', ['unit', 'integration', ...STAGING]],
    ['release', ['unit', 'integration', ...STAGING, ...PRODUCTION]],
    ['tag', ['unit', 'integration', ...STAGING, ...PRODUCTION]],
    ['branch', ['unit']],
    ['pullRequest', ['unit', 'integration', 'integration_verdict']],
    ['fork', ['unit', 'approve_integration', 'integration', 'integration_verdict']],
  ];
  for (const [occasion, expected] of table) {
    it(`for a ${occasion}`, () => assert.deepEqual(stages({}, OCCASIONS[occasion]), expected));
  }

  it('for a fork by the fork rule', () => {
    const fork = (forks: string) => stages({ pullRequest: { connection: 'dbx-pr', forks } }, OCCASIONS.fork);
    assert.deepEqual(fork('never'), ['unit', 'integration_verdict']);
    assert.deepEqual(fork('always'), ['unit', 'integration', 'integration_verdict']);
  });

  it('for a pull request of which nobody says whether it is a fork, as for a fork', () => {
    for (const reason of ['PullRequest', 'Manual']) {
      const unsaid = { 'Build.Reason': reason, 'Build.SourceBranch': 'refs/pull/7/merge' };
      assert.deepEqual(stages({}, unsaid), stages({}, OCCASIONS.fork), reason);
      const said = (isFork: string) => stages({}, { ...unsaid, 'System.PullRequest.IsFork': isFork });
      assert.deepEqual(said(''), stages({}, OCCASIONS.fork), reason);
      assert.deepEqual(said('False'), stages({}, OCCASIONS.pullRequest), reason);
    }
  });

  it('for a pull request without a connection: unit tests and a warning', () => {
    const expanded = expandTemplate('templates/mlops.yml', { ...BASE, pullRequest: {} }, OCCASIONS.pullRequest);
    assert.deepEqual(namesOf(expanded), ['unit']);
    const warning = expanded[0]?.jobs[0]?.steps?.at(-1);
    assert.match(warning?.env?.['WARNING'] ?? '', /integration workflow did not run/);
  });

  it('for a branch beside development environments', () => {
    const environments = [
      { name: 'dev', catalog: 'dev', connection: 'dbx-dev', development: true },
      ...BASE.environments,
    ];
    const dev = STAGING.map((name) => name.replace('staging', 'dev'));
    assert.deepEqual(stages({ environments }, OCCASIONS.branch), ['unit', 'integration', ...dev]);
    assert.deepEqual(stages({ environments }, OCCASIONS.release), ['unit', 'integration', ...STAGING, ...PRODUCTION]);
  });

  it('of an operation chosen by hand, but never for a pull request', () => {
    const release = { operation: 'release' };
    assert.deepEqual(stages(release, OCCASIONS.branch), stages({}, OCCASIONS.release));
    assert.deepEqual(stages(release, OCCASIONS.fork), stages({}, OCCASIONS.fork));
    const byHand = { 'Build.Reason': 'Manual', 'Build.SourceBranch': 'refs/pull/7/merge' };
    assert.deepEqual(stages(release, byHand), stages({}, OCCASIONS.fork));
  });

  it('by branches of your own', () => {
    const branches = { staging: 'develop', release: 'main', tags: 'diabetes/v*' };
    const on = (ref: string) => stages({ branches }, { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': ref });
    assert.ok(on('refs/heads/main').includes('promote_prod'));
    assert.ok(on('refs/tags/diabetes/v2').includes('promote_prod'));
    assert.deepEqual(on('refs/tags/v2'), ['unit']);
    assert.ok(
      !on('refs/heads/develop').includes('promote_prod') && on('refs/heads/develop').includes('promote_staging'),
    );
    assert.deepEqual(on('refs/heads/develop2'), ['unit']);
  });

  it('by branches without regard to case, as docs/gates.md says', () => {
    const on = (ref: string) => stages({}, { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': ref });
    assert.deepEqual(on('refs/heads/MAIN'), stages({}, OCCASIONS.push));
    assert.deepEqual(on('refs/heads/Release/1.0'), stages({}, OCCASIONS.release));
  });

  it('with production where it is said to be, else the last', () => {
    const [staging, prod] = BASE.environments;
    const both = { environments: [{ ...staging, production: true }, prod] };
    assert.deepEqual(stages(both, OCCASIONS.push), ['unit']);
    assert.deepEqual(stages({ environments: [staging, { ...prod, production: false }] }, OCCASIONS.push), [
      'unit',
      'integration',
      ...STAGING,
      ...PRODUCTION,
    ]);
  });

  it('of a pull request name nothing of a release, whatever the environments are', () => {
    const word = fc.stringMatching(/^[a-z]{3,8}$/);
    const environment = fc.record({
      name: word.map((name) => `env${name}`),
      catalog: word.map((name) => `cat${name}`),
      modelEnvironment: word.map((name) => `secretmodel${name}`),
      connection: word.map((name) => `secretdbx${name}`),
      connections: fc.record(
        {
          run: word.map((name) => `secretrun${name}`),
          promote: word.map((name) => ({
            azureSubscription: `secretazure${name}`,
            workspaceUrl: `https://secret${name}`,
          })),
        },
        { requiredKeys: [] },
      ),
      development: fc.boolean(),
    });
    const given = fc.record({
      environments: fc.uniqueArray(environment, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
      forks: fc.constantFrom('ask', 'never', 'always'),
      occasion: fc.constantFrom('pullRequest' as const, 'fork' as const),
      operation: fc.constantFrom('auto', 'release', 'staging', 'development'),
      mode: fc.constantFrom('batch', 'online'),
    });
    fc.assert(
      fc.property(given, ({ environments, forks, occasion, operation, mode }) => {
        const expanded = expandTemplate(
          'templates/mlops.yml',
          {
            ...BASE,
            environments,
            operation,
            deployment: { mode, endpoint: 'progression' },
            pullRequest: { connection: 'dbx-pr', forks },
          },
          OCCASIONS[occasion],
        );
        const text = JSON.stringify(expanded);
        assert.doesNotMatch(text, /secret/);
        for (const { name } of environments) {
          assert.ok(!text.includes(name), name);
        }
      }),
      { seed: 41, numRuns: 60 },
    );
  });
});
