import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServiceConnection } from '../../src/agent/host';
import { runAfterJob } from '../../src/agent/run-after-job';
import { runTask } from '../../src/agent/run-task';
import type { Clock } from '../../src/clock';
import { readInputs } from '../../tasks/DatabricksRunWorkflow/inputs';
import { afterJob, run } from '../../tasks/DatabricksRunWorkflow/run';
import task from '../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../support/auto-clock';
import { FakeHost, tokenConnection } from '../support/fake-host';
import { createJob, type RunReply } from '../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { principal } from './scenes/sign-in';

export const MODEL = 'main.default.price';
const SAID = `mlops-result: {"mlflow_run_id": "r1", "model_name": "${MODEL}", "model_version": "1"}`;
const WHEEL = { package_name: 'train', entry_point: 'main' };

/** A workspace whose jobs are one small process each; a run ends while the step sleeps, and never before. */
export interface WorkflowScene {
  readonly workspace: TestWorkspace;
  readonly clock: AutoClock;
  /** Runs go on as long as this is true, whoever waits. */
  held: boolean;
  /** Called before each sleep of a step. */
  onSleep: (host: FakeHost) => void;
  /** A new job, and the place in a pipeline of the step that runs it. */
  newStep(): Promise<WorkflowStep>;
  stop(): Promise<void>;
}

/** A step that can be run again under its own key. */
export interface WorkflowStep {
  readonly jobId: string;
  run(inputs?: Record<string, string>, connection?: ServiceConnection): Promise<FakeHost>;
  /** The post-job phase after a step. */
  afterJob(host: FakeHost): Promise<void>;
  /** Every run of the job. */
  runs(): Promise<readonly RunReply[]>;
}

export async function startWorkflowScene(): Promise<WorkflowScene> {
  const clock = new AutoClock();
  const gate = new Gate();
  const python = { interpreter: () => gate.opened().then(() => quickProgram) };
  const quickProgram = programThatSays(SAID);
  const workspace = await startTestWorkspace({ clock, python, maxConcurrentTasks: 8, servicePrincipals: [principal] });
  await registerModel(workspace);
  await workspace.call('POST', '/api/2.0/mlflow/experiments/create', { name: '/Shared/price' });
  const state = { held: false, onSleep: (_: FakeHost): void => undefined };
  let steps = 0;

  /** Sleeps move the common clock; before them, whatever runs ends, unless it is held. */
  const stepClock = (host: FakeHost): Clock => ({
    now: () => clock.now(),
    sleep: async (milliseconds, signal) => {
      state.onSleep(host);
      if (!state.held) {
        gate.open();
        await untilNoneIsActive(workspace);
        gate.close();
      }
      await clock.sleep(milliseconds, signal);
    },
  });

  return Object.assign(state, {
    workspace,
    clock,
    async newStep(): Promise<WorkflowStep> {
      steps += 1;
      const number = steps;
      const tasks = [{ task_key: 'train', python_wheel_task: WHEEL }];
      const jobId = await createJob(workspace, { name: `train-${number}`, tasks, max_concurrent_runs: 5 });
      return {
        jobId,
        async run(inputs = {}, connection = tokenConnection(workspace.url, workspace.token)) {
          const host = new FakeHost({
            inputs: { databricksConnection: 'dbx', job: `train-${number}`, ...inputs },
            connections: { dbx: connection },
            variables: { 'Build.BuildId': String(number) },
          });
          await runTask(task, readInputs, run, host, stepClock(host));
          return host;
        },
        afterJob: (host) => runAfterJob(task, readInputs, afterJob, host, clock),
        runs: async () => {
          const list = await workspace.call<{ runs?: RunReply[] }>('GET', `/api/2.2/jobs/runs/list?job_id=${jobId}`);
          return list.json.runs ?? [];
        },
      };
    },
    stop: async () => {
      gate.open();
      await workspace.stop();
    },
  });
}

async function registerModel(workspace: TestWorkspace): Promise<void> {
  const root = '/api/2.0/mlflow/unity-catalog';
  await workspace.call('POST', `${root}/registered-models/create`, { name: MODEL });
  await workspace.call('POST', `${root}/model-versions/create`, {
    name: MODEL,
    source: 'runs:/r1/model',
    run_id: 'r1',
  });
  await workspace.call('POST', `${root}/model-versions/finalize`, { name: MODEL, version: '1' });
}

async function untilNoneIsActive(workspace: TestWorkspace): Promise<void> {
  for (;;) {
    const list = await workspace.call<{ runs?: unknown[] }>('GET', '/api/2.2/jobs/runs/list?active_only=true');
    if (list.status === 200 && list.json.runs === undefined) {
      return;
    }
  }
}

/** An executable in place of the Python interpreter: it prints a line and ends well. */
function programThatSays(line: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'databricks-mlops-job-')), 'job.sh');
  writeFileSync(file, `#!/bin/sh\necho '${line}'\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Lets through only while it is open. */
class Gate {
  #waiting: (() => void)[] = [];
  #isOpen = false;

  async opened(): Promise<void> {
    if (!this.#isOpen) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#waiting.splice(0)) {
      resolve();
    }
  }

  close(): void {
    this.#isOpen = false;
  }
}
