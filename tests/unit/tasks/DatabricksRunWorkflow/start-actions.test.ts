import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runAfterJob } from '../../../../src/agent/run-after-job';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { afterJob } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { getRun, type RunReply, runNow, untilRun } from '../../../support/jobs';
import { WorkflowScene } from './workflow-scene';

describe('DatabricksRunWorkflow, cancel', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await WorkflowScene.open();
  });
  afterEach(() => scene.settle());
  after(() => scene.close());

  it('ends a run and waits until it has ended', async () => {
    writeFileSync(scene.flag('hold'), '');
    const runId = await runNow(scene.workspace, await scene.newJob('canceled'));
    const host = await scene.step({ action: 'cancel', runId });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.equal(host.outputs.get('resultState'), 'CANCELED');
    assert.equal((await getRun(scene.workspace, runId)).status.state, 'TERMINATED');
    const again = await scene.step({ action: 'cancel', runId });
    assert.match(again.message, /had already ended CANCELED/);
  });

  it('changes nothing in a dry run', async () => {
    writeFileSync(scene.flag('hold'), '');
    const runId = await runNow(scene.workspace, await scene.newJob('cancel dry'));
    const host = await scene.step({ action: 'cancel', runId, dryRun: 'true' });
    assert.match(host.message, /would be canceled/, host.printed);
    rmSync(scene.flag('hold'));
    assert.equal((await untilRun(scene.workspace, runId)).state.result_state, 'SUCCESS');
  });
});

describe('DatabricksRunWorkflow, run', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await WorkflowScene.open();
  });
  afterEach(() => scene.settle());
  after(() => scene.close());

  it('passes older parameters, chosen tasks and wishes to the service', async () => {
    await scene.newJob('parameters');
    const host = await scene.step({
      job: 'parameters',
      taskParameters: 'python_params=["a", 1]',
      only: '+second',
      queue: 'true',
      performanceTarget: 'STANDARD',
    });
    assert.equal(host.result, 'Succeeded', host.printed);
    const run = (await getRun(scene.workspace, host.outputs.get('runId') ?? '')) as RunReply & {
      readonly overriding_parameters?: unknown;
    };
    assert.deepEqual(run.overriding_parameters, { python_params: ['a', '1'] });
    assert.deepEqual(run.tasks?.map(({ task_key }) => task_key).toSorted(), ['first', 'second']);
  });

  for (const [what, inputs, code] of [
    ['an unknown task', { only: 'third' }, 'TASK_UNKNOWN'],
    ['something that is no task key', { only: 'a b' }, 'INPUT_INVALID'],
    ['parameters that no task takes', { taskParameters: 'notebook_params={"a": 1}' }, 'TASK_PARAMETERS_UNUSED'],
    ['an unknown kind of parameters', { taskParameters: 'r_params=[1]' }, 'INPUT_INVALID'],
    ['a queue that is neither true nor false', { queue: 'perhaps' }, 'INPUT_INVALID'],
    ['an unknown performance target', { performanceTarget: 'FAST' }, 'INPUT_INVALID'],
    ['repairs without waiting', { wait: 'false', repairAttempts: '1' }, 'INPUT_NOT_USED'],
    ['a selection of tables', { refreshSelection: 'a' }, 'INPUT_NOT_USED'],
    ['a run label', { runLabel: 'a' }, 'INPUT_NOT_USED'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const host = await scene.step({ job: 'parameters', ...inputs });
      assert.equal(host.error?.code, code, host.printed);
      assert.equal(host.outputs.get('runId'), '');
    });
  }

  it('lets the post-job phase end what a step left', async () => {
    writeFileSync(scene.flag('hold'), '');
    const runId = await runNow(scene.workspace, await scene.newJob('left'));
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', action: 'attach', runId },
      connections: { dbx: tokenConnection(scene.workspace.url, scene.workspace.token) },
    });
    host.setTaskVariable('databricksMlopsRunId', runId);
    await runAfterJob(task, readInputs, afterJob, host, new AutoClock());
    assert.equal((await untilRun(scene.workspace, runId)).state.result_state, 'CANCELED');
  });
});

describe('DatabricksRunWorkflow, submit', () => {
  const files = {
    'job/run.yml': [
      'run_name: from a file',
      'tasks:',
      '- task_key: train',
      '  environment_key: default',
      '  spark_python_task: {python_file: ./train me.py}',
      'environments:',
      '- environment_key: default',
      '  spec: {environment_version: "4", dependencies: [-r requirements.txt]}',
      'sync: {paths: [lib]}',
    ].join('\n'),
    'job/train me.py': 'import lib.features\n',
    'job/requirements.txt': '\n',
    'job/lib/features.py': 'A = 1\n',
    'job/lib/__pycache__/features.pyc': 'left out',
  };
  let scene: WorkflowScene;
  before(async () => {
    scene = await WorkflowScene.open();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(scene.folder, name)), { recursive: true });
      writeFileSync(join(scene.folder, name), content);
    }
  });
  afterEach(() => scene.settle());
  after(() => scene.close());

  it('brings the local files of a definition into the workspace, once', async () => {
    const inputs = { action: 'submit', definition: 'job/run.yml' };
    const host = await scene.step(inputs);
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /files = 3 in \/Workspace\/\S+\nUploaded 3 local files\./);
    const run = (await getRun(scene.workspace, host.outputs.get('runId') ?? '')) as unknown as {
      run_name: string;
      tasks: { spark_python_task: { python_file: string } }[];
    };
    assert.equal(run.run_name, 'from a file');
    const place = run.tasks[0]?.spark_python_task.python_file ?? '';
    assert.match(place, /^\/Workspace\/Users\/[^/]+\/\.mlops\/files\/[0-9a-f]{40}\/train me\.py$/);
    const list = await scene.workspace.call<{ objects: { path: string }[] }>(
      'GET',
      `/api/2.0/workspace/list?path=${encodeURIComponent(dirname(place))}`,
    );
    assert.deepEqual(
      list.json.objects.map(({ path }) => path.split('/').at(-1)).toSorted(),
      ['lib', 'requirements.txt', 'train me.py'],
      list.text,
    );
    const again = await scene.step(inputs);
    assert.match(again.printed, /3 local files: uploaded before\./, again.printed);
    writeFileSync(join(scene.folder, 'job/lib/features.py'), 'A = 2\n');
    const changed = await scene.step(inputs);
    assert.doesNotMatch(changed.printed, /already\./);
    assert.equal(changed.result, 'Succeeded', changed.printed);
  });

  it('uploads nothing in a dry run, but says what it would', async () => {
    writeFileSync(join(scene.folder, 'job/lib/features.py'), 'A = 3\n');
    const host = await scene.step({ action: 'submit', definition: 'job/run.yml', dryRun: 'true' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(readFileSync(host.summaries[0] ?? '', 'utf8'), /3 in \/Workspace/);
    assert.match(host.printed, /^ {2}files = 3 in \/Workspace/m);
    assert.match(host.printed, /^1 task: \S+$/m);
    assert.match(
      host.printed,
      /^The request would be:\n\{\n {2}"run_name": [\s\S]*"python_file": "\/Workspace\/[\s\S]*\n\}$/m,
    );
  });
});
