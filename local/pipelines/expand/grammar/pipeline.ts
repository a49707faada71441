import { JOB_CONTAINER_SHAPE, JOB_SHAPE, JOB_STRATEGY, POOL_SHAPE } from './jobs';
import { type Shape, TEXT_OR_TEXTS, TEXTS } from './shape';
import { STEP_SHAPE } from './steps';

const FILTER: Shape = { either: [TEXTS, { keys: { include: TEXTS, exclude: TEXTS } }] };

const TRIGGER: Shape = {
  either: ['text', TEXTS, { keys: { enabled: 'text', batch: 'text', branches: FILTER, paths: FILTER, tags: FILTER } }],
};

const PR: Shape = {
  either: [
    'text',
    TEXTS,
    { keys: { enabled: 'text', autoCancel: 'text', drafts: 'text', branches: FILTER, paths: FILTER } },
  ],
};

const SCHEDULES: Shape = {
  list: {
    keys: { cron: 'text', displayName: 'text', branches: FILTER, batch: 'text', always: 'text' },
    required: ['cron'],
  },
};

/** The form from before there were repository resources; pipelines with `- repo: self` are still about. Source: templates of the service. */
const SOURCES: Shape = {
  list: { keys: { repo: 'text', clean: 'text', fetchDepth: 'text', lfs: 'text' }, required: ['repo'] },
};

const RESOURCES: Shape = {
  keys: {
    repositories: {
      list: {
        keys: {
          repository: 'text',
          type: 'text',
          name: 'text',
          ref: 'text',
          endpoint: 'text',
          trigger: TRIGGER,
          clean: 'text',
          fetchDepth: 'text',
          fetchTags: 'text',
          lfs: 'text',
          submodules: 'text',
          persistCredentials: 'text',
        },
        required: ['repository'],
      },
    },
    pipelines: { list: { byKey: { pipeline: 'anything' } } },
    builds: { list: { byKey: { build: 'anything' } } },
    containers: { list: { byKey: { container: 'anything' } } },
    packages: { list: { byKey: { package: 'anything' } } },
    webhooks: { list: { byKey: { webhook: 'anything' } } },
  },
};

/** What stands beside stages, jobs or steps. */
const ROOT: Readonly<Record<string, Shape>> = {
  name: 'text',
  appendCommitMessageToRunName: 'text',
  trigger: TRIGGER,
  pr: PR,
  schedules: SCHEDULES,
  parameters: 'anything',
  resources: { either: [SOURCES, RESOURCES] },
  variables: { list: '#variable' },
  lockBehavior: 'text',
  pool: '#pool',
};

const STEPS_ROOT: Readonly<Record<string, Shape>> = {
  ...ROOT,
  steps: { list: '#step' },
  strategy: JOB_STRATEGY,
  continueOnError: 'text',
  timeoutInMinutes: 'text',
  cancelTimeoutInMinutes: 'text',
  container: '#jobContainer',
  services: { values: '#jobContainer' },
  workspace: { keys: { clean: 'text' } },
};

const STAGE: Shape = {
  byKey: {
    stage: {
      keys: {
        stage: 'text',
        displayName: 'text',
        group: 'text',
        pool: '#pool',
        dependsOn: TEXT_OR_TEXTS,
        condition: 'text',
        variables: { list: '#variable' },
        jobs: { list: '#job' },
        lockBehavior: 'text',
        trigger: 'text',
        isSkippable: 'text',
        templateContext: 'anything',
      },
      required: ['stage'],
    },
  },
};

/** The whole grammar by name. Source: the YAML schema reference; stage keys of 2026 (trigger, isSkippable, group) included. */
export const GRAMMAR: Readonly<Record<string, Shape>> = {
  pipeline: {
    byKey: {
      extends: {
        keys: { ...ROOT, extends: { keys: { template: 'text', parameters: 'anything' }, required: ['template'] } },
      },
      stages: { keys: { ...ROOT, stages: { list: '#stage' } } },
      jobs: { keys: { ...ROOT, jobs: { list: '#job' } } },
      steps: { keys: STEPS_ROOT },
    },
  },
  stage: STAGE,
  job: JOB_SHAPE,
  step: STEP_SHAPE,
  pool: POOL_SHAPE,
  jobContainer: JOB_CONTAINER_SHAPE,
  variable: {
    byKey: {
      name: { keys: { name: 'text', value: 'text', readonly: 'text' }, required: ['name'] },
      group: { keys: { group: 'text' }, required: ['group'] },
    },
  },
};
