import { type Factors, pairwise } from './pairwise';
import { OCCASIONS, type Occasion } from './templates';

/** Parameters of templates/mlops.yml that go together, with what starts the run. */
export interface MlopsCase {
  readonly name: string;
  readonly occasion: Occasion;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const FACTORS: Factors = {
  occasion: Object.keys(OCCASIONS),
  models: ['one', 'two'],
  connection: ['name', 'roles', 'azure'],
  environments: ['two', 'three', 'development', 'production only'],
  pullRequest: ['none', 'ask', 'never', 'always', 'azure'],
  jobs: ['all', 'no training', 'no scoring', 'no integration', 'own names'],
  deployment: ['none given', 'batch', 'online', 'online with settings', 'online in production'],
  gates: ['default', 'manual everywhere', 'auto everywhere', 'evaluate manual', 'skip in staging'],
  variables: ['none', 'some'],
  python: ['default', 'own'],
  operation: ['auto', 'unit', 'release'],
  pool: ['default', 'named'],
};

/** Every value of every parameter beside every value of every other one, but for what the template refuses. */
export function mlopsCases(): readonly MlopsCase[] {
  return pairwise(FACTORS).map((one) => {
    const chosen = one as Record<keyof typeof FACTORS, string>;
    return {
      name: Object.values(chosen).join(', '),
      occasion: chosen['occasion'] as Occasion,
      parameters: parametersOf(chosen),
    };
  });
}

function parametersOf(chosen: Readonly<Record<string, string>>): Record<string, unknown> {
  const jobs = {
    all: {},
    'no training': { train: '' },
    'no scoring': { evaluate: '' },
    'no integration': { integration: '' },
    'own names': { train: 'fit', evaluate: 'score', integration: 'smoke' },
  }[chosen['jobs'] ?? ''];
  return {
    project: 'diabetes',
    ...(chosen['models'] === 'one'
      ? { model: { schema: 'diabetes', name: 'progression' } }
      : {
          models: [
            { schema: 'diabetes', name: 'progression' },
            { schema: 'care', name: 're-admission', policyFile: 'mlops/care.yml', jobs: { evaluate: 'evaluate-care' } },
          ],
        }),
    environments: environmentsOf(chosen),
    jobs,
    ...(chosen['jobs'] === 'no scoring' ? { predictions: 'table:staging.diabetes.scores' } : {}),
    ...pullRequestOf(chosen['pullRequest'] ?? ''),
    ...deploymentOf(chosen['deployment'] ?? ''),
    gates:
      {
        'manual everywhere': { promote: 'manual', evaluate: 'manual' },
        'auto everywhere': { promote: 'auto' },
        'evaluate manual': { evaluate: 'manual' },
      }[chosen['gates'] ?? ''] ?? {},
    variables: chosen['variables'] === 'some' ? { cohort: 'full', threshold: '0.5' } : {},
    python:
      chosen['python'] === 'own'
        ? {
            version: '3.11',
            requirements: 'dev.txt',
            testPath: 'tests',
            minCoverage: 80,
            index: 'https://index.example',
          }
        : {},
    operation: chosen['operation'],
    ...(chosen['pool'] === 'named' ? { pool: { name: 'agents' } } : {}),
  };
}

function environmentsOf(chosen: Readonly<Record<string, string>>): readonly unknown[] {
  const names =
    {
      two: ['staging', 'prod'],
      three: ['test', 'pre-prod', 'prod'],
      development: ['dev', 'staging', 'prod'],
      'production only': ['prod'],
    }[chosen['environments'] ?? ''] ?? [];
  return names.map((name) => ({
    name,
    catalog: name.replace('-', ''),
    ...connectionOf(chosen['connection'] ?? '', name),
    ...(name === 'dev' ? { development: true } : {}),
    ...(chosen['variables'] === 'some' && name === 'prod' ? { variables: { cohort: 'prod' }, warehouse: 'mlops' } : {}),
    ...(chosen['gates'] === 'skip in staging' && name !== 'prod'
      ? { gates: chosen['jobs'] === 'no training' ? { promote: 'skip' } : { promote: 'skip', evaluate: 'skip' } }
      : {}),
    ...(chosen['deployment'] === 'online in production' && name === 'prod'
      ? { deployment: { mode: 'online', endpoint: 'progression' } }
      : {}),
  }));
}

function connectionOf(kind: string, name: string): Record<string, unknown> {
  const azure = {
    azureSubscription: `azure-${name}`,
    workspaceUrl: `https://adb-1.${name.length}.azuredatabricks.net`,
  };
  switch (kind) {
    case 'roles':
      return { connection: `dbx-${name}`, connections: { run: `dbx-${name}-run`, promote: azure } };
    case 'azure':
      return azure;
    default:
      return { connection: `dbx-${name}` };
  }
}

function pullRequestOf(kind: string): Record<string, unknown> {
  switch (kind) {
    case 'none':
      return {};
    case 'azure':
      return {
        pullRequest: {
          connection: { azureSubscription: 'azure-pr', workspaceUrl: 'https://adb-9.9.azuredatabricks.net' },
          environment: 'forks',
          pool: { name: 'pull-requests' },
        },
      };
    default:
      return { pullRequest: { connection: 'dbx-pr', forks: kind } };
  }
}

function deploymentOf(kind: string): Record<string, unknown> {
  switch (kind) {
    case 'batch':
      return { deployment: { mode: 'batch', strategy: 'direct' } };
    case 'online':
      return { deployment: { mode: 'online', endpoint: 'progression' } };
    case 'online with settings':
      return {
        deployment: {
          mode: 'online',
          endpoint: 'progression',
          sampleRequests: 'mlops/sample-request.json',
          minConcurrency: 0,
          maxConcurrency: 4,
          environmentVariables: { LOG_LEVEL: 'info' },
        },
      };
    default:
      return {};
  }
}
