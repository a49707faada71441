import assert from 'node:assert/strict';
import { runOf, stageOf } from '../../../../support/pipeline-run';

const OUTPUTS = { outputs: { 's.v': 'yes' } };

/** A producer, and what a job of the same stage writes to read it. */
const SAME_STAGE: readonly (readonly [what: string, producer: string, key: string])[] = [
  ['a job', '- job: P\n    steps: []', 's.v'],
  [
    'a leg of a matrix',
    '- job: P\n    strategy: { matrix: { linux: { os: l }, win: { os: w } } }\n    steps: []',
    'linux.s.v',
  ],
  ['a slice', '- job: P\n    strategy: { parallel: 2 }\n    steps: []', 'Job2.s.v'],
  [
    'a deployment',
    '- deployment: P\n    environment: e\n    strategy: { runOnce: { deploy: { steps: [] } } }',
    'P.s.v',
  ],
  [
    'a deployment to a resource',
    '- deployment: P\n    environment: e.vm\n    strategy: { runOnce: { deploy: { steps: [] } } }',
    'Deploy_vm.s.v',
  ],
  [
    'an increment of a canary',
    '- deployment: P\n    environment: e\n    strategy: { canary: { increments: [10, 20], deploy: { steps: [] } } }',
    'deploy_20.s.v',
  ],
];

describe('an output', () => {
  for (const [what, producer, key] of SAME_STAGE) {
    it(`of ${what} is read by a job of the same stage, in a variable and in a condition`, async () => {
      const ran = await runOf(
        `jobs:
  ${producer}
  - job: C
    dependsOn: P
    variables:
      read: $[ dependencies.P.outputs['${key}'] ]
    steps: []
  - job: D
    dependsOn: P
    condition: eq(dependencies.P.outputs['${key}'], 'yes')
    steps: []
  - job: E
    dependsOn: P
    condition: eq(dependencies.P.outputs['other.${key}'], 'yes')
    steps: []`,
        { jobs: { P: OUTPUTS } },
      );
      assert.equal(ran.requests.get('__default.C')?.variables.get('read')?.value, 'yes');
      assert.ok(ran.began.includes('__default.D'));
      assert.ok(!ran.began.includes('__default.E'));
    });

    it(`of ${what} is read in another stage: in its variables, those of a job, conditions of stage and job`, async () => {
      const ran = await runOf(
        `stages:
- stage: S
  jobs:
  ${producer}
- stage: T
  condition: eq(dependencies.S.outputs['P.${key}'], 'yes')
  variables:
    ofStage: $[ stageDependencies.S.P.outputs['${key}'] ]
  jobs:
  - job: C
    condition: and(eq(stageDependencies.S.P.result, 'Succeeded'), eq(stageDependencies.S.P.outputs['${key}'], 'yes'))
    variables:
      ofJob: $[ stageDependencies.S.P.outputs['${key}'] ]
      wrongForm: $[ dependencies.S.outputs['P.${key}'] ]
    steps: []`,
        { jobs: { P: OUTPUTS } },
      );
      const variables = ran.requests.get('T.C')?.variables;
      assert.equal(variables?.get('ofStage')?.value, 'yes');
      assert.equal(variables?.get('ofJob')?.value, 'yes');
      assert.equal(variables?.get('wrongForm')?.value, '');
    });
  }

  it('is not seen by a stage that does not name its stage in dependsOn', async () => {
    const ran = await runOf(
      `stages:
- stage: S
  jobs: [{ job: P, steps: [] }]
- stage: T
  jobs: [{ job: Q, steps: [] }]
- stage: U
  dependsOn: T
  variables: { read: "$[ stageDependencies.S.P.outputs['s.v'] ]" }
  jobs: [{ job: C, steps: [] }]
- stage: V
  dependsOn: [T, S]
  variables: { read: "$[ stageDependencies.S.P.outputs['s.v'] ]" }
  jobs: [{ job: C, steps: [] }]`,
      { jobs: { P: OUTPUTS } },
    );
    assert.equal(ran.requests.get('U.C')?.variables.get('read')?.value, '');
    assert.equal(ran.requests.get('V.C')?.variables.get('read')?.value, 'yes');
  });

  it('that is secret reaches other jobs as a secret, and no record', async () => {
    const ran = await runOf(
      `jobs:
- job: P
  steps: []
- job: C
  dependsOn: P
  variables: { read: "$[ dependencies.P.outputs['s.v'] ]", text: "$[ format('token {0}', dependencies.P.outputs['s.v']) ]" }
  steps: []`,
      { jobs: { P: { outputs: { '!s.v': 'hunter2', 's.w': 'seen' } } } },
    );
    const variables = ran.requests.get('__default.C')?.variables;
    assert.deepEqual(variables?.get('read'), { value: 'hunter2', secret: true, readOnly: false });
    assert.equal(variables?.get('text')?.secret, true);
    assert.deepEqual(stageOf(ran, '__default').jobs[0]?.outputs, { 's.w': 'seen' });
    assert.ok(!JSON.stringify(ran.record).includes('hunter2'));
  });
});
