import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeHost } from '../../support/fake-host';
import { createJob, type RunReply, runNow } from '../../support/jobs';
import type { TestWorkspace } from '../../support/local-workspace';
import { type GatedJobs, TRAIN } from './gated-jobs';

/** What an action of `DatabricksRunWorkflow` acts on, and what it must have left behind. */
export interface WorkflowSubject {
  readonly inputs: Readonly<Record<string, string>>;
  /** The sources folder of the step. */
  readonly folder: string;
  /** Everything once, right outputs. */
  mustHold(host: FakeHost): Promise<void>;
  /** However a step ended: nothing was begun twice. */
  mustBeSafe(): Promise<void>;
}

/** A one-time run of a script that lies beside the definition. */
export async function submitted({ workspace }: GatedJobs, name: string): Promise<WorkflowSubject> {
  const folder = newFolder();
  const script = `print("${name}")\n`;
  writeFileSync(join(folder, 'train.py'), script);
  writeFileSync(
    join(folder, 'run.yml'),
    'tasks:\n- task_key: train\n  spark_python_task: {python_file: ./train.py}\nsync: {paths: [.]}\n',
  );
  // A list of runs is a page, and one whose clock went back is not on the first.
  for (const { run_id } of await runsWhere(workspace, 'run_type=SUBMIT_RUN')) {
    await workspace.call('POST', '/api/2.2/jobs/runs/delete', { run_id });
  }
  const runs = async () => (await runsWhere(workspace, 'run_type=SUBMIT_RUN')).filter((run) => run.run_name === name);
  return {
    inputs: { action: 'submit', definition: 'run.yml', runLabel: name, reuse: 'succeeded', requireModel: 'true' },
    folder,
    async mustHold(host) {
      const [run, ...others] = await runs();
      assert.deepEqual(others, [], 'a second run was started');
      mustHaveSucceeded(host, run);
      const { tasks } = await wholeRun<{ tasks: { spark_python_task: { python_file: string } }[] }>(workspace, run);
      const place = tasks[0]?.spark_python_task.python_file ?? '';
      const query = new URLSearchParams({ path: place, format: 'SOURCE', direct_download: 'true' });
      assert.equal((await workspace.call('GET', `/api/2.0/workspace/export?${query}`)).text, script);
    },
    async mustBeSafe() {
      assert.ok((await runs()).length <= 1, 'a second run was started');
    },
  };
}

/** A run that somebody else has started. */
export async function attached({ workspace }: GatedJobs, name: string): Promise<WorkflowSubject> {
  const jobId = await createJob(workspace, { name, tasks: [TRAIN] });
  return attachedTo(workspace, jobId);
}

/** The only run of a job, which somebody else has started. */
async function attachedTo(workspace: GatedJobs['workspace'], jobId: string): Promise<WorkflowSubject> {
  const runId = await runNow(workspace, jobId);
  return {
    inputs: { action: 'attach', runId, requireModel: 'true' },
    folder: newFolder(),
    async mustHold(host) {
      mustHaveSucceeded(host, await onlyRun(workspace, jobId));
    },
    async mustBeSafe() {
      await onlyRun(workspace, jobId);
    },
  };
}

/** A run that starts the run of another job, and iterates. */
export async function nested({ workspace }: GatedJobs, name: string): Promise<WorkflowSubject> {
  const inner = await createJob(workspace, { name: `${name}-inner`, tasks: [TRAIN] });
  const jobId = await createJob(workspace, {
    name,
    tasks: [
      { task_key: 'nightly', run_job_task: { job_id: inner } },
      { task_key: 'score', for_each_task: { inputs: '["north", "south"]', task: { ...TRAIN, task_key: 'one' } } },
    ],
  });
  return attachedTo(workspace, jobId);
}

/** A run that has failed and would succeed now. */
export async function repaired(jobs: GatedJobs, name: string): Promise<WorkflowSubject> {
  const { workspace } = jobs;
  const jobId = await createJob(workspace, { name, tasks: [TRAIN] });
  const runId = await runNow(workspace, jobId);
  jobs.failing = true;
  await jobs.letEnd();
  jobs.failing = false;
  const repairs = async () => {
    const { repair_history: history } = await wholeRun<{ repair_history: { type: string }[] }>(
      workspace,
      await onlyRun(workspace, jobId),
    );
    return history.filter(({ type }) => type === 'REPAIR').length;
  };
  assert.equal((await onlyRun(workspace, jobId)).state.result_state, 'FAILED');
  return {
    inputs: { action: 'repair', runId, requireModel: 'true' },
    folder: newFolder(),
    async mustHold(host) {
      assert.equal(await repairs(), 1);
      mustHaveSucceeded(host, await onlyRun(workspace, jobId));
    },
    async mustBeSafe() {
      assert.ok((await repairs()) <= 1, 'the run was repaired twice');
    },
  };
}

/** A run that goes on until it is cancelled. */
export async function cancelled(jobs: GatedJobs, name: string): Promise<WorkflowSubject> {
  const { workspace } = jobs;
  jobs.held = true;
  const jobId = await createJob(workspace, { name, tasks: [TRAIN] });
  const runId = await runNow(workspace, jobId);
  return {
    inputs: { action: 'cancel', runId },
    folder: newFolder(),
    async mustHold(host) {
      const run = await onlyRun(workspace, jobId);
      assert.equal(run.state.result_state, 'CANCELED');
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.deepEqual([host.outputs.get('runId'), host.outputs.get('resultState')], [String(run.run_id), 'CANCELED']);
    },
    async mustBeSafe() {
      await onlyRun(workspace, jobId);
    },
  };
}

const VOLUME = '/Volumes/main/default/results';
/** A JUnit file of a length that leaves room for another in its place. */
const TESTS = '<testsuite><testcase classname="unit" name="good"/></testsuite>'.padEnd(20_000);

/** A run whose code logs to MLflow, tests and leaves files, after one that has succeeded. */
export async function withResults(jobs: GatedJobs, name: string): Promise<WorkflowSubject> {
  const { workspace } = jobs;
  const volume = { catalog_name: 'main', schema_name: 'default', name: 'results', volume_type: 'MANAGED' };
  await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume);
  const place = `${VOLUME}/${name}`;
  const report = `report of ${name}\n`.repeat(100);
  jobs.work = async (active) => {
    for (const run of active) {
      await logTo(workspace, String(run.run_id));
    }
    await put(workspace, `${place}/tests/junit.xml`, TESTS);
    await put(workspace, `${place}/report/part one.txt`, report);
  };
  const jobId = await createJob(workspace, { name, tasks: [TRAIN], max_concurrent_runs: 5 });
  const former = await runNow(workspace, jobId);
  await jobs.letEnd();
  const folder = newFolder();
  const runs = async () =>
    (await runsWhere(workspace, `job_id=${jobId}`)).filter(({ run_id }) => String(run_id) !== former);
  return {
    inputs: {
      job: name,
      reuse: 'succeeded',
      requireModel: 'true',
      testResults: `${place}/tests/*.xml`,
      downloads: `${place}/report=report`,
    },
    folder,
    async mustHold(host) {
      const [run, ...others] = await runs();
      assert.deepEqual(others, [], 'a second run was started');
      mustHaveSucceeded(host, run);
      assert.deepEqual([host.outputs.get('testsTotal'), host.outputs.get('testsFailed')], ['1', '0']);
      assert.equal(host.testResults.length, 1);
      assert.equal(readFileSync(join(folder, 'report', 'part one.txt'), 'utf8'), report);
      const { comparison } = JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8')) as {
        comparison?: { former?: { runId: string }; pairs: { metrics: { delta?: number }[] }[] };
      };
      assert.equal(comparison?.former?.runId, former);
      assert.deepEqual(
        comparison.pairs.map(({ metrics }) => metrics.map(({ delta }) => delta)),
        [[0], []],
        'of the MLflow run that was logged, and of the one that is named',
      );
    },
    async mustBeSafe() {
      assert.ok((await runs()).length <= 1, 'a second run was started');
    },
  };
}

/** An MLflow run of the workflow run, with a metric. */
async function logTo(workspace: TestWorkspace, jobRunId: string): Promise<void> {
  const mlflow = async <T>(path: string, query: Record<string, unknown>): Promise<T> => {
    const reply = await workspace.call<T>('POST', `/api/2.0/mlflow/${path}`, query);
    assert.equal(reply.status, 200, reply.text);
    return reply.json;
  };
  const name = '/Shared/price';
  const known = await workspace.call<{ experiment?: { experiment_id: string } }>(
    'GET',
    `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`,
  );
  const { experiment_id } =
    known.json.experiment ?? (await mlflow<{ experiment_id: string }>('experiments/create', { name }));
  const tags = [{ key: 'mlflow.databricks.jobRunID', value: jobRunId }];
  const { run } = await mlflow<{ run: { info: { run_id: string } } }>('runs/create', { experiment_id, tags });
  const metrics = [{ key: 'rmse', value: 0.5, timestamp: 1, step: 0 }];
  await mlflow('runs/log-batch', { run_id: run.info.run_id, metrics });
}

async function put(workspace: TestWorkspace, path: string, text: string): Promise<void> {
  const reply = await workspace.call('PUT', `/api/2.0/fs/files${encodeURI(path)}?overwrite=true`, text);
  assert.equal(reply.status, 204, reply.text);
}

function mustHaveSucceeded(host: FakeHost, run: RunReply | undefined): void {
  assert.equal(host.result, 'Succeeded', host.printed);
  assert.equal(host.outputs.get('runId'), String(run?.run_id));
  assert.equal(host.outputs.get('resultState'), 'SUCCESS');
  assert.equal(host.outputs.get('modelVersion'), '1');
  assert.equal(host.outputs.get('failedTasks'), '');
  assert.deepEqual(host.issues, []);
}

async function onlyRun(workspace: TestWorkspace, jobId: string): Promise<RunReply> {
  const [run, ...others] = await runsWhere(workspace, `job_id=${jobId}`);
  assert.ok(run !== undefined);
  assert.deepEqual(others, [], 'a second run was started');
  return run;
}

async function runsWhere(
  workspace: TestWorkspace,
  query: string,
): Promise<readonly (RunReply & { run_name?: string })[]> {
  const list = await workspace.call<{ runs?: RunReply[] }>('GET', `/api/2.2/jobs/runs/list?${query}`);
  assert.equal(list.status, 200, list.text);
  return list.json.runs ?? [];
}

async function wholeRun<T>(workspace: TestWorkspace, run: RunReply | undefined): Promise<T> {
  const query = `run_id=${run?.run_id}&include_history=true`;
  return (await workspace.call<T>('GET', `/api/2.2/jobs/runs/get?${query}`)).json;
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'databricks-mlops-sources-'));
}
