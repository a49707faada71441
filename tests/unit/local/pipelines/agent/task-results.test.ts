import assert from 'node:assert/strict';
import { agentEnvironment } from '../../../../../local/pipelines/agent/agent-options';
import { unknownTasks } from '../../../../../local/pipelines/agent/tasks/resolve-task';
import { mergeResults, readResult, TASK_RESULTS } from '../../../../../local/pipelines/task-result';
import { scriptStep, taskStep } from '../../../../support/agent-job';

describe('results of tasks', () => {
  for (const [current, coming, merged] of [
    [undefined, 'Succeeded', 'Succeeded'],
    ['Succeeded', 'SucceededWithIssues', 'SucceededWithIssues'],
    ['SucceededWithIssues', 'Succeeded', 'SucceededWithIssues'],
    ['SucceededWithIssues', 'Failed', 'Failed'],
    ['Failed', 'Succeeded', 'Failed'],
    ['Failed', 'Canceled', 'Canceled'],
    ['Failed', 'Skipped', 'Skipped'],
    ['Canceled', 'Failed', 'Canceled'],
    ['Canceled', 'Skipped', 'Canceled'],
    ['Skipped', 'Failed', 'Skipped'],
  ] as const) {
    it(`${current} and then ${coming} are ${merged}`, () => {
      assert.equal(mergeResults(current, coming), merged);
    });
  }

  it('are read by name and number', () => {
    assert.deepEqual(['Failed', ' Failed ', '2', '6', 'failed', 'Cancelled', ''].map(readResult), [
      'Failed',
      'Failed',
      'Failed',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    assert.equal(TASK_RESULTS.length, 6);
  });
});

describe('tasks of steps', () => {
  it('that cannot be run are all named before anything runs', () => {
    const options = {
      tasksFolder: '/nowhere',
      stubs: new Map([['helm@0', { result: 'succeeded', outputs: {} } as const]]),
    };
    const steps = [
      scriptStep('x'),
      taskStep('Helm@0'),
      taskStep('Docker@2'),
      taskStep('CmdLine@1'),
      taskStep('../x@1'),
    ];
    assert.deepEqual(
      unknownTasks(steps, options).map((sentence) => /^Task (\S+) at azure-pipelines.yml:7:3/.exec(sentence)?.[1]),
      ['Docker@2', 'CmdLine@1', '../x@1'],
    );
  });
});

describe('the environment of the agent', () => {
  it('is what finds programs and packages, and nothing that a shell happens to hold', () => {
    const own = {
      PATH: '/bin',
      HOME: '/h',
      https_proxy: 'p',
      LC_ALL: 'C',
      PIP_INDEX_URL: 'i',
      DATABRICKS_TOKEN: 't',
      PWD: '/w',
      NONE: undefined,
    };
    assert.deepEqual(Object.keys(agentEnvironment(own)), ['PATH', 'HOME', 'https_proxy', 'LC_ALL', 'PIP_INDEX_URL']);
  });
});
