import { type Shape, TEXT_MAP, TEXT_OR_TEXTS, TEXTS } from './shape';

const STEPS: Shape = { list: '#step' };
const HOOK: Shape = { keys: { steps: STEPS, pool: '#pool' } };
const HOOKS: Readonly<Record<string, Shape>> = {
  preDeploy: HOOK,
  deploy: HOOK,
  routeTraffic: HOOK,
  postRouteTraffic: HOOK,
  on: { keys: { failure: HOOK, success: HOOK } },
};

const ANY_JOB: Readonly<Record<string, Shape>> = {
  displayName: 'text',
  dependsOn: TEXT_OR_TEXTS,
  condition: 'text',
  continueOnError: 'text',
  timeoutInMinutes: 'text',
  cancelTimeoutInMinutes: 'text',
  variables: { list: '#variable' },
  pool: '#pool',
  container: '#jobContainer',
  services: { values: '#jobContainer' },
  workspace: { keys: { clean: 'text' } },
  uses: { keys: { repositories: TEXTS, pools: TEXTS } },
  templateContext: 'anything',
};

/** Keys that a pipeline of steps alone may have, and that become those of its one job. */
export const JOB_KEYS_OF_STEPS: readonly string[] = [
  'pool',
  'container',
  'services',
  'workspace',
  'strategy',
  'continueOnError',
  'timeoutInMinutes',
  'cancelTimeoutInMinutes',
];

export const JOB_STRATEGY: Shape = {
  keys: { matrix: { either: ['text', { values: TEXT_MAP }] }, maxParallel: 'text', parallel: 'text' },
};

/** Jobs and deployment jobs. Source: the YAML schema reference. */
export const JOB_SHAPE: Shape = {
  byKey: {
    job: { keys: { job: 'text', ...ANY_JOB, strategy: JOB_STRATEGY, steps: STEPS }, required: ['job'] },
    deployment: {
      keys: {
        deployment: 'text',
        ...ANY_JOB,
        environment: {
          either: [
            'text',
            {
              keys: {
                name: 'text',
                resourceName: 'text',
                resourceId: 'text',
                resourceType: 'text',
                tags: TEXT_OR_TEXTS,
              },
            },
          ],
        },
        strategy: {
          keys: {
            runOnce: { keys: HOOKS },
            rolling: { keys: { maxParallel: 'text', ...HOOKS } },
            canary: { keys: { increments: TEXTS, ...HOOKS } },
          },
        },
      },
      required: ['deployment', 'environment', 'strategy'],
    },
  },
};

export const POOL_SHAPE: Shape = {
  either: ['text', { keys: { name: 'text', vmImage: 'text', demands: TEXT_OR_TEXTS, isolatedImage: 'text' } }],
};

export const JOB_CONTAINER_SHAPE: Shape = {
  either: [
    'text',
    {
      keys: {
        alias: 'text',
        image: 'text',
        endpoint: 'text',
        env: TEXT_MAP,
        mapDockerSocket: 'text',
        mountReadOnly: 'anything',
        options: 'text',
        ports: TEXTS,
        volumes: TEXTS,
        type: 'text',
        registry: 'text',
        repository: 'text',
        azureSubscription: 'text',
        resourceGroup: 'text',
        localImage: 'text',
      },
    },
  ],
};
