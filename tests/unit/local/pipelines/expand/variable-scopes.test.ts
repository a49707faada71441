import assert from 'node:assert/strict';
import { stepsOf } from '../../../../support/expand-pipeline';

const SCOPES: readonly (readonly [title: string, pipeline: string, script: string])[] = [
  ['of the pipeline', 'variables: {v: root}\nsteps:\n- script: ${{ variables.v }}\n', 'root'],
  [
    'of the stage over the pipeline',
    'variables: {v: root}\nstages:\n- stage: s\n  variables: {v: stage}\n  jobs:\n  - job: a\n    steps:\n    - script: ${{ variables.v }}\n',
    'stage',
  ],
  [
    'of the job over the stage',
    'variables: {v: root}\nstages:\n- stage: s\n  variables: {v: stage}\n  jobs:\n  - job: a\n    variables: {V: job}\n    steps:\n    - script: ${{ variables.v }}\n',
    'job',
  ],
  [
    'not of a sibling',
    'jobs:\n- job: a\n  steps:\n  - script: ${{ variables.v }}x\n- job: b\n  variables: {v: job}\n',
    'x',
  ],
  ['not of what comes after', 'steps:\n- script: ${{ variables.v }}x\nvariables: {v: late}\n', 'x'],
  ['as texts', "variables: {v: true}\nsteps:\n- script: ${{ eq(variables.v, 'TRUE') }}\n", 'True'],
  [
    'of the run as they are written',
    "variables:\n  v: $[ format('{0}', variables.x) ]\n  w: $(v)\nsteps:\n- script: ${{ variables.v }} ${{ variables.w }}\n",
    "$[ format('{0}', variables.x) ] $(v)",
  ],
  [
    'from a condition among variables',
    "variables:\n- ${{ if eq(variables['Build.Reason'], 'Manual') }}:\n  - name: v\n    value: manual\n- ${{ else }}:\n  - name: v\n    value: other\nsteps:\n- script: ${{ variables.v }}\n",
    'manual',
  ],
  [
    'with a conditional value',
    'variables:\n- name: v\n  ${{ if false }}:\n    value: a\n  ${{ else }}:\n    value: b\nsteps:\n- script: ${{ variables.v }}\n',
    'b',
  ],
  ['without a value', 'variables:\n- name: v\nsteps:\n- script: x${{ variables.v }}\n', 'x'],
];

describe('variables that a pipeline sees while it is expanded', () => {
  for (const [title, pipeline, script] of SCOPES) {
    it(title, () => assert.deepEqual(stepsOf(pipeline)[0]?.['inputs'], { script }));
  }

  it('given from outside, below those of the file', () => {
    const given = {
      variables: {
        a: 'given',
        b: 'given',
        'Build.Reason': 'PullRequest',
        'Build.SourceBranch': 'refs/heads/x/y',
        'Build.BuildId': '5',
      },
    };
    const script =
      "${{ variables.a }} ${{ variables.b }} ${{ variables['Build.Reason'] }} ${{ variables['Build.SourceBranchName'] }} ${{ variables['Build.BuildId'] }}";
    assert.deepEqual(stepsOf(`variables: {b: file}\nsteps:\n- script: ${script}\n`, given)[0]?.['inputs'], {
      script: 'given file PullRequest y ',
    });
  });
});
