import assert from 'node:assert/strict';
import { ExpandError } from '../../../../../local/pipelines/expand/expand-error';
import { describePlace } from '../../../../../local/pipelines/expand/place';
import type { JobPlan } from '../../../../../local/pipelines/plan/pipeline-plan';
import { planOf } from '../../../../support/pipeline-run';

function jobOf(pipeline: string): JobPlan {
  const job = planOf(pipeline).stages[0]?.jobs[0];
  assert.ok(job !== undefined);
  return job;
}

function refused(pipeline: string, place: string, part: RegExp): void {
  assert.throws(
    () => planOf(pipeline),
    (error: unknown) => {
      assert.ok(error instanceof ExpandError, String(error));
      assert.equal(error.code, 'PIPELINE_SHAPE');
      assert.equal(
        error.place === undefined ? '' : describePlace(error.place),
        `azure-pipelines.yml:${place}`,
        error.sentences,
      );
      assert.match(error.sentences, part);
      assert.ok((error.options.todo ?? '').length > 0);
      return true;
    },
  );
}

describe('the plan of a pipeline', () => {
  it('knows where a step runs and what it may do to the job', () => {
    const targets = (target: string) => {
      const job = jobOf(`steps:\n- script: echo\n${target}`);
      return job.kind === 'job' ? job.steps[0]?.target : undefined;
    };
    assert.equal(targets(''), undefined);
    const open = { container: undefined, restrictedCommands: false, settableVariables: undefined };
    assert.deepEqual(targets('  target: host'), open);
    assert.deepEqual(targets('  target: box'), { ...open, container: 'box' });
    assert.deepEqual(targets('  target: { container: box, commands: restricted }'), {
      ...open,
      container: 'box',
      restrictedCommands: true,
    });
    assert.deepEqual(targets('  target: { commands: any, settableVariables: none }'), {
      ...open,
      settableVariables: [],
    });
    assert.deepEqual(targets('  target: { settableVariables: [a, b*] }'), { ...open, settableVariables: ['a', 'b*'] });
    refused('steps:\n- script: echo\n  target: { commands: few }', '3:23', /any or restricted/);
  });

  it('has the defaults of the service for steps alone', () => {
    const plan = planOf('steps:\n- script: echo');
    assert.equal(plan.name, undefined);
    const [stage] = plan.stages;
    assert.deepEqual(
      [stage?.name, stage?.displayName, stage?.dependsOn, stage?.condition, stage?.trigger, stage?.isSkippable],
      ['__default', '__default', [], undefined, 'automatic', true],
    );
    const job = jobOf('steps:\n- script: echo');
    assert.ok(job.kind === 'job');
    assert.deepEqual(
      [
        job.name,
        job.displayName,
        job.dependsOn,
        job.continueOnError,
        job.timeoutInMinutes,
        job.cancelTimeoutInMinutes,
        job.pool,
        job.strategy,
        job.container,
      ],
      ['Job', 'Job', [], 'false', '60', '5', { kind: 'agent', name: undefined, vmImage: undefined }, undefined, false],
    );
    const [step] = job.steps;
    assert.deepEqual(
      [
        step?.task,
        step?.name,
        step?.displayName,
        step?.condition,
        step?.continueOnError,
        step?.enabled,
        step?.timeoutInMinutes,
        step?.retryCountOnTaskFailure,
        step?.inputs,
        step?.env,
      ],
      ['CmdLine@2', undefined, undefined, undefined, 'false', 'true', '0', '0', { script: 'echo' }, {}],
    );
  });

  it('makes a stage wait for the one before, unless it says for which', () => {
    const plan = planOf(`stages:
- { stage: A, jobs: [] }
- { stage: B, jobs: [] }
- { stage: C, dependsOn: [], jobs: [] }
- { stage: D, dependsOn: a, jobs: [] }
- { stage: E, dependsOn: [b, C], jobs: [] }
- { stage: F, dependsOn: '', jobs: [] }`);
    assert.deepEqual(
      plan.stages.map(({ dependsOn }) => dependsOn),
      [[], ['A'], [], ['A'], ['B', 'C'], []],
    );
  });

  it('hands the pool down from pipeline to stage, job and hook', () => {
    const plan = planOf(`pool: { vmImage: root }
stages:
- stage: A
  jobs:
  - { job: a, steps: [] }
  - { job: b, pool: server, steps: [] }
- stage: B
  pool: own
  jobs:
  - deployment: c
    environment: e
    strategy: { runOnce: { deploy: { steps: [] }, routeTraffic: { pool: server, steps: [] } } }`);
    const [a, b] = plan.stages[0]?.jobs ?? [];
    const [c] = plan.stages[1]?.jobs ?? [];
    assert.deepEqual(a?.pool, { kind: 'agent', name: undefined, vmImage: 'root' });
    assert.deepEqual(b?.pool, { kind: 'server' });
    assert.deepEqual(c?.pool, { kind: 'agent', name: 'own', vmImage: undefined });
    assert.ok(c?.kind === 'deployment');
    assert.equal(c.hooks.deploy?.pool, undefined);
    assert.deepEqual(c.hooks.routeTraffic?.pool, { kind: 'server' });
  });

  it('keeps what only the run knows as it was written', () => {
    const job = jobOf(`jobs:
- job: a
  timeoutInMinutes: $(minutes)
  continueOnError: $[ eq(1, 1) ]
  strategy: { matrix: "$[ dependencies.x.outputs['s.m'] ]", maxParallel: $(most) }
  variables:
  - { name: v, value: $(w), readonly: true }
  - group: g
  steps: []`);
    assert.ok(job.kind === 'job');
    assert.deepEqual([job.timeoutInMinutes, job.continueOnError], ['$(minutes)', '$[ eq(1, 1) ]']);
    assert.deepEqual(job.strategy, {
      kind: 'matrix',
      legs: "$[ dependencies.x.outputs['s.m'] ]",
      maxParallel: '$(most)',
    });
    assert.deepEqual(
      job.variables.map((each) => ('group' in each ? each.group : [each.name, each.value, each.readOnly])),
      [['v', '$(w)', true], 'g'],
    );
  });

  it('parts the short form of an environment at its dot, but not within a macro', () => {
    const rows = [
      ['prod', 'prod', undefined],
      ['prod.vm', 'prod', 'vm'],
      ['$(e.name)', '$(e.name)', undefined],
      ['$(e.name).vm', '$(e.name)', 'vm'],
      ['{ name: prod.eu, resourceName: vm }', 'prod.eu', 'vm'],
    ] as const;
    for (const [written, environment, resource] of rows) {
      const job = jobOf(
        `jobs: [{ deployment: d, environment: ${written}, strategy: { runOnce: { deploy: { steps: [] } } } }]`,
      );
      assert.ok(job.kind === 'deployment');
      assert.deepEqual([job.environment, job.resource], [environment, resource]);
    }
  });

  it('reads stages by hand, that cannot be skipped, and locks', () => {
    const plan = planOf(`lockBehavior: sequential
resources: { repositories: [{ repository: t, type: git, name: p/t, ref: refs/tags/v1 }] }
stages:
- { stage: A, trigger: manual, isSkippable: false, lockBehavior: runLatest, displayName: The first, jobs: [] }`);
    const [stage] = plan.stages;
    assert.deepEqual(
      [plan.lockBehavior, stage?.lockBehavior, stage?.trigger, stage?.isSkippable, stage?.displayName],
      ['sequential', 'runLatest', 'manual', false, 'The first'],
    );
    assert.deepEqual(plan.repositories, [{ alias: 't', type: 'git', name: 'p/t', ref: 'refs/tags/v1' }]);
  });

  it('has all hooks of a deployment', () => {
    const job = jobOf(`jobs:
- deployment: d
  environment: e
  strategy: { canary: { increments: [10, 50], preDeploy: { steps: [] }, deploy: { steps: [{ script: x }] }, on: { failure: { steps: [] }, success: { steps: [] } } } }`);
    assert.ok(job.kind === 'deployment');
    assert.deepEqual(
      [job.strategy, job.increments, Object.keys(job.hooks)],
      ['canary', ['10', '50'], ['preDeploy', 'deploy', 'failure', 'success']],
    );
    assert.equal(job.hooks.deploy?.steps[0]?.task, 'CmdLine@2');
  });

  const deployment = (strategy: string, name = 'd') =>
    `jobs:\n- deployment: ${name}\n  environment: e\n  strategy: ${strategy}`;
  it('takes a deployment named Deploy, as samples of the service name it', () => {
    assert.equal(jobOf(deployment('{ runOnce: { deploy: { steps: [] } } }', 'Deploy')).name, 'Deploy');
  });

  it('takes resources in the form from before there were repository resources', () => {
    assert.deepEqual(planOf('resources:\n- repo: self\n  clean: true\nsteps:\n- script: a').repositories, []);
  });

  const rows: readonly (readonly [what: string, pipeline: string, place: string, part: RegExp])[] = [
    [
      'a time-out that is no number',
      'jobs:\n- job: a\n  timeoutInMinutes: long\n  steps: []',
      '3:21',
      /timeoutInMinutes is 'long'/,
    ],
    [
      'a negative time-out',
      'jobs:\n- job: a\n  cancelTimeoutInMinutes: -1\n  steps: []',
      '3:27',
      /cancelTimeoutInMinutes/,
    ],
    ['a flag that is none', 'steps:\n- script: x\n  enabled: perhaps', '3:12', /enabled is 'perhaps'/],
    ['a retry that is none', 'steps:\n- script: x\n  retryCountOnTaskFailure: often', '3:28', /retryCount/],
    ['a lock behaviour that is none', 'lockBehavior: never\nsteps: []', '1:15', /runLatest or sequential/],
    [
      'a trigger of a stage that is none',
      'stages:\n- stage: A\n  trigger: later\n  jobs: []',
      '3:12',
      /automatic or manual/,
    ],
    ['two steps of one name', 'steps:\n- script: x\n  name: s\n- script: y\n  name: S', '5:9', /two steps named 'S'/],
    [
      'both strategies',
      'jobs:\n- job: a\n  strategy: { matrix: { x: { y: z } }, parallel: 2 }\n  steps: []',
      '3:50',
      /both matrix and parallel/,
    ],
    [
      'a deployment named deploy',
      deployment('{ runOnce: { deploy: { steps: [] } } }', 'deploy'),
      '2:15',
      /named 'deploy'/,
    ],
    ['a rolling deployment', deployment('{ rolling: { deploy: { steps: [] } } }'), '4:13', /virtual machines/],
    ['a deployment without strategy', deployment('{ }'), '4:13', /one strategy/],
    ['an increment that is none', deployment('{ canary: { increments: [much] } }'), '4:38', /increment is 'much'/],
  ];
  for (const [what, pipeline, place, part] of rows) {
    it(`refuses ${what}, at its place`, () => refused(pipeline, place, part));
  }
});
