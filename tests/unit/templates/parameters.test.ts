import assert from 'node:assert/strict';
import { ExpandError } from '../../../local/pipelines/expand/expand-error';
import { mlopsCases } from '../../support/mlops-cases';
import { expandTemplate, namesOf, OCCASIONS, stepOf, stepsOfStages } from '../../support/templates';

const BASE = {
  project: 'diabetes',
  model: { schema: 'diabetes', name: 'progression' },
  environments: [
    { name: 'staging', catalog: 'staging', connection: 'dbx-staging' },
    { name: 'prod', catalog: 'prod', connection: 'dbx-prod' },
  ],
};
const [STAGING, PROD] = BASE.environments;

function mlops(parameters: object = {}, variables: Readonly<Record<string, string>> = OCCASIONS.release) {
  return expandTemplate('templates/mlops.yml', { ...BASE, ...parameters }, variables);
}

function refused(sentence: string, parameters: object, variables?: Readonly<Record<string, string>>): void {
  assert.throws(
    () => mlops(parameters, variables),
    (error: unknown) => {
      assert.ok(error instanceof ExpandError, String(error));
      assert.ok(error.sentences.startsWith(`${sentence}.`), error.sentences);
      return true;
    },
  );
}

describe('the parameters of templates/mlops.yml', () => {
  it('expand in every pair of values', () => {
    const cases = mlopsCases();
    assert.ok(cases.length >= 30, String(cases.length));
    for (const { name, occasion, parameters } of cases) {
      const stages = expandTemplate('templates/mlops.yml', parameters, OCCASIONS[occasion]);
      assert.equal(stages[0]?.stage, 'unit', name);
    }
  });

  describe('refuse', () => {
    const values = { evaluate: 'auto, manual, skip' };
    const cases: readonly [string, object][] = [
      ['jobs.monitor is not supported; jobs has train, evaluate, integration', { jobs: { monitor: 'monitor' } }],
      ['jobs.batch is not supported; jobs has train, evaluate, integration', { jobs: { batch: 'batch' } }],
      ['gates.deploy is not supported; gates has evaluate, promote', { gates: { deploy: 'manual' } }],
      [`gates.promote is off, and it has to be one of ${values.evaluate}`, { gates: { promote: 'off' } }],
      ['branches.hotfix is not supported; branches has staging, release, tags', { branches: { hotfix: 'x' } }],
      ['branches.release is r*/x, and * stands only at the end', { branches: { release: 'r*/x' } }],
      [
        'python.feed is not supported; python has version, requirements, testPath, minCoverage, index',
        { python: { feed: 'ours' } },
      ],
      [
        'pullRequest.fork is not supported; pullRequest has connection, environment, pool, forks',
        { pullRequest: { fork: 'ask' } },
      ],
      [
        'pullRequest.forks is sometimes, and it has to be one of ask, never, always',
        { pullRequest: { forks: 'sometimes' } },
      ],
      ['deployment.strategy is canary, and it has to be one of direct', { deployment: { strategy: 'canary' } }],
      [
        'deployment.mode is streaming, and it has to be one of batch, online, none',
        { environments: [{ ...STAGING, deployment: { mode: 'streaming' } }, PROD] },
      ],
      ['model.version is not supported; model has schema, name', { model: { ...BASE.model, version: 3 } }],
      ['neither model nor models is given, and there is nothing to train', { model: {} }],
      ['model has no schema', { model: { name: 'progression' } }],
      ['one of models has no name', { model: {}, models: [{ schema: 'diabetes' }] }],
      ['model and models are both given, keep one of the two', { models: [BASE.model] }],
      ['environments is empty, and a model needs one at least', { environments: [] }],
      ['an environment has no catalog', { environments: [{ name: 'prod', connection: 'dbx-prod' }] }],
      [
        'environment prod has no connection, and none for the role read',
        { environments: [{ name: 'prod', catalog: 'prod' }] },
      ],
      [
        'environment prod has no connection, and none for the role promote',
        {
          environments: [{ name: 'prod', catalog: 'prod', connections: { read: 'a', run: 'b' } }],
        },
      ],
      [
        'connections.deploy is not supported; connections has read, run, promote, serve',
        { environments: [STAGING, { ...PROD, connections: { deploy: 'dbx' } }] },
      ],
      [
        'environment prod has an azureSubscription and no workspaceUrl',
        { environments: [{ name: 'prod', catalog: 'prod', azureSubscription: 'azure' }] },
      ],
      [
        'environment prod has a connection and an azureSubscription, keep one of the two',
        { environments: [{ ...PROD, azureSubscription: 'azure', workspaceUrl: 'https://adb.example' }] },
      ],
      ['model progression has no job evaluate and no predictions', { jobs: { evaluate: '' } }],
      ['the deployment of progression in staging is online and names no endpoint', { deployment: { mode: 'online' } }],
      ['gates.promote is skip in prod, and production cannot skip its promotion', { gates: { promote: 'skip' } }],
      [
        'gates.evaluate is skip in staging, and promotion needs a report',
        { environments: [{ ...STAGING, gates: { evaluate: 'skip' } }, PROD] },
      ],
      [
        'environment staging neither trains nor evaluates, so there is nothing left to do',
        {
          jobs: { train: '' },
          environments: [{ ...STAGING, gates: { evaluate: 'skip', promote: 'skip' } }, PROD],
        },
      ],
    ];
    for (const [sentence, parameters] of cases) {
      it(sentence, () => refused(sentence, parameters));
    }

    it('a schedule, unless it says what it is for', () => {
      const schedule = { 'Build.Reason': 'Schedule', 'Build.SourceBranch': 'refs/heads/main' };
      refused(
        'scheduled runs need an operation other than auto, because no schedule has a meaning of its own yet',
        {},
        schedule,
      );
      assert.ok(namesOf(mlops({ operation: 'staging' }, schedule)).includes('train_staging'));
    });

    for (const key of ['environment', 'rollbackEnvironment', 'target']) {
      it(`${key} of an environment, which nothing reads yet`, () => {
        assert.throws(() => mlops({ environments: [STAGING, { ...PROD, [key]: 'x' }] }), {
          message: new RegExp(`environments\\.${key} is not supported`),
        });
      });
    }

    for (const name of [
      'bundlePath',
      'bundle',
      'activation',
      'requireEvidence',
      'waits',
      'driftPolicyFile',
      'version',
    ]) {
      it(`the parameter ${name}, which does not exist yet`, () => {
        assert.throws(() => mlops({ [name]: 'x' }), { message: new RegExp(`There is no parameter '${name}'`) });
      });
    }
  });

  it('name jobs by project and key', () => {
    const stages = mlops({ jobs: { train: 'fit', evaluate: 'score' } });
    assert.equal(stepOf(stages, 'integration', 'integration')?.inputs?.['job'], 'diabetes-integration');
    assert.equal(stepOf(stages, 'train_prod', 'train')?.inputs?.['job'], 'diabetes-fit');
    assert.equal(stepOf(stages, 'evaluate_prod', 'score')?.inputs?.['job'], 'diabetes-score');
  });

  it('hand jobs what contract 10.1 names', () => {
    const stages = mlops();
    const given = (stage: string, step: string) =>
      JSON.parse(stepOf(stages, stage, step)?.inputs?.['optionalJobParameters'] ?? '{}');
    const all = {
      catalog: 'prod',
      schema: 'diabetes',
      environment: 'prod',
      commit: '$(Build.SourceVersion)',
      release: '$(Build.BuildNumber)',
      run_url: '$(System.CollectionUri)$(System.TeamProjectId)/_build/results?buildId=$(Build.BuildId)',
      model_name: 'progression',
    };
    assert.deepEqual(given('train_prod', 'train'), all);
    assert.deepEqual(given('evaluate_prod', 'score'), {
      ...all,
      challenger_version: '$(resolve.modelVersion)',
      champion_version: '$(resolve.championVersion)',
      predictions_table: 'prod.diabetes.eval_predictions_progression',
    });
  });

  it('prefer the deployment of the environment, then of the model, then of all, key by key', () => {
    const stages = mlops({
      model: {},
      models: [{ ...BASE.model, deployment: { workloadSize: 'Medium', scaleToZero: true } }],
      deployment: { mode: 'online', endpoint: 'progression', workloadSize: 'Small', timeoutMinutes: 90 },
      environments: [{ ...STAGING, deployment: { workloadSize: 'Large', scaleToZero: false } }, PROD],
    });
    const inputs = (name: string) => stepOf(stages, name, 'serve')?.inputs;
    assert.deepEqual(inputs('serve_staging_progression'), {
      databricksConnection: 'dbx-staging',
      model: 'staging.diabetes.progression',
      endpoint: 'progression-staging',
      purpose: 'test',
      workloadSize: 'Large',
      scaleToZero: 'False',
      timeoutMinutes: '90',
    });
    assert.deepEqual(inputs('serve_prod_progression'), {
      databricksConnection: 'dbx-prod',
      model: 'prod.diabetes.progression',
      endpoint: 'progression',
      purpose: 'customers',
      workloadSize: 'Medium',
      scaleToZero: 'True',
      timeoutMinutes: '90',
    });
  });

  it('give every task the connection of its role', () => {
    const azure = { azureSubscription: 'azure', workspaceUrl: 'https://adb-1.1.azuredatabricks.net' };
    const stages = mlops({
      environments: [
        {
          name: 'prod',
          catalog: 'prod',
          connection: 'dbx',
          connections: { run: 'dbx-run', promote: azure, serve: 'dbx-serve' },
        },
      ],
      deployment: { mode: 'online', endpoint: 'progression' },
    });
    const connection = (stage: string, step: string) => {
      const { databricksConnection, azureSubscription, workspaceUrl } = stepOf(stages, stage, step)?.inputs ?? {};
      return databricksConnection ?? [azureSubscription, workspaceUrl];
    };
    assert.equal(connection('integration', 'integration'), 'dbx-run');
    assert.equal(connection('train_prod', 'train'), 'dbx-run');
    assert.equal(connection('evaluate_prod', 'score'), 'dbx-run');
    assert.equal(connection('evaluate_prod', 'evaluate'), 'dbx');
    assert.deepEqual(connection('promote_prod', 'promote'), ['azure', 'https://adb-1.1.azuredatabricks.net']);
    assert.equal(connection('serve_prod', 'serve'), 'dbx-serve');
  });

  it('give variables to stages and to the policy, those of the environment first', () => {
    const stages = mlops({
      variables: { cohort: 'full', region: 'west' },
      environments: [{ ...STAGING, variables: { cohort: 'small' } }, PROD],
    });
    const policy = (stage: string) =>
      JSON.parse(stepOf(stages, stage, 'evaluate')?.inputs?.['policyVariables'] ?? '{}');
    assert.deepEqual(policy('evaluate_staging'), {
      cohort: 'small',
      region: 'west',
      catalog: 'staging',
      schema: 'diabetes',
    });
    assert.deepEqual(policy('evaluate_prod'), { cohort: 'full', region: 'west', catalog: 'prod', schema: 'diabetes' });
    assert.deepEqual(stages.find(({ stage }) => stage === 'train_staging')?.variables, [
      { name: 'cohort', value: 'small' },
      { name: 'region', value: 'west' },
    ]);
  });

  it('include few enough files for four environments of three models', () => {
    const stages = mlops({
      model: {},
      models: ['a', 'b', 'c'].map((name) => ({ schema: 'diabetes', name })),
      environments: ['test', 'staging', 'pre-prod', 'prod'].map((name) => ({ name, catalog: name, connection: name })),
      deployment: { mode: 'online', endpoint: 'progression' },
    });
    assert.equal(stepsOfStages(stages).filter(({ task }) => task === 'DatabricksPromoteModel@1').length, 12);
  });
});
