import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentStep, HANDLERS, startAgentStep, tokenScheme } from '../support/agent-step';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';

const python = { interpreter: async () => 'python3' };

async function script(workspace: TestWorkspace, name: string, lines: readonly string[]): Promise<string> {
  const path = `/Workspace/Shared/${name}.py`;
  await workspace.call('POST', '/api/2.0/workspace/mkdirs', { path: '/Workspace/Shared' });
  const reply = await workspace.call(
    'POST',
    `/api/2.0/workspace-files/import-file${path}?overwrite=true`,
    lines.join('\n'),
  );
  assert.equal(reply.status, 200, reply.text);
  return path;
}

async function job(
  workspace: TestWorkspace,
  name: string,
  lines: readonly string[],
  parameters: readonly string[] = [],
): Promise<string> {
  const python_file = await script(workspace, name, lines);
  const reply = await workspace.call<{ job_id: string | number }>('POST', '/api/2.2/jobs/create', {
    name,
    parameters: parameters.map((parameter) => ({ name: parameter, default: '' })),
    tasks: [
      {
        task_key: 'main',
        environment_key: 'default',
        spark_python_task: {
          python_file,
          parameters: parameters.map((parameter) => `{{job.parameters.${parameter}}}`),
        },
      },
    ],
    environments: [{ environment_key: 'default', spec: { environment_version: '4', dependencies: [] } }],
  });
  assert.equal(reply.status, 200, reply.text);
  return String(reply.json.job_id);
}

describe('DatabricksRunWorkflow as the agent starts it', () => {
  let workspace: TestWorkspace;
  const step = (inputs: Record<string, string>, more: Parameters<typeof agentStep>[1] = {}) =>
    agentStep('DatabricksRunWorkflow', {
      inputs: { databricksConnection: 'dbx', ...inputs },
      connections: [tokenScheme(workspace.url, workspace.token)],
      ...more,
    });

  before(async () => {
    workspace = await startTestWorkspace({ python });
    await job(workspace, 'echo', ['import sys', 'print("hello", *sys.argv[1:])'], ['who']);
    await job(workspace, 'broken', ['raise ValueError("bad input")']);
    await job(workspace, 'twin', ['print(1)']);
    await job(workspace, 'twin', ['print(1)']);
    await job(workspace, 'hostile', [
      'print("##vso[task.setvariable variable=pwned]yes")',
      'print("x\\r##VSO[task.complete result=Succeeded;]y")',
      'print("\\x1b[2J##vso[task.uploadfile]/etc/hostname")',
      'raise RuntimeError("##vso[task.complete result=Succeeded;]all good")',
    ]);
  });
  after(() => workspace.stop());

  for (const { name, node } of HANDLERS) {
    it(`runs a job to its end on ${name}`, async () => {
      const result = await step({ job: 'echo', jobParameters: 'who=world' }, { node });
      assert.equal(result.result, 'Succeeded', result.output);
      assert.equal(result.exitCode, 0);
      assert.equal(result.outputs['result'], 'succeeded');
      assert.equal(result.outputs['resultState'], 'SUCCESS');
      assert.ok(BigInt(result.outputs['runId'] ?? 0) > 2n ** 53n, 'the id is one that numbers cannot hold');
      assert.match(result.outputs['runUrl'] ?? '', new RegExp(`/run/${result.outputs['runId']}$`));
      const outputs = JSON.parse(readFileSync(result.outputs['outputsPath'] ?? '', 'utf8'));
      assert.equal(outputs.tasks[0].state, 'SUCCESS');
      const declared = JSON.parse(readFileSync('tasks/DatabricksRunWorkflow/task.json', 'utf8')).outputVariables;
      assert.deepEqual(
        Object.keys(result.outputs).sort(),
        declared.map((output: { name: string }) => output.name).sort(),
      );
    });
  }

  it('fails with the error of the job, its task and a link', async () => {
    const result = await step({ job: 'broken' });
    assert.equal(result.result, 'Failed');
    assert.equal(result.outputs['result'], 'failed');
    assert.equal(result.outputs['failedTasks'], 'main');
    assert.equal(result.issues.length, 1);
    assert.equal(result.issues[0]?.code, 'RUN_FAILED');
    assert.match(
      result.message,
      /Task 'main': ValueError: bad input\. Look at the output of the failed task\. See http/,
    );
  });

  for (const [title, inputs, code, pattern] of [
    ['no job', {}, 'INPUT_REQUIRED', /'job'/],
    ['an unknown job', { job: 'nope' }, 'JOB_NOT_FOUND', /'nope'.*It sees: .*\becho\b/],
    ['two jobs of one name', { job: 'twin' }, 'JOB_AMBIGUOUS', /\d+, \d+/],
    [
      'an unknown parameter',
      { job: 'echo', jobParameters: 'whom=x' },
      'JOB_PARAMETER_UNKNOWN',
      /'whom'.*It declares: who/,
    ],
    ['a broken definition', { action: 'submit', definition: '{"tasks": [' }, 'DEFINITION_INVALID', /definition/],
    ['a macro left over', { job: '$(jobName)' }, 'UNEXPANDED_MACRO', /'jobName'/],
    ['an input of another action', { job: 'echo', runId: '5' }, 'INPUT_NOT_USED', /'runId'/],
    ['no run to attach to', { action: 'attach', runId: '9007199254740999999' }, 'RUN_NOT_FOUND', /9007199254740999999/],
  ] as const) {
    it(`says one thing about ${title}`, async () => {
      const result = await step(inputs);
      assert.equal(result.result, 'Failed', result.output);
      assert.deepEqual(
        result.issues.map((issue) => issue.code),
        [code],
        result.output,
      );
      assert.match(result.message, pattern);
      assert.doesNotMatch(result.output, /^\s+at .*\(/m, 'no stack trace');
      assert.equal(result.outputs['result'], 'failed');
      assert.equal(result.outputs['runId'], '');
    });
  }

  it('lets no text of a job run a command', async () => {
    const result = await step({ job: 'hostile' });
    assert.equal(result.result, 'Failed');
    assert.equal(result.outputs['pwned'], undefined);
    assert.ok(!result.commands.some(({ event, data }) => event === 'uploadfile' && data.includes('hostname')));
    assert.equal(result.commands.filter(({ event }) => event === 'complete').length, 1);
  });

  it('attaches to the run of an earlier attempt of the same step', async () => {
    await job(workspace, 'slow', ['import time', 'time.sleep(60)']);
    const variables = { 'System.StageName': 's', 'System.TaskInstanceName': 'slow' };
    const first = await step({ job: 'slow', wait: 'false' }, { variables: { ...variables, 'System.JobAttempt': '1' } });
    const second = await step(
      { job: 'slow', wait: 'false' },
      { variables: { ...variables, 'System.JobAttempt': '2' } },
    );
    assert.equal(second.outputs['runId'], first.outputs['runId']);
    await workspace.call('POST', '/api/2.2/jobs/runs/cancel', `{"run_id": ${first.outputs['runId']}}`);
    const waited = await step({ action: 'attach', runId: first.outputs['runId'] ?? '' });
    assert.equal(waited.outputs['resultState'], 'CANCELED');
    assert.equal(waited.result, 'Failed');
  });

  it('submits a one-time run', async () => {
    const python_file = await script(workspace, 'once', ['print("once")']);
    const definition = JSON.stringify({ tasks: [{ task_key: 'once', spark_python_task: { python_file } }] });
    const result = await step({ action: 'submit', definition, runLabel: 'from the test' });
    assert.equal(result.outputs['resultState'], 'SUCCESS', result.output);
    assert.equal(result.outputs['jobId'], '');
    assert.match(result.message, /'from the test'/);
  });

  it('submits YAML with a script of the sources, repairs a run and cancels one', async () => {
    const sources = mkdtempSync(join(tmpdir(), 'sources-'));
    try {
      const trouble = join(sources, 'trouble');
      writeFileSync(trouble, '');
      writeFileSync(
        join(sources, 'check.py'),
        `import os, sys\nsys.exit(os.path.exists(${JSON.stringify(trouble)}))\n`,
      );
      const variables = { 'System.DefaultWorkingDirectory': sources };
      const definition = 'tasks:\n- task_key: check\n  spark_python_task: {python_file: check.py}\n';
      const submitted = await step({ action: 'submit', definition }, { variables });
      assert.equal(submitted.outputs['failedTasks'], 'check', submitted.output);
      rmSync(trouble);
      const runId = submitted.outputs['runId'] ?? '';
      const repaired = await step({ action: 'repair', runId }, { variables });
      assert.equal(repaired.result, 'Succeeded', repaired.output);
      assert.deepEqual([repaired.outputs['runId'], repaired.outputs['resultState']], [runId, 'SUCCESS']);
      const canceled = await step({ action: 'cancel', runId }, { variables });
      assert.equal(canceled.result, 'Succeeded', canceled.output);
      assert.match(canceled.message, /had already ended SUCCESS/);
    } finally {
      rmSync(sources, { recursive: true, force: true });
    }
  });

  it('updates a pipeline', async () => {
    await workspace.call('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared' });
    const source = 'CREATE OR REFRESH MATERIALIZED VIEW one AS SELECT 1 AS n;';
    await workspace.call('POST', '/api/2.0/workspace-files/import-file/Shared/one.sql?overwrite=true', source);
    await workspace.call('POST', '/api/2.1/unity-catalog/schemas', { name: 'bundle', catalog_name: 'main' });
    const spec = { name: 'one', catalog: 'main', schema: 'bundle', libraries: [{ file: { path: '/Shared/one.sql' } }] };
    await workspace.call('POST', '/api/2.0/pipelines', spec);
    const updated = await step({ action: 'update', pipeline: 'one' });
    assert.equal(updated.result, 'Succeeded', updated.output);
    assert.equal(updated.outputs['resultState'], 'COMPLETED');
    const unknown = await step({ action: 'update', pipeline: 'two' });
    assert.deepEqual(
      unknown.issues.map(({ code }) => code),
      ['PIPELINE_NOT_FOUND'],
    );
  });

  it('starts nothing in a dry run', async () => {
    const result = await step({ job: 'echo', jobParameters: 'who=x', dryRun: 'true' });
    assert.equal(result.result, 'Succeeded');
    assert.match(result.message, /would be started/);
    assert.equal(result.outputs['runId'], '');
  });

  for (const { name, node } of HANDLERS) {
    it(`on SIGINT the cancel request leaves within 1 s and the run's process tree ends (${name})`, async () => {
      const pidFile = `${workspace.data}/pids-${name.replace(/\D/g, '')}`;
      const jobName = `tree ${name}`;
      await job(workspace, jobName, [
        'import os, subprocess, sys, time',
        'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])',
        `open(${JSON.stringify(`${pidFile}.part`)}, "w").write(f"{os.getpid()} {child.pid}")`,
        `os.rename(${JSON.stringify(`${pidFile}.part`)}, ${JSON.stringify(pidFile)})`,
        'time.sleep(300)',
      ]);
      const recorder = await recordingProxy(workspace.url);
      const running = startAgentStep('DatabricksRunWorkflow', {
        inputs: { databricksConnection: 'dbx', job: jobName },
        connections: [tokenScheme(recorder.url, workspace.token)],
        node,
      });
      await until(() => existsSync(pidFile));
      const asked = performance.now();
      running.cancel();
      const result = await running.result;
      const cancel = recorder.seen.find(({ path }) => path.endsWith('/runs/cancel'));
      recorder.close();
      assert.ok(cancel !== undefined, 'the cancel request was sent');
      assert.ok(cancel.at - asked < 1_000, `it left after ${Math.round(cancel.at - asked)} ms`);
      assert.equal(result.result, 'Canceled', result.output);
      assert.equal(result.outputs['result'], 'canceled');
      const processes = readFileSync(pidFile, 'utf8').split(' ').map(Number);
      await until(() => processes.every((id) => !isAlive(id)));
    });
  }

  it('ends in the post-job phase a run whose step was killed', async () => {
    const name = 'left behind';
    await job(workspace, name, ['import time', 'time.sleep(300)']);
    const inputs = { databricksConnection: 'dbx', job: name };
    const connections = [tokenScheme(workspace.url, workspace.token)];
    const variables = { 'System.TaskInstanceName': 'left' };
    let remembered = '';
    const running = startAgentStep('DatabricksRunWorkflow', {
      inputs,
      connections,
      variables,
      onCommand: ({ event, data }) => {
        remembered = event === 'settaskvariable' ? data : remembered;
      },
    });
    await until(() => remembered !== '');
    const runId = remembered;
    await until(async () => (await runState(workspace, runId)) === 'RUNNING');
    process.kill(running.processId, 'SIGKILL');
    const killed = await running.result;
    assert.equal(killed.taskVariables['databricksMlopsRunId'], runId);
    await agentStep('DatabricksRunWorkflow', {
      inputs,
      connections,
      variables,
      phase: 'post',
      taskVariables: killed.taskVariables,
    });
    await until(async () => (await runState(workspace, runId)) === 'TERMINATED');
  });
});

async function runState(workspace: TestWorkspace, runId: string): Promise<string> {
  const { json } = await workspace.call<{ state: { life_cycle_state: string } }>(
    'GET',
    `/api/2.2/jobs/runs/get?run_id=${runId}`,
  );
  return json.state.life_cycle_state;
}

/** Looks again until it is so; the test's own time-out ends a wait in vain. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
    return false;
  }
}

async function recordingProxy(
  target: string,
): Promise<{ url: string; seen: { path: string; at: number }[]; close(): void }> {
  const seen: { path: string; at: number }[] = [];
  const { hostname, port, host } = new URL(target);
  const server = createServer((request, response) => {
    seen.push({ path: (request.url ?? '').split('?')[0] ?? '', at: performance.now() });
    const headers = { ...request.headers, host };
    const onward = forward({ hostname, port, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close: () => server.close() };
}
