import assert from 'node:assert/strict';
import { jobResults, runOf, stageOf } from '../../../../support/pipeline-run';

describe('the variables of a job', () => {
  it('come from the run, the root, the stage and the job, the innermost first, and predefined ones stay', async () => {
    const ran = await runOf(
      `variables: { a: root, b: root, c: root, d: $(c)!, Build.Reason: mine }
stages:
- stage: S
  displayName: The stage
  variables: { b: stage, c: stage, e: "$[ eq(variables.a, 'ROOT') ]", 'System.StageName': mine }
  jobs:
  - job: J
    displayName: The job
    variables: { C: job, f: "$[ format('{0}-{1}', variables.b, variables.c) ]" }
    steps: []`,
      {
        request: {
          variables: new Map([
            ['a', plain('queue')],
            ['q', plain('queue')],
            ['Build.Reason', { ...plain('Manual'), readOnly: true }],
          ]),
        },
      },
    );
    const job = ran.requests.get('S.J');
    const value = (name: string) => job?.variables.get(name)?.value;
    assert.deepEqual(['q', 'a', 'b', 'C', 'd', 'e', 'f'].map(value), [
      'queue',
      'root',
      'stage',
      'job',
      '$(c)!',
      'True',
      'stage-job',
    ]);
    assert.equal(value('Build.Reason'), 'Manual');
    assert.deepEqual(
      [
        'System.StageName',
        'System.StageDisplayName',
        'System.StageAttempt',
        'System.PhaseName',
        'System.PhaseDisplayName',
      ].map(value),
      ['S', 'The stage', '1', 'J', 'The job'],
    );
    assert.deepEqual(
      [
        'System.JobName',
        'System.JobDisplayName',
        'System.JobAttempt',
        'System.JobIdentifier',
        'System.JobPositionInPhase',
        'System.TotalJobsInPhase',
      ].map(value),
      ['__default', 'The job', '1', 'S.J.__default', '1', '1'],
    );
    assert.equal(value('System.JobId'), job?.record.id);
    assert.equal(value('System.PlanId'), ran.record.planId);
    assert.equal(job?.timeoutMinutes, 60);
    assert.equal(job?.cancelTimeoutMinutes, 5);
    assert.equal(job?.on, 'agent');
  });

  it('hold those of groups, in order, and a group that is not there is refused before anything runs', async () => {
    const yaml = `variables:
- { name: a, value: before }
- group: g
- { name: b, value: after }
steps: []`;
    const group = new Map([
      ['a', { ...plain('group'), secret: true }],
      ['b', plain('group')],
    ]);
    const ran = await runOf(yaml, { request: { variableGroup: (name) => (name === 'g' ? group : undefined) } });
    const variables = ran.requests.get('__default.Job')?.variables;
    assert.deepEqual(variables?.get('a'), { value: 'group', secret: true, readOnly: false });
    assert.equal(variables?.get('b')?.value, 'after');
    await assert.rejects(() => runOf(yaml), /no variable group 'g'/);
  });

  it('have counters that the store keeps, and the time of the start', async () => {
    const asked: unknown[] = [];
    const ran = await runOf(
      `variables:
  day: $[ format('{0:yyyyMMdd}', pipeline.startTime) ]
  n: $[ counter(variables.day, 100) ]
  none: $[ dependencies.A.outputs['x'] ]
steps: []`,
      {
        request: {
          counter: (prefix, seed) => {
            asked.push([prefix, seed]);
            return 104;
          },
        },
      },
    );
    const value = (name: string) => ran.requests.get('__default.Job')?.variables.get(name)?.value;
    assert.deepEqual(['day', 'n', 'none'].map(value), ['20260102', '104', '']);
    assert.deepEqual(asked, [['20260102', 100]]);
  });
});

describe('a matrix', () => {
  const matrix = `jobs:
- job: M
  displayName: Test
  strategy: { maxParallel: 2, matrix: { one: { os: a }, two: { os: b }, three: { os: c } } }
  steps: []`;

  it('runs each leg with its variables, no more at once than maxParallel', async () => {
    let atOnce = 0;
    let most = 0;
    const ran = await runOf(matrix, {
      request: { agents: 5 },
      jobs: async (job) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        assert.equal(job.variables.get('System.TotalJobsInPhase')?.value, '3');
        return {};
      },
    });
    assert.equal(most, 2);
    const oses = ['one', 'two', 'three'].map(
      (leg) => ran.requests.get(`__default.M.${leg}`)?.variables.get('os')?.value,
    );
    assert.deepEqual(oses, ['a', 'b', 'c']);
    assert.equal(ran.requests.get('__default.M.two')?.variables.get('System.JobIdentifier')?.value, 'M.two');
    assert.equal(ran.requests.get('__default.M.two')?.record.displayName, 'Test two');
  });

  it('starts no further leg once the run is cancelled, unless it began cancelled', async () => {
    const cancel = new AbortController();
    const started: string[] = [];
    const yaml = (condition: string) => `jobs:
- job: M
  ${condition}
  strategy: { maxParallel: 1, matrix: { one: { os: a }, two: { os: b } } }
  steps: []`;
    const jobs = (_: unknown, key: string) => {
      started.push(key);
      cancel.abort();
      return { result: 'canceled' } as const;
    };
    const ran = await runOf(yaml(''), { request: { signal: cancel.signal }, jobs });
    assert.deepEqual(jobResults(stageOf(ran, '__default')), { one: 'canceled', two: 'canceled' });
    assert.deepEqual(started, ['__default.M.one']);

    const late = await runOf(
      `stages:\n- stage: S\n  condition: always()\n  ${yaml('condition: always()').replaceAll('\n', '\n  ')}`,
      { request: { signal: AbortSignal.abort() } },
    );
    assert.deepEqual(jobResults(stageOf(late, 'S')), { one: 'succeeded', two: 'succeeded' });
  });

  it('is as bad as its worst leg, and the others go on', async () => {
    const ran = await runOf(matrix, { jobs: (_, key) => ({ result: key.endsWith('one') ? 'failed' : 'succeeded' }) });
    assert.deepEqual(jobResults(stageOf(ran, '__default')), { one: 'failed', two: 'succeeded', three: 'succeeded' });
    assert.equal(ran.record.result, 'failed');
  });

  it('comes from the JSON of another job', async () => {
    const yaml = `jobs:
- job: P
  steps: []
- job: M
  dependsOn: P
  strategy: { matrix: "$[ dependencies.P.outputs['s.legs'] ]" }
  steps: []`;
    const ran = await runOf(yaml, { jobs: { P: { outputs: { 's.legs': '{"x":{"n":1},"y":{"n":"2"}}' } } } });
    assert.deepEqual(ran.began, ['__default.P', '__default.M.x', '__default.M.y']);
    assert.equal(ran.requests.get('__default.M.x')?.variables.get('n')?.value, '1');
    for (const wrong of ['{', '[1]', '{"x": 1}', '{"x": {"n": []}}']) {
      const failed = await runOf(yaml, { jobs: { P: { outputs: { 's.legs': wrong } } } });
      assert.equal(failed.record.result, 'failed');
      assert.match(stageOf(failed, '__default').jobs[1]?.note ?? '', /matrix/);
    }
  });

  it('of slices counts them', async () => {
    const ran = await runOf('jobs: [{ job: J, strategy: { parallel: 3 }, steps: [] }]');
    const positions = [1, 2, 3].map(
      (n) => ran.requests.get(`__default.J.Job${n}`)?.variables.get('System.JobPositionInPhase')?.value,
    );
    assert.deepEqual(positions, ['1', '2', '3']);
  });
});

describe('agents', () => {
  it('are no more than there are, and a job on the server holds none', async () => {
    const running = new Set<string>();
    let most = 0;
    const ran = await runOf(
      `jobs:
- { job: a, steps: [] }
- { job: b, steps: [] }
- { job: c, steps: [] }
- { job: s, pool: server, steps: [] }`,
      {
        jobs: async (job) => {
          if (job.on === 'agent') {
            running.add(job.record.name);
            most = Math.max(most, running.size);
          }
          for (let turn = 0; turn < 3; turn += 1) {
            await new Promise((resolve) => setImmediate(resolve));
          }
          running.delete(job.record.name);
          return {};
        },
      },
    );
    assert.equal(most, 2);
    assert.deepEqual(ran.began.slice(0, 3).sort(), ['__default.a', '__default.b', '__default.s']);
  });

  it('are not taken by a job that is cancelled while it waits for one', async () => {
    const cancel = new AbortController();
    const ran = await runOf('jobs: [{ job: a, steps: [] }, { job: b, steps: [] }]', {
      request: { agents: 1, signal: cancel.signal },
      jobs: () => {
        cancel.abort();
        return { result: 'canceled' };
      },
    });
    assert.deepEqual(ran.began, ['__default.a']);
    assert.deepEqual(jobResults(stageOf(ran, '__default')), { a: 'canceled', b: 'canceled' });
  });
});

describe('a job', () => {
  it('with continueOnError that fails has succeeded with issues', async () => {
    const yaml = `variables: { go: true }
jobs: [{ job: a, continueOnError: $(go), timeoutInMinutes: "$[ format('{0}', 7) ]", steps: [] }, { job: b, dependsOn: a, steps: [] }]`;
    const ran = await runOf(yaml, { jobs: { a: 'failed' } });
    assert.deepEqual(jobResults(stageOf(ran, '__default')), { a: 'succeededWithIssues', b: 'succeeded' });
    assert.equal(ran.record.result, 'succeededWithIssues');
    assert.equal(ran.requests.get('__default.a')?.timeoutMinutes, 7);
  });

  it('whose time-out becomes no number, or that wants a container, fails and says why', async () => {
    for (const [key, part] of [
      ['timeoutInMinutes: $(nothing)', /timeoutInMinutes/],
      ['container: img:1', /container/],
    ] as const) {
      const ran = await runOf(`jobs: [{ job: a, ${key}, steps: [] }]`);
      assert.deepEqual(ran.began, []);
      assert.match(stageOf(ran, '__default').jobs[0]?.note ?? '', part);
      assert.equal(ran.record.result, 'failed');
    }
  });
});

describe('a deployment', () => {
  const hooks = `jobs:
- deployment: D
  environment: $(env)
  strategy:
    runOnce:
      preDeploy: { steps: [] }
      deploy: { steps: [] }
      routeTraffic: { pool: server, steps: [] }
      postRouteTraffic: { steps: [] }
      on: { failure: { steps: [] }, success: { steps: [] } }
variables: { env: prod }`;

  it('runs its hooks in order, each as a job of its own', async () => {
    const ran = await runOf(hooks, { environments: { prod: { id: '42' } } });
    assert.deepEqual(
      ran.began.map((key) => key.slice('__default.'.length)),
      ['D.preDeploy', 'D', 'D.routeTraffic', 'D.postRouteTraffic', 'D.success'],
    );
    const deploy = ran.requests.get('__default.D');
    assert.equal(deploy?.deployment, true);
    assert.equal(deploy?.record.hook, 'deploy');
    assert.equal(deploy?.record.environment, 'prod');
    assert.deepEqual(
      ['Environment.Name', 'Environment.Id', 'Strategy.Name'].map((name) => deploy?.variables.get(name)?.value),
      ['prod', '42', 'runOnce'],
    );
    assert.equal(ran.requests.get('__default.D.routeTraffic')?.on, 'server');
    assert.equal(new Set(stageOf(ran, '__default').jobs.map(({ id }) => id)).size, 5);
    assert.equal(stageOf(ran, '__default').checkpoint, undefined);
  });

  it('goes to the hook of failure where one fails, and stays failed', async () => {
    const ran = await runOf(hooks, {
      jobs: (job) => ({ result: job.record.hook === 'deploy' ? 'failed' : 'succeeded' }),
    });
    assert.deepEqual(
      ran.began.map((key) => key.slice('__default.'.length)),
      ['D.preDeploy', 'D', 'D.failure'],
    );
    assert.equal(ran.record.result, 'failed');
  });

  it('runs no further hook once the run is cancelled, and is canceled', async () => {
    const cancel = new AbortController();
    const ran = await runOf(hooks, {
      request: { signal: cancel.signal },
      jobs: () => {
        cancel.abort();
        return {};
      },
    });
    assert.deepEqual(ran.began, ['__default.D.preDeploy']);
    assert.deepEqual(jobResults(stageOf(ran, '__default')), { preDeploy: 'succeeded', D: 'canceled' });
    assert.equal(ran.record.result, 'canceled');
  });

  it('of strategy canary runs a round for each increment', async () => {
    const ran = await runOf(`jobs:
- deployment: D
  environment: e
  strategy: { canary: { increments: [10, 50], preDeploy: { steps: [] }, deploy: { steps: [] }, postRouteTraffic: { steps: [] }, on: { success: { steps: [] } } } }`);
    const seen = [...ran.requests.values()].map(({ record, variables }) => [
      record.name,
      variables.get('Strategy.Action')?.value,
      variables.get('Strategy.Increment')?.value,
    ]);
    assert.deepEqual(seen, [
      ['preDeploy', 'deploy', undefined],
      ['deploy_10', 'deploy', '10'],
      ['postRouteTraffic_10', 'deploy', '10'],
      ['deploy_50', 'deploy', '50'],
      ['postRouteTraffic_50', 'deploy', '50'],
      ['success', 'promote', undefined],
    ]);
  });
});

function plain(value: string): { readonly value: string; readonly secret: boolean; readonly readOnly: boolean } {
  return { value, secret: false, readOnly: false };
}
