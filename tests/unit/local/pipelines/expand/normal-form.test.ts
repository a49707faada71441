import assert from 'node:assert/strict';
import { expanded, expandedText, stepsOf } from '../../../../support/expand-pipeline';

const STEPS: readonly (readonly [title: string, step: string, normal: Readonly<Record<string, unknown>>])[] = [
  ['script', '- script: a', { task: 'CmdLine@2', inputs: { script: 'a' } }],
  [
    'script with everything',
    '- displayName: D\n  script: a\n  failOnStderr: true\n  workingDirectory: w\n  env: {A: b}\n  name: n',
    {
      task: 'CmdLine@2',
      displayName: 'D',
      env: { A: 'b' },
      name: 'n',
      inputs: { script: 'a', failOnStderr: 'true', workingDirectory: 'w' },
    },
  ],
  ['bash', '- bash: a', { task: 'Bash@3', inputs: { targetType: 'inline', script: 'a' } }],
  [
    'powershell',
    '- powershell: a\n  errorActionPreference: stop',
    { task: 'PowerShell@2', inputs: { targetType: 'inline', script: 'a', errorActionPreference: 'stop' } },
  ],
  [
    'pwsh',
    '- pwsh: a\n  ignoreLASTEXITCODE: true',
    { task: 'PowerShell@2', inputs: { targetType: 'inline', script: 'a', pwsh: 'true', ignoreLASTEXITCODE: 'true' } },
  ],
  [
    'checkout',
    '- checkout: self\n  fetchDepth: 0\n  clean: true',
    { task: '6d15af64-176c-496d-b583-fd2ae21d4df4@1', inputs: { repository: 'self', fetchDepth: '0', clean: 'true' } },
  ],
  [
    'checkout of nothing',
    '- checkout: none',
    { task: '6d15af64-176c-496d-b583-fd2ae21d4df4@1', condition: 'false', inputs: { repository: 'none' } },
  ],
  [
    'publish',
    '- publish: out\n  artifact: drop',
    { task: 'ecdc45f6-832d-4ad9-b52b-ee49e94659be@1', inputs: { path: 'out', artifactName: 'drop' } },
  ],
  [
    'download',
    '- download: current\n  artifact: drop\n  patterns: "*.txt"',
    {
      task: '30f35852-3f7e-4c0c-9a88-e127b4f97211@1',
      inputs: { alias: 'current', artifact: 'drop', patterns: '*.txt' },
    },
  ],
  ['a task', '- task: Delay@1\n  inputs: {delayForMinutes: 5}', { task: 'Delay@1', inputs: { delayForMinutes: '5' } }],
  [
    'a task with common keys',
    '- task: a.b.c.T@1\n  condition: always()\n  continueOnError: true\n  enabled: false\n  timeoutInMinutes: 5\n  retryCountOnTaskFailure: 2\n  target: host',
    {
      task: 'a.b.c.T@1',
      condition: 'always()',
      continueOnError: 'true',
      enabled: 'false',
      timeoutInMinutes: '5',
      retryCountOnTaskFailure: '2',
      target: 'host',
    },
  ],
  [
    'a target with keys',
    '- script: a\n  target: {container: c, commands: restricted, settableVariables: [x]}',
    {
      task: 'CmdLine@2',
      target: { container: 'c', commands: 'restricted', settableVariables: ['x'] },
      inputs: { script: 'a' },
    },
  ],
];

const STEP = { steps: [{ task: 'CmdLine@2', inputs: { script: 'x' } }] };

const ROOTS: readonly (readonly [title: string, pipeline: string, normal: unknown])[] = [
  ['steps', 'steps:\n- script: x\n', { stages: [{ stage: '__default', jobs: [{ job: 'Job', ...STEP }] }] }],
  [
    'steps with what a job has',
    'pool: p\ncontainer: c\nsteps:\n- script: x\ntimeoutInMinutes: 5\n',
    {
      stages: [
        {
          stage: '__default',
          jobs: [{ job: 'Job', pool: { name: 'p' }, container: { alias: 'c' }, timeoutInMinutes: '5', ...STEP }],
        },
      ],
    },
  ],
  [
    'jobs',
    'pool: p\njobs:\n- job: a\n  steps:\n  - script: x\n',
    { pool: { name: 'p' }, stages: [{ stage: '__default', jobs: [{ job: 'a', ...STEP }] }] },
  ],
  [
    'a job without name',
    'jobs:\n- job:\n  steps:\n  - script: x\n',
    { stages: [{ stage: '__default', jobs: [{ job: '', ...STEP }] }] },
  ],
  ['stages', 'stages:\n- stage: s\n', { stages: [{ stage: 's' }] }],
  [
    'dependsOn',
    'stages:\n- stage: r\n- stage: s\n  dependsOn: r\n  jobs:\n  - job: a\n    dependsOn: b\n  - job: b\n    dependsOn: []\n  - job: c\n    dependsOn: [a, b]\n',
    {
      stages: [
        { stage: 'r' },
        {
          stage: 's',
          dependsOn: ['r'],
          jobs: [
            { job: 'a', dependsOn: ['b'] },
            { job: 'b', dependsOn: [] },
            { job: 'c', dependsOn: ['a', 'b'] },
          ],
        },
      ],
    },
  ],
  [
    'no trigger',
    'trigger: none\npr: none\nsteps:\n- script: x\n',
    {
      trigger: { enabled: 'false' },
      pr: { enabled: 'false' },
      stages: [{ stage: '__default', jobs: [{ job: 'Job', ...STEP }] }],
    },
  ],
  [
    'branches as trigger',
    'trigger: [main, release/*]\npr:\n  branches: [main]\n  drafts: false\nsteps:\n- script: x\n',
    {
      trigger: { branches: { include: ['main', 'release/*'] } },
      pr: { branches: { include: ['main'] }, drafts: 'false' },
      stages: [{ stage: '__default', jobs: [{ job: 'Job', ...STEP }] }],
    },
  ],
  [
    'an expression in a trigger',
    "trigger:\n- ${{ 'main' }}\nsteps:\n- script: x\n",
    { trigger: { branches: { include: ['main'] } }, stages: [{ stage: '__default', jobs: [{ job: 'Job', ...STEP }] }] },
  ],
  [
    'variables as a mapping',
    'variables:\n  a: 1\n  b: ${{ variables.a }}2\nsteps:\n- script: x\n',
    {
      variables: [
        { name: 'a', value: '1' },
        { name: 'b', value: '12' },
      ],
      stages: [{ stage: '__default', jobs: [{ job: 'Job', ...STEP }] }],
    },
  ],
  [
    'variables as a list',
    'variables:\n- name: a\n  value: 1\n  readonly: true\n- group: g\nsteps:\n- script: x\n',
    {
      variables: [{ name: 'a', value: '1', readonly: 'true' }, { group: 'g' }],
      stages: [{ stage: '__default', jobs: [{ job: 'Job', ...STEP }] }],
    },
  ],
  [
    'a deployment',
    'jobs:\n- deployment: d\n  environment: e\n  strategy:\n    runOnce:\n      preDeploy: {steps: [{script: x}]}\n      deploy: {steps: [{script: x}]}\n      on:\n        failure: {steps: [{script: x}]}\n        success: {steps: [{script: x}]}\n',
    {
      stages: [
        {
          stage: '__default',
          jobs: [
            {
              deployment: 'd',
              environment: { name: 'e' },
              strategy: { runOnce: { preDeploy: STEP, deploy: STEP, on: { failure: STEP, success: STEP } } },
            },
          ],
        },
      ],
    },
  ],
  [
    'an environment with a resource',
    'jobs:\n- deployment: d\n  environment: {name: e, resourceType: virtualMachine, tags: a}\n  strategy: {rolling: {maxParallel: 2, deploy: {steps: []}}}\n',
    {
      stages: [
        {
          stage: '__default',
          jobs: [
            {
              deployment: 'd',
              environment: { name: 'e', resourceType: 'virtualMachine', tags: 'a' },
              strategy: { rolling: { maxParallel: '2', deploy: { steps: [] } } },
            },
          ],
        },
      ],
    },
  ],
  [
    'canary',
    'jobs:\n- deployment: d\n  environment: e\n  strategy: {canary: {increments: [10, 50], deploy: {pool: server, steps: []}}}\n',
    {
      stages: [
        {
          stage: '__default',
          jobs: [
            {
              deployment: 'd',
              environment: { name: 'e' },
              strategy: { canary: { increments: ['10', '50'], deploy: { pool: 'server', steps: [] } } },
            },
          ],
        },
      ],
    },
  ],
  [
    'a matrix',
    'jobs:\n- job: a\n  strategy:\n    matrix:\n      one: {steps: x, py: "3.10"}\n    maxParallel: 2\n  steps:\n  - script: x\n',
    {
      stages: [
        {
          stage: '__default',
          jobs: [{ job: 'a', strategy: { matrix: { one: { steps: 'x', py: '3.10' } }, maxParallel: '2' }, ...STEP }],
        },
      ],
    },
  ],
  [
    'a matrix of the run',
    'jobs:\n- job: a\n  strategy: {matrix: "$[ dependencies.x.outputs[\'s.v\'] ]"}\n',
    {
      stages: [
        { stage: '__default', jobs: [{ job: 'a', strategy: { matrix: "$[ dependencies.x.outputs['s.v'] ]" } }] },
      ],
    },
  ],
  [
    'parallel',
    'jobs:\n- job: a\n  strategy: {parallel: 3}\n',
    { stages: [{ stage: '__default', jobs: [{ job: 'a', strategy: { parallel: '3' } }] }] },
  ],
  [
    'services and an image',
    'jobs:\n- job: a\n  container: ubuntu:22.04\n  services: {redis: r}\n',
    {
      stages: [
        {
          stage: '__default',
          jobs: [{ job: 'a', container: { image: 'ubuntu:22.04' }, services: { redis: { alias: 'r' } } }],
        },
      ],
    },
  ],
  [
    'agentless jobs',
    'jobs:\n- job: a\n  pool: server\n',
    { stages: [{ stage: '__default', jobs: [{ job: 'a', pool: 'server' }] }] },
  ],
  [
    'a context of the template',
    'jobs:\n- job: a\n  templateContext: {x: [1, {y: z}]}\n',
    { stages: [{ stage: '__default', jobs: [{ job: 'a', templateContext: { x: ['1', { y: 'z' }] } }] }] },
  ],
  [
    'stage keys of 2026',
    'stages:\n- stage: s\n  trigger: manual\n  isSkippable: false\n  group: g\n  lockBehavior: sequential\n  pool: p\n',
    {
      stages: [
        {
          stage: 's',
          trigger: 'manual',
          isSkippable: 'false',
          group: 'g',
          lockBehavior: 'sequential',
          pool: { name: 'p' },
        },
      ],
    },
  ],
  [
    'resources',
    'resources:\n  repositories:\n  - {repository: r, type: git, name: p/r, ref: refs/tags/v1}\n  pipelines:\n  - {pipeline: p, source: s, trigger: true}\n  containers:\n  - {container: c, image: i}\nname: n\nlockBehavior: runLatest\nstages: []\n',
    {
      resources: {
        repositories: [{ repository: 'r', type: 'git', name: 'p/r', ref: 'refs/tags/v1' }],
        pipelines: [{ pipeline: 'p', source: 's', trigger: 'true' }],
        containers: [{ container: 'c', image: 'i' }],
      },
      name: 'n',
      lockBehavior: 'runLatest',
      stages: [],
    },
  ],
  [
    'schedules',
    "schedules:\n- cron: '0 3 * * *'\n  displayName: Nightly\n  branches: [main]\n  always: true\nstages: []\n",
    {
      schedules: [{ cron: '0 3 * * *', displayName: 'Nightly', branches: { include: ['main'] }, always: 'true' }],
      stages: [],
    },
  ],
];

describe('normal form', () => {
  describe('of steps', () => {
    for (const [title, step, normal] of STEPS) {
      it(title, () => {
        const [found] = stepsOf(`steps:\n${step}\n`);
        assert.deepEqual(found, normal);
        assert.equal(Object.keys(found ?? {})[0], 'task');
      });
    }
  });

  describe('of a pipeline', () => {
    for (const [title, pipeline, normal] of ROOTS) {
      it(title, () => assert.deepEqual(expanded(pipeline), normal));
    }

    for (const [title, pipeline] of ROOTS) {
      it(`is its own normal form: ${title}`, () => {
        // `enabled` is the one form that is only ever given and never taken; everything else expands to itself.
        const once = expandedText(pipeline);
        assert.equal(expandedText(once), once);
      });
    }
  });

  describe('as text', () => {
    it('has lists at the column of their key, no folding, blocks as blocks, an empty line at the end', () => {
      const long = 'word '.repeat(60).trim();
      const pipeline = `name: ${long}\nvariables:\n  n: 5\n  q: '5'\n  d: "two"\n  t: true\n  e: ''\n  s: '**/*.md'\n  c: 'a: b'\n  x: \${{ '0123' }}\n  y: \${{ 5 }}\nsteps:\n- script: |\n    a\n      b\n`;
      assert.equal(
        expandedText(pipeline),
        `name: ${long}
variables:
- name: n
  value: 5
- name: q
  value: '5'
- name: d
  value: 'two'
- name: t
  value: true
- name: e
  value: ''
- name: s
  value: '**/*.md'
- name: c
  value: 'a: b'
- name: x
  value: '0123'
- name: y
  value: 5
stages:
- stage: __default
  jobs:
  - job: Job
    steps:
    - task: CmdLine@2
      inputs:
        script: |
          a
            b

`,
      );
    });
  });
});
