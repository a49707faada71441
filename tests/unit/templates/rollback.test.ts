import assert from 'node:assert/strict';
import { expandTemplate, OCCASIONS, type Step, stepsOfStages } from '../../support/templates';

describe('templates/rollback.yml', () => {
  const stepsOf = (environment: object, more: object = {}): readonly Step[] =>
    stepsOfStages(
      expandTemplate(
        'templates/rollback.yml',
        {
          project: 'diabetes',
          model: { schema: 'diabetes', name: 'progression' },
          environment: { name: 'staging', catalog: 'staging', connection: 'dbx', ...environment },
          reason: 'It is slow.',
          endpoint: 'progression-staging',
          ...more,
        },
        OCCASIONS.push,
      ),
    );
  const deploymentsOf = (steps: readonly Step[]) =>
    steps.filter(({ task }) => task === 'DatabricksDeployEndpoint@1').map(({ inputs }) => inputs);

  it('asks whether the endpoint can be deployed before the alias moves, with the inputs of the deployment', () => {
    const steps = stepsOf({}, { deployment: { workloadSize: 'Medium', environmentVariables: { A: 'b' } } });
    assert.deepEqual(
      steps.map(({ name }) => name).filter((name) => name !== undefined),
      ['servable', 'rollback', 'serve'],
    );
    const [check, deployment] = deploymentsOf(steps);
    const { dryRun, ...rest } = check ?? {};
    assert.equal(String(dryRun).toLowerCase(), 'true');
    assert.deepEqual(rest, deployment);
    assert.equal(deployment?.['workloadSize'], 'Medium');
  });

  it('asks no endpoint where there is none', () => {
    assert.deepEqual(deploymentsOf(stepsOf({}, { endpoint: '' })), []);
  });

  for (const [title, environment, deployment, purpose] of [
    ['for customers where nothing says otherwise', {}, {}, 'customers'],
    ['for customers in production', { production: true }, {}, 'customers'],
    ['for tests before production', { production: false }, {}, 'test'],
    ['for what the deployment says', { production: false }, { purpose: 'customers' }, 'customers'],
    ['for tests where the deployment says so', {}, { purpose: 'test' }, 'test'],
  ] as const) {
    it(`serves ${title}`, () => {
      const purposes = deploymentsOf(stepsOf(environment, { deployment })).map((inputs) => inputs?.['purpose']);
      assert.deepEqual(purposes, [purpose, purpose]);
    });
  }
});
