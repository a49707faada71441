import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../../src/clock';
import { AutoClock } from '../../support/auto-clock';
import type { FakeHost } from '../../support/fake-host';
import type { RunReply } from '../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../support/local-workspace';
import { Gate } from './gate';
import { principal } from './sign-in';

export const MODEL = 'main.default.price';

/** A task of a job that registers version 1 of {@link MODEL}, as its log says. */
export const TRAIN = { task_key: 'train', python_wheel_task: { package_name: 'train', entry_point: 'main' } };

/** A workspace whose jobs are one small process each; a run ends while a step sleeps, and never before. */
export interface GatedJobs {
  readonly workspace: TestWorkspace;
  readonly clock: AutoClock;
  /** The MLflow run that every job names. */
  readonly mlflowRunId: string;
  /** Runs go on as long as this is true, whoever waits. */
  held: boolean;
  /** Jobs fail as long as this is true. */
  failing: boolean;
  /** Called before each sleep of a step. */
  onSleep: (host: FakeHost) => void;
  /** What the code of the active runs does, beside what it says, before they end. */
  work: (active: readonly RunReply[]) => Promise<void>;
  /** Sleeps move the common clock; before them, whatever runs ends, unless it is held. */
  stepClock(host: FakeHost): Clock;
  /** Lets the active runs do their work and end. */
  letEnd(): Promise<void>;
  stop(): Promise<void>;
}

export async function startGatedJobs(): Promise<GatedJobs> {
  const clock = new AutoClock();
  const gate = new Gate();
  const state = {
    held: false,
    failing: false,
    onSleep: (_: FakeHost): void => undefined,
    work: async (_: readonly RunReply[]): Promise<void> => undefined,
  };
  const python = {
    interpreter: async () => {
      await gate.opened();
      if (jobs.failing) {
        throw new Error('The environment of the job cannot be made.');
      }
      return program;
    },
  };
  const workspace = await startTestWorkspace({ clock, python, maxConcurrentTasks: 8, servicePrincipals: [principal] });
  const mlflowRunId = await trainedModel(workspace);
  const said = { mlflow_run_id: mlflowRunId, model_name: MODEL, model_version: '1' };
  const program = programThatSays(`mlops-result: ${JSON.stringify(said)}`);

  async function activeRuns(): Promise<readonly RunReply[]> {
    const list = await workspace.call<{ runs?: RunReply[] }>('GET', '/api/2.2/jobs/runs/list?active_only=true');
    if (list.status !== 200) {
      throw new Error(list.text);
    }
    return list.json.runs ?? [];
  }

  async function letEnd(): Promise<void> {
    const active = await activeRuns();
    if (active.length === 0) {
      return;
    }
    await jobs.work(active);
    gate.open();
    while ((await activeRuns()).length > 0) {
      // The process of a job is real: it takes its few milliseconds.
    }
    gate.close();
  }

  const jobs: GatedJobs = Object.assign(state, {
    workspace,
    clock,
    mlflowRunId,
    letEnd,
    stepClock: (host: FakeHost): Clock => ({
      now: () => clock.now(),
      sleep: async (milliseconds, signal) => {
        jobs.onSleep(host);
        if (!jobs.held) {
          await letEnd();
        }
        await clock.sleep(milliseconds, signal);
      },
    }),
    stop: async () => {
      gate.open();
      await workspace.stop();
    },
  });
  return jobs;
}

/** Version 1 of {@link MODEL} from an MLflow run. @returns the run's id */
async function trainedModel(workspace: TestWorkspace): Promise<string> {
  const experiment = await workspace.call<{ experiment_id: string }>('POST', '/api/2.0/mlflow/experiments/create', {
    name: '/Shared/trained',
  });
  const created = await workspace.call<{ run: { info: { run_id: string } } }>('POST', '/api/2.0/mlflow/runs/create', {
    experiment_id: experiment.json.experiment_id,
  });
  const { run_id } = created.json.run.info;
  const root = '/api/2.0/mlflow/unity-catalog';
  await workspace.call('POST', `${root}/registered-models/create`, { name: MODEL });
  await workspace.call('POST', `${root}/model-versions/create`, {
    name: MODEL,
    source: `runs:/${run_id}/model`,
    run_id,
  });
  await workspace.call('POST', `${root}/model-versions/finalize`, { name: MODEL, version: '1' });
  return run_id;
}

/** An executable in place of the Python interpreter: it prints a line and ends well. */
function programThatSays(line: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'databricks-mlops-job-')), 'job.sh');
  writeFileSync(file, `#!/bin/sh\necho '${line}'\n`);
  chmodSync(file, 0o755);
  return file;
}
