import assert from 'node:assert/strict';
import { environmentOf, expanded, type Files, refuses, stepsOf } from '../../../../support/expand-pipeline';

/** Stages and jobs as text: `build(api, web)`. */
function outline(
  pipeline: string,
  files: Files = {},
  parameters: Readonly<Record<string, string>> = {},
): readonly string[] {
  const { stages } = expanded(pipeline, { files, parameters }) as unknown as {
    stages: { stage: string; jobs?: { job?: string; deployment?: string }[] }[];
  };
  return stages.map(
    ({ stage, jobs = [] }) => `${stage}(${jobs.map(({ job, deployment }) => job ?? deployment).join(', ')})`,
  );
}

/** What pipelines in the wild do with templates, each in its smallest form. */
describe('idioms', () => {
  it('wrap the steps of every job, with parameters of the old form', () => {
    const files = {
      'wrap.yml':
        "parameters:\n  jobs: []\njobs:\n- ${{ each job in parameters.jobs }}:\n  - ${{ each pair in job }}:\n      ${{ if ne(pair.key, 'steps') }}:\n        ${{ pair.key }}: ${{ pair.value }}\n    steps:\n    - script: before\n    - ${{ job.steps }}\n    - script: after\n      condition: always()\n",
    };
    const { stages } = expanded(
      'jobs:\n- template: wrap.yml\n  parameters:\n    jobs:\n    - job: a\n      displayName: A\n      steps:\n      - script: body\n',
      { files },
    ) as unknown as { stages: { jobs: unknown }[] };
    assert.deepEqual(stages[0]?.jobs, [
      {
        job: 'a',
        displayName: 'A',
        steps: [
          { task: 'CmdLine@2', inputs: { script: 'before' } },
          { task: 'CmdLine@2', inputs: { script: 'body' } },
          { task: 'CmdLine@2', condition: 'always()', inputs: { script: 'after' } },
        ],
      },
    ]);
  });

  it('replace one key of a mapping and keep the rest', () => {
    const files = {
      't.yml':
        "parameters:\n- name: jobs\n  type: jobList\njobs:\n- ${{ each job in parameters.jobs }}:\n  - ${{ each pair in job }}:\n      ${{ if eq(pair.key, 'steps') }}:\n        steps:\n        - script: first\n        - ${{ pair.value }}\n      ${{ else }}:\n        ${{ pair.key }}: ${{ pair.value }}\n",
    };
    const steps = stepsOf(
      'jobs:\n- template: t.yml\n  parameters:\n    jobs:\n    - job: a\n      pool: p\n      steps:\n      - script: own\n',
      { files },
    );
    assert.deepEqual(
      steps.map((step) => step['inputs']),
      [{ script: 'first' }, { script: 'own' }],
    );
  });

  it('strip steps that are not allowed', () => {
    const files = {
      't.yml':
        "parameters:\n- name: usersteps\n  type: stepList\nsteps:\n- ${{ each step in parameters.usersteps }}:\n  - ${{ if not(or(startsWith(step.task, 'Bash'), startsWith(step.task, 'CmdLine'), startsWith(step.task, 'PowerShell'))) }}:\n    - ${{ step }}\n",
    };
    const steps = stepsOf(
      'extends:\n  template: t.yml\n  parameters:\n    usersteps:\n    - task: MyTask@1\n    - script: a\n    - bash: b\n    - pwsh: c\n    - powershell: d\n    - task: CmdLine@2\n      inputs: {script: e}\n    - task: Other@2\n',
      { files },
    );
    assert.deepEqual(
      steps.map((step) => step['task']),
      ['MyTask@1', 'Other@2'],
    );
  });

  it('fail with a sentence of their own by a key that cannot be', () => {
    refuses(
      "parameters:\n- name: p\n  default: ''\nsteps:\n- ${{ if eq(parameters.p, '') }}:\n  - 'p must be given': error\n- script: a\n",
      'PIPELINE_SHAPE',
      '6:5',
      "'p must be given' does not belong into step",
    );
  });

  it('choose a template by a parameter', () => {
    const files = { 'a/dev.yml': 'variables:\n  where: here\n', 'a/prod.yml': 'variables:\n  where: there\n' };
    const pipeline =
      'parameters:\n- name: env\n  default: dev\nvariables:\n- template: a/${{ parameters.env }}.yml\nsteps:\n- script: x\n  env: {V: "${{ variables.where }}"}\n';
    assert.deepEqual(environmentOf(pipeline, { files }), { V: 'here' });
    assert.deepEqual(environmentOf(pipeline, { files, parameters: { env: 'prod' } }), { V: 'there' });
  });

  it('make stages of a list, each after the one before', () => {
    const pipeline =
      "parameters:\n- name: envs\n  type: object\n  default: [dev, test, prod]\nstages:\n- ${{ each env in parameters.envs }}:\n  - stage: deploy_${{ env }}\n    ${{ if eq(env, 'prod') }}:\n      dependsOn: [deploy_dev, deploy_test]\n    ${{ else }}:\n      dependsOn: []\n    jobs:\n    - deployment: main\n      environment: ${{ env }}\n      strategy: {runOnce: {deploy: {steps: [{script: a}]}}}\n";
    assert.deepEqual(outline(pipeline), ['deploy_dev(main)', 'deploy_test(main)', 'deploy_prod(main)']);
    assert.deepEqual(outline(pipeline, {}, { envs: '["dev", "test"]' }), ['deploy_dev(main)', 'deploy_test(main)']);
  });

  it('leave whole stages out of pull requests', () => {
    const pipeline =
      "stages:\n- stage: unit\n- ${{ if ne(variables['Build.Reason'], 'PullRequest') }}:\n  - stage: release\n    dependsOn: unit\n";
    const stages = (reason: string) =>
      expanded(pipeline, { variables: { 'Build.Reason': reason } })['stages'] as unknown as { stage: string }[];
    assert.deepEqual(
      stages('PullRequest').map(({ stage }) => stage),
      ['unit'],
    );
    assert.deepEqual(
      stages('IndividualCI').map(({ stage }) => stage),
      ['unit', 'release'],
    );
  });

  it('choose by branch, tag and fork', () => {
    const pipeline =
      "steps:\n- script: x\n  env:\n    ${{ if startsWith(variables['Build.SourceBranch'], 'refs/tags/v') }}:\n      V: release ${{ replace(variables['Build.SourceBranch'], 'refs/tags/', '') }}\n    ${{ elseif eq(variables['Build.SourceBranchName'], 'main') }}:\n      V: staging\n    ${{ elseif eq(variables['System.PullRequest.IsFork'], 'True') }}:\n      V: fork\n    ${{ else }}:\n      V: other\n";
    const of = (variables: Readonly<Record<string, string>>) => environmentOf(pipeline, { variables });
    assert.deepEqual(of({ 'Build.SourceBranch': 'refs/tags/v1.2' }), { V: 'release v1.2' });
    assert.deepEqual(of({}), { V: 'staging' });
    assert.deepEqual(of({ 'Build.SourceBranch': 'refs/pull/1/merge', 'System.PullRequest.IsFork': 'True' }), {
      V: 'fork',
    });
    assert.deepEqual(of({ 'Build.SourceBranch': 'refs/heads/x' }), { V: 'other' });
  });

  it('search all tasks of all stages', () => {
    const files = {
      't.yml':
        "parameters:\n- name: stages\n  type: stageList\nstages:\n- ${{ if contains(convertToJson(parameters.stages.*.jobs.*.steps.*.task), 'Forbidden@1') }}:\n  - 'Forbidden@1 is not allowed': error\n- ${{ parameters.stages }}\n",
    };
    const pipeline = (task: string) =>
      `extends:\n  template: t.yml\n  parameters:\n    stages:\n    - stage: a\n      jobs:\n      - job: b\n        steps:\n        - task: ${task}\n`;
    assert.deepEqual(outline(pipeline('Fine@1'), files), ['a(b)']);
    refuses(
      pipeline('Forbidden@1'),
      'PIPELINE_SHAPE',
      't.yml:6:5',
      "'Forbidden@1 is not allowed' does not belong into stage",
      { files },
    );
  });

  it('join dependencies from two lists', () => {
    const pipeline =
      'parameters:\n- name: jobs\n  type: jobList\n  default:\n  - job: a\n  - job: b\njobs:\n- ${{ parameters.jobs }}\n- job: last\n  dependsOn:\n  - ${{ each j in parameters.jobs }}:\n    - ${{ j.job }}\n';
    const { stages } = expanded(pipeline) as unknown as { stages: { jobs: { dependsOn?: unknown }[] }[] };
    assert.deepEqual(stages[0]?.jobs[2]?.dependsOn, ['a', 'b']);
  });

  it('merge environment variables into a step', () => {
    const pipeline =
      'parameters:\n- name: env\n  type: object\n  default: {A: 1, B: true}\nsteps:\n- script: x\n  env:\n    OWN: o\n    ${{ insert }}: ${{ parameters.env }}\n';
    assert.deepEqual(environmentOf(pipeline), { OWN: 'o', A: '1', B: 'True' });
  });

  it('fall back with coalesce, where a parameter or a property is absent', () => {
    const pipeline =
      'parameters:\n- name: o\n  type: object\n  default: {}\nsteps:\n- script: x\n  env: {V: "${{ coalesce(parameters.o.name, variables.none, \'fallback\') }}"}\n';
    assert.deepEqual(environmentOf(pipeline), { V: 'fallback' });
  });

  it('hand an object down through several templates', () => {
    const files = {
      'a.yml':
        'parameters:\n- name: o\n  type: object\nstages:\n- stage: s\n  jobs:\n  - template: b.yml\n    parameters: {o: "${{ parameters.o }}"}\n',
      'b.yml':
        'parameters:\n- name: o\n  type: object\njobs:\n- job: j\n  steps:\n  - template: c.yml\n    parameters:\n      o: ${{ parameters.o }}\n      flag: ${{ parameters.o.deep.flag }}\n',
      'c.yml':
        'parameters:\n- name: o\n  type: object\n- name: flag\n  type: boolean\nsteps:\n- script: x\n  env: {V: "${{ convertToJson(parameters.o.deep) }}", F: "${{ parameters.flag }}"}\n',
    };
    const env = environmentOf(
      'stages:\n- template: a.yml\n  parameters:\n    o: {deep: {n: 1, flag: true, s: "1"}}\n',
      { files },
    ) as Record<string, string>;
    assert.deepEqual(JSON.parse(env['V'] ?? ''), { n: 1, flag: true, s: '1' });
    assert.equal(env['F'], 'True');
  });

  it('name hostile values without running them', () => {
    const hostile = "'); ${{ variables.x }} $(rm) ##vso[task.complete]";
    const env = environmentOf(
      'parameters:\n- name: p\nsteps:\n- script: x\n  env: {V: "${{ parameters.p }}", W: "a ${{ parameters.p }} ${{ variables[\'Build.SourceBranch\'] }}"}\n',
      {
        parameters: { p: hostile },
        variables: { 'Build.SourceBranch': `refs/heads/${hostile}` },
      },
    );
    assert.deepEqual(env, { V: hostile, W: `a ${hostile} refs/heads/${hostile}` });
  });
});
