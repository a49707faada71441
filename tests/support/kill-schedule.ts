import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { seededUniform, type Uniform } from '../../local/workspace/seeded-uniform';
import { startAgentStep, tokenScheme } from './agent-step';
import type { RunReply } from './jobs';
import { KilledWorkspace } from './killed-workspace';

/** Commands that a step prints from its first to its last with the debug log on, about; a kill comes at one of them. */
const COMMANDS_OF_STEP = 60;
/** Clean tries until a step has to be green: the first may still find the run that a dead workspace lost. */
const CLEAN_TRIES = 4;

const SCRIPT = 'import time\ntime.sleep(0.2)\nprint("trained")\n';
const SIGNED = 'signature:\n  inputs: \'[{"type": "double", "name": "x"}]\'\n  outputs: \'[{"type": "double"}]\'\n';

/** A workspace process with a script and a logged model, on which schedules run one after the other. */
export interface KillScene {
  /**
   * A step that runs a job, and one that registers a model, each killed at random, with the workspace or alone, and run again.
   * @param name of the job and the model; no two schedules of a scene share it
   * @throws AssertionError when there is not one good run, one version, or when an output is wrong
   */
  run(seed: number, name?: string): Promise<Kills>;
  stop(): Promise<void>;
}

/** What a schedule killed. */
export interface Kills {
  readonly steps: number;
  readonly workspaces: number;
}

export async function startKillScene(): Promise<KillScene> {
  const workspace = new KilledWorkspace();
  await workspace.start();
  await workspace.call('POST', '/api/2.0/workspace/mkdirs', { path: '/Workspace/Shared' });
  await workspace.call('POST', '/api/2.0/workspace-files/import-file/Workspace/Shared/train.py?overwrite=true', SCRIPT);
  const runId = await logModel(workspace);
  return {
    run: (seed, name = String(seed)) => runSchedule(workspace, runId, seed, name),
    stop: () => workspace.remove(),
  };
}

async function runSchedule(
  workspace: KilledWorkspace,
  mlflowRunId: string,
  seed: number,
  name: string,
): Promise<Kills> {
  const uniform = seededUniform(seed);
  const kills = { steps: 0, workspaces: 0 };
  const created = await workspace.call<{ job_id: string }>('POST', '/api/2.2/jobs/create', {
    name: `train-${name}`,
    max_concurrent_runs: 5,
    tasks: [
      {
        task_key: 'train',
        environment_key: 'default',
        spark_python_task: { python_file: '/Workspace/Shared/train.py' },
      },
    ],
    environments: [{ environment_key: 'default', spec: { environment_version: '4', dependencies: [] } }],
  });
  const variables = { 'Build.BuildId': name, 'System.Debug': 'true' };
  const ran = await untilGreen(workspace, uniform, kills, 'DatabricksRunWorkflow', variables, {
    job: `train-${name}`,
    reuse: 'succeeded',
  });
  const listed = await workspace.call<{ runs: readonly RunReply[] }>(
    'GET',
    `/api/2.2/jobs/runs/list?job_id=${created.json.job_id}`,
  );
  const lost = listed.json.runs.filter(({ state }) => state.life_cycle_state === 'INTERNAL_ERROR');
  const good = listed.json.runs.filter(({ state }) => state.result_state === 'SUCCESS');
  assert.deepEqual(
    good.map(({ run_id }) => String(run_id)),
    [ran['runId']],
    'one good run, which the step names',
  );
  assert.equal(good.length + lost.length, listed.json.runs.length, 'every other run was lost with its workspace');
  assert.ok(lost.length <= kills.workspaces, 'runs lost');

  const model = `main.default.price_${name}`;
  const registered = await untilGreen(workspace, uniform, kills, 'DatabricksRegisterModel', variables, {
    model,
    mlflowRunId,
  });
  const versions = await workspace.call<{ model_versions: readonly { version: string; status: string }[] }>(
    'GET',
    `/api/2.0/mlflow/unity-catalog/model-versions/search?filter=${encodeURIComponent(`name='${model}'`)}`,
  );
  assert.deepEqual(
    versions.json.model_versions.map(({ version, status }) => [String(version), status]),
    [[registered['modelVersion'], 'READY']],
    'one version, which the step names',
  );
  const named = await workspace.call<{ model_version: { version: string } }>(
    'GET',
    `/api/2.0/mlflow/unity-catalog/registered-models/alias?name=${model}&alias=challenger`,
  );
  assert.equal(String(named.json.model_version.version), registered['modelVersion']);
  return kills;
}

/** Runs a step under one or two kills, then without, until it is green. @returns its outputs */
async function untilGreen(
  workspace: KilledWorkspace,
  uniform: Uniform,
  kills: { steps: number; workspaces: number },
  task: string,
  variables: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const rounds = 1 + Math.floor(uniform() * 2);
  for (let round = 0; round < rounds; round += 1) {
    const victim = uniform() < 0.6 ? 'steps' : 'workspaces';
    const at = 1 + Math.floor(uniform() * COMMANDS_OF_STEP);
    const later = uniform() * 40;
    if (await killedStep(workspace, task, variables, inputs, victim, at, later)) {
      kills[victim] += 1;
    }
  }
  const said: string[] = [];
  for (let attempt = 0; attempt < CLEAN_TRIES; attempt += 1) {
    const ended = await startAgentStep(task, stepOn(workspace, variables, inputs)).result;
    if (ended.result === 'Succeeded') {
      return ended.outputs;
    }
    said.push(ended.message);
  }
  throw new assert.AssertionError({ message: `${task} does not end green: ${said.join('\n')}` });
}

/** @returns whether the kill came before the end */
async function killedStep(
  workspace: KilledWorkspace,
  task: string,
  variables: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
  victim: 'steps' | 'workspaces',
  at: number,
  later: number,
): Promise<boolean> {
  let commands = 0;
  let killed: Promise<void> | undefined;
  let over = false;
  const kill = async () => {
    await delay(later);
    if (victim === 'workspaces') {
      await workspace.kill();
      await workspace.start();
    } else if (!over) {
      killIfThere(step.processId);
    }
  };
  const step = startAgentStep(task, {
    ...stepOn(workspace, variables, inputs),
    onCommand: () => {
      commands += 1;
      if (commands === at) {
        killed = kill();
      }
    },
  });
  await step.result;
  over = true;
  await killed;
  return killed !== undefined;
}

/** The process may have ended by itself a moment ago, while its output is still being read. */
function killIfThere(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}

function stepOn(
  workspace: KilledWorkspace,
  variables: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
) {
  return {
    inputs: { databricksConnection: 'dbx', ...inputs },
    connections: [tokenScheme(workspace.url, workspace.token)],
    variables: { ...variables },
  };
}

/** An MLflow run with a logged model. @returns the run's id */
async function logModel(workspace: KilledWorkspace): Promise<string> {
  const root = '/api/2.0/mlflow';
  const experiment = await workspace.call<{ experiment_id: string }>('POST', `${root}/experiments/create`, {
    name: '/Shared/price',
  });
  const { experiment_id } = experiment.json;
  const run = await workspace.call<{ run: { info: { run_id: string } } }>('POST', `${root}/runs/create`, {
    experiment_id,
  });
  const run_id = run.json.run.info.run_id;
  const logged = await workspace.call<{ model: { info: { model_id: string } } }>('POST', `${root}/logged-models`, {
    experiment_id,
    name: 'model',
    source_run_id: run_id,
  });
  const { model_id } = logged.json.model.info;
  await workspace.call('POST', `${root}/runs/outputs`, { run_id, models: [{ model_id, step: 0 }] });
  const folder = `/api/2.0/fs/files/WorkspaceInternal/Mlflow/Artifacts/${experiment_id}/LoggedModels/${model_id}/artifacts`;
  await workspace.call('PUT', `${folder}/MLmodel`, SIGNED);
  await workspace.call('PUT', `${folder}/data/model.bin`, 'x'.repeat(70_000));
  return run_id;
}
