import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../../../local/package-root';
import type { TaskStub } from '../../../../../local/pipelines/agent/job-request';
import { ExpandError } from '../../../../../local/pipelines/expand/expand-error';
import { CannotRun } from '../../../../../local/pipelines/queue/cannot-run';
import { neededConnections } from '../../../../../local/pipelines/queue/needed-connections';
import { preparePipeline } from '../../../../../local/pipelines/queue/prepared-pipeline';

const TASKS = join(packageRoot(), 'tasks');
const STUB: TaskStub = { result: 'succeeded', outputs: {} };

describe('preparePipeline', () => {
  let folder: string;

  const prepare = (
    text: string,
    more: {
      stubs?: Record<string, TaskStub>;
      parameters?: Record<string, string>;
      variables?: Record<string, string>;
    } = {},
  ) => {
    writeFileSync(join(folder, 'p.yml'), text);
    const { stubs = {}, parameters = {}, variables = {} } = more;
    return preparePipeline(
      {
        file: join(folder, 'p.yml'),
        repositories: { self: folder },
        parameters,
        variables,
        queuedFor: { reason: 'manual', branch: 'refs/heads/main', fork: false, schedule: undefined },
        skipped: [],
        stubs,
      },
      new Map([['Build.Reason', 'Manual']]),
      TASKS,
      (sentence) => assert.fail(sentence),
    );
  };
  const connections = (text: string, stubs: Record<string, TaskStub> = {}) =>
    neededConnections(prepare(text, { stubs }).plan, TASKS, new Map(Object.entries(stubs)));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prepared-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('expands with parameters and variables, of which predefined ones win', () => {
    const { plan, text } = prepare(
      "parameters: [{ name: word }]\nsteps:\n- bash: echo ${{ parameters.word }} ${{ variables['Build.Reason'] }} ${{ variables.own }}\n",
      { parameters: { word: 'hello' }, variables: { 'Build.Reason': 'Schedule', own: 'mine' } },
    );
    assert.match(text, /echo hello Manual mine/);
    assert.equal(plan.stages.length, 1);
  });

  it('refuses tasks that nobody can run here, each with its place, and takes them stubbed', () => {
    const text = 'steps:\n- task: AzureCLI@2\n- task: Docker@2\n- task: AzureCLI@2\n';
    assert.throws(
      () => prepare(text),
      (error) =>
        error instanceof CannotRun &&
        /AzureCLI@2.*p\.yml:2/.test(error.message) &&
        /Docker@2.*p\.yml:3/.test(error.message),
    );
    assert.equal(prepare(text, { stubs: { 'azurecli@2': STUB, 'Docker@2': STUB } }).plan.stages.length, 1);
  });

  it('says in which version a task is here, and which task may be meant', () => {
    const refused = (task: string, sentence: RegExp) =>
      assert.throws(() => prepare(`steps:\n- task: ${task}\n`), sentence);
    refused('ManualValidation@0', /on this machine\. It is here in version 1\. Say what/);
    refused('DatabricksRunWorkflow@2', /is here in version 1, not 2/);
    refused('DatabricksRunWorklow@1', /Did you mean DatabricksRunWorkflow\? Say what/);
    refused('Docker@2', /on this machine\. Say what/);
  });

  it('refuses a task in a hook of a deployment as well, and a job in a container', () => {
    const deployment =
      'jobs:\n- deployment: d\n  environment: prod\n  strategy: { runOnce: { deploy: { steps: [] }, on: { failure: { steps: [{ task: Rescue@1 }] } } } }\n';
    assert.throws(() => prepare(deployment), /Rescue@1/);
    assert.throws(
      () => prepare('jobs:\n- job: boxed\n  container: ubuntu:24.04\n  steps: [{ bash: ls }]\n'),
      /Job 'boxed' runs in a container/,
    );
    assert.throws(
      () => prepare('jobs:\n- job: served\n  services: { db: postgres }\n  steps: [{ bash: ls }]\n'),
      /Job 'served' runs in a container or beside some/,
    );
    assert.throws(
      () => prepare('jobs:\n- job: a\n  steps:\n  - bash: ls\n    target: box\n'),
      /step at \S+:4:\d+ runs in the container 'box'/,
    );
    assert.doesNotThrow(() => prepare('jobs:\n- job: a\n  steps:\n  - bash: ls\n    target: host\n'));
  });

  it('refuses what cannot be expanded with its place', () => {
    assert.throws(() => prepare('steps:\n- bassh: ls\n'), ExpandError);
  });

  it('knows the connections that steps need, each once, also in hooks', () => {
    const task = (connection: string) =>
      `{ task: DatabricksCheckConnection@1, inputs: { databricksConnection: '${connection}' } }`;
    assert.deepEqual(
      connections(`
jobs:
- job: a
  steps: [${task('dbx-staging')}, ${task(' dbx-staging ')}, ${task('$(connection)')}, { bash: ls }]
- deployment: d
  environment: prod
  strategy: { runOnce: { deploy: { steps: [${task('dbx-prod')}] } } }
`),
      ['dbx-staging', 'dbx-prod'],
    );
  });

  it('needs no connection for a stubbed task', () => {
    const text = 'steps: [{ task: DatabricksCheckConnection@1, inputs: { databricksConnection: dbx-prod } }]\n';
    assert.deepEqual(connections(text), ['dbx-prod']);
    assert.deepEqual(connections(text, { 'databrickscheckconnection@1': STUB }), []);
  });
});
