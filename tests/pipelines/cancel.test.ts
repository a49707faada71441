import assert from 'node:assert/strict';
import { mustNotAppear } from '../support/captured-output';
import { createJob, processesWith, type RunReply, systemPython, untilLogged, untilRun, upload } from '../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { PipelineFolder, type Queued, stageResults, stepsIn } from '../support/queued-run';
import { VirtualClock } from '../support/virtual-clock';

const PIPELINE = `
stages:
  - stage: train
    jobs:
      - job: main
        timeoutInMinutes: 30
        steps:
          - checkout: none
          - task: DatabricksRunWorkflow@1
            name: train
            inputs: { databricksConnection: dbx-staging, job: slow }
  - stage: promote
    jobs:
      - job: main
        steps:
          - checkout: none
          - bash: echo promoted
`;

describe('a remote job whose run of the pipeline is stopped', () => {
  let workspace: TestWorkspace;
  let folder: PipelineFolder;

  before(async () => {
    folder = new PipelineFolder({ 'azure-pipelines.yml': PIPELINE });
    workspace = await startTestWorkspace({ names: ['staging'], python: systemPython() });
    mustNotAppear(workspace.token);
    const python_file = '/Workspace/Shared/slow.py';
    await upload(workspace, python_file, 'import time\nprint("it has begun", flush=True)\ntime.sleep(300)\n');
    await createJob(workspace, { name: 'slow', tasks: [{ task_key: 'main', spark_python_task: { python_file } }] });
  });
  after(async () => {
    folder.remove();
    await workspace.stop();
  });

  /** Processes of tasks of this workspace. */
  const processes = () => processesWith(`LOCAL_WORKSPACE_TASK_FOLDER=${workspace.data}`);

  /** The job's newest run, once it prints. */
  async function begun(before: number): Promise<RunReply> {
    for (;;) {
      const { json } = await workspace.call<{ runs?: RunReply[] }>('GET', '/api/2.2/jobs/runs/list');
      const [newest] = json.runs ?? [];
      if (newest !== undefined && (json.runs?.length ?? 0) > before) {
        await untilLogged(workspace, newest.run_id, 'it has begun');
        return newest;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  function assertStopped(run: Queued, remote: RunReply): void {
    assert.equal(remote.state.result_state, 'CANCELED');
    assert.deepEqual(processes(), []);
    const [step] = stepsIn(run, 'train').filter(({ task }) => task === 'DatabricksRunWorkflow@1');
    assert.equal(step?.result, 'canceled', run.lines.join('\n'));
  }

  it('is cancelled with the run', async () => {
    const cancel = new AbortController();
    const running = folder.run({}, { workspaces: workspace.all, signal: cancel.signal });
    const { run_id } = await begun(0);
    assert.equal((await untilRun(workspace, run_id, () => true)).state.life_cycle_state, 'RUNNING');
    assert.equal(processes().length, 1);
    cancel.abort(new Error('canceled by the test'));
    const run = await running;
    assertStopped(run, await untilRun(workspace, run_id));
    assert.deepEqual(stageResults(run), { train: 'canceled', promote: 'skipped' });
    assert.equal(run.record.result, 'canceled');
  });

  it('is cancelled when the time of its job is over', async () => {
    const clock = new VirtualClock();
    const running = folder.run({}, { workspaces: workspace.all, clock });
    const { run_id } = await begun(1);
    await clock.advance(30 * 60_000);
    const run = await running;
    assertStopped(run, await untilRun(workspace, run_id));
    assert.equal(stageResults(run)['promote'], 'skipped');
    assert.notEqual(run.record.result, 'succeeded');
  });
});
