import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { switchOff } from '../../../faults/fault-control';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { createJob, runNow, untilRun, upload } from '../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../support/local-workspace';

export const PIPELINES = '/api/2.0/pipelines';
export const WHEEL = { package_name: 'train', entry_point: 'main' };
export const TWO_TASKS = [
  { task_key: 'first', python_wheel_task: WHEEL },
  { task_key: 'second', depends_on: [{ task_key: 'first' }], python_wheel_task: WHEEL },
];

interface StepOptions {
  readonly variables?: Record<string, string>;
  /** Before each wait of the step. */
  readonly onRequest?: (host: FakeHost) => unknown;
}

/** A workspace whose jobs all run one program: it fails as long as the file `fail` is there, and goes on as long as `hold` is. */
export class WorkflowScene {
  private steps = 0;

  private constructor(
    readonly workspace: TestWorkspace,
    /** Sources of the steps. */
    readonly folder: string,
  ) {}

  static async open(): Promise<WorkflowScene> {
    const folder = mkdtempSync(join(tmpdir(), 'workflow-actions-'));
    const [program, hold, fail] = ['program.sh', 'hold', 'fail'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(program, `#!/bin/sh\nwhile [ -e ${hold} ]; do sleep 0.05; done\n[ -e ${fail} ] && exit 1\nexit 0\n`);
    chmodSync(program, 0o755);
    const workspace = await startTestWorkspace({ python: { interpreter: async () => program }, graceMilliseconds: 50 });
    const scene = new WorkflowScene(workspace, folder);
    await scene.sql('CREATE SCHEMA IF NOT EXISTS main.etl');
    return scene;
  }

  /** After each test. */
  async settle(): Promise<void> {
    rmSync(this.flag('fail'), { force: true });
    rmSync(this.flag('hold'), { force: true });
    await switchOff(this.workspace);
  }

  async close(): Promise<void> {
    await this.workspace.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  flag(name: string): string {
    return join(this.folder, name);
  }

  async step(
    inputs: Record<string, string>,
    { variables = {}, onRequest = () => undefined }: StepOptions = {},
  ): Promise<FakeHost> {
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', ...inputs },
      connections: { dbx: tokenConnection(this.workspace.url, this.workspace.token) },
      variables: { 'System.DefaultWorkingDirectory': this.folder, 'Build.BuildId': String(++this.steps), ...variables },
    });
    const clock = new AutoClock();
    const ticking = {
      now: () => clock.now(),
      sleep: async (milliseconds: number, signal?: AbortSignal) => {
        onRequest(host);
        await clock.sleep(Math.min(milliseconds, 250), signal);
      },
    };
    await runTask(task, readInputs, run, host, ticking);
    return host;
  }

  async sql(statement: string): Promise<void> {
    const list = await this.workspace.call<{ warehouses: { id: string }[] }>('GET', '/api/2.0/sql/warehouses');
    const body = { statement, warehouse_id: list.json.warehouses[0]?.id, wait_timeout: '50s' };
    const reply = await this.workspace.call<{ status: { state: string } }>('POST', '/api/2.0/sql/statements', body);
    assert.equal(reply.json.status.state, 'SUCCEEDED', reply.text);
  }

  async newPipeline(name: string, source: string): Promise<string> {
    const path = `/Shared/${name}.sql`;
    await upload(this.workspace, path, source);
    const spec = { name, catalog: 'main', schema: 'etl', libraries: [{ file: { path } }], allow_duplicate_names: true };
    const reply = await this.workspace.call<{ pipeline_id: string }>('POST', PIPELINES, spec);
    assert.equal(reply.status, 200, reply.text);
    return reply.json.pipeline_id;
  }

  async updates(id: string): Promise<readonly { readonly update_id: string; readonly state: string }[]> {
    const reply = await this.workspace.call<{ updates?: { update_id: string; state: string }[] }>(
      'GET',
      `${PIPELINES}/${id}/updates`,
    );
    return reply.json.updates ?? [];
  }

  /** A job of two tasks, the second after the first. */
  async newJob(name: string, more: Record<string, unknown> = {}): Promise<string> {
    return createJob(this.workspace, { name, tasks: TWO_TASKS, max_concurrent_runs: 5, ...more });
  }

  /** A run that has failed and would succeed now. */
  async failedRun(name: string): Promise<string> {
    writeFileSync(this.flag('fail'), '');
    const runId = await runNow(this.workspace, await this.newJob(name));
    await untilRun(this.workspace, runId);
    rmSync(this.flag('fail'));
    return runId;
  }

  async repairsOf(runId: string): Promise<number> {
    const reply = await this.workspace.call<{ repair_history?: { type: string }[] }>(
      'GET',
      `/api/2.2/jobs/runs/get?run_id=${runId}&include_history=true`,
    );
    return (reply.json.repair_history ?? []).filter(({ type }) => type === 'REPAIR').length;
  }
}
