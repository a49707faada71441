import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepPlan } from '../../../../../local/pipelines/plan/pipeline-plan';
import type { PipelineConnection } from '../../../../../local/pipelines/task-environment';
import { runTestJob, scriptStep, type TestJob, taskStep } from '../../../../support/agent-job';

const DEFINITION = {
  name: 'Sample',
  version: { Major: 1, Minor: 0, Patch: 0 },
  instanceNameFormat: 'Sample of $(title)',
  inputs: [
    { name: 'connection', type: 'connectedService:AzureDatabricks', aliases: ['databricksConnection'] },
    { name: 'title', type: 'string', defaultValue: ' untitled ' },
    { name: 'file', type: 'filePath', defaultValue: '' },
  ],
  execution: { Node20_1: { target: 'main.js' } },
};

/** A folder of tasks with one, `Sample`, of this code. */
function tasksFolder(main: string, more: Record<string, unknown> = {}, post = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'tasks-'));
  mkdirSync(join(folder, 'Sample'));
  writeFileSync(join(folder, 'Sample', 'task.json'), JSON.stringify({ ...DEFINITION, ...more }));
  writeFileSync(join(folder, 'Sample', 'main.js'), main);
  writeFileSync(join(folder, 'Sample', 'post.js'), post);
  return folder;
}

const CONNECTION: PipelineConnection = {
  id: '11111111-2222-4333-8444-555555555555',
  url: 'https://adb-1.1.azuredatabricks.net/',
  scheme: 'Token',
  parameters: { apitoken: 'dapi-hush-hush', TenantId: 'public-tenant' },
  data: { edition: 'premium' },
};
const connected: Partial<TestJob> = {
  connection: (name) => (['dbx', CONNECTION.id].includes(name) ? CONNECTION : undefined),
};
const POST = { postjobexecution: { Node20_1: { target: 'post.js' } } };

function runSample(
  main: string,
  inputs: Readonly<Record<string, string>> = {},
  more: Partial<TestJob> & { definition?: Record<string, unknown>; post?: string; step?: Partial<StepPlan> } = {},
) {
  const { definition, post, step, ...job } = more;
  return runTestJob({
    steps: [taskStep('Sample@1', inputs, { name: 'it', ...step })],
    options: { tasksFolder: tasksFolder(main, definition, post) },
    ...job,
  });
}

describe('a built task', () => {
  it('gets its inputs: defaults, trimmed, macros of variables and environment, paths rooted', async () => {
    const main = "for (const name of ['TITLE', 'FILE']) console.log(name + '=[' + process.env['INPUT_' + name] + ']')";
    const job = await runSample(
      '',
      { title: '  $(word) $(OF_AGENT) $(nothing)  ', file: 'a/../b.txt' },
      {
        variables: { word: 'x' },
        options: { tasksFolder: tasksFolder(main), environment: { PATH: process.env['PATH'] ?? '', OF_AGENT: 'y' } },
      },
    );
    assert.ok(job.lines.includes('TITLE=[x y $(nothing)]'));
    assert.ok(job.lines.includes(`FILE=[${job.folder}/work/1/s/b.txt]`));
    assert.equal(job.step('it').displayName, 'Sample of x $(OF_AGENT) $(nothing)');
    assert.ok((await runSample(main)).lines.includes('TITLE=[untitled]'));
  });

  it('gets the connection that its input names, as its id, and masks its secrets', async () => {
    const job = await runSample(
      "const id = process.env.INPUT_CONNECTION; console.log(id, process.env['ENDPOINT_URL_' + id], process.env['ENDPOINT_AUTH_PARAMETER_' + id + '_APITOKEN'], process.env['ENDPOINT_AUTH_PARAMETER_' + id + '_TENANTID'], process.env['ENDPOINT_DATA_' + id + '_EDITION'])",
      { databricksConnection: 'dbx' },
      connected,
    );
    assert.ok(job.lines.includes(`${CONNECTION.id} ${CONNECTION.url} *** public-tenant premium`), job.lines.join('\n'));
  });

  it('gets the connection of the job itself, and secret variables under their own names', async () => {
    const job = await runSample(
      'console.log(process.env.ENDPOINT_URL_SYSTEMVSSCONNECTION, process.env.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN.length, process.env.SECRET_PW.length, process.env.PW, process.env.SYSTEM_ACCESSTOKEN)',
      {},
      { secrets: { pw: 'hush-hush' } },
    );
    assert.ok(job.lines.includes('http://127.0.0.1:9/ 21 9 undefined undefined'), job.lines.join('\n'));
  });

  it('is told which connection is not known', async () => {
    const job = await runSample('', { databricksConnection: 'prod' }, connected);
    assert.equal(
      job.step('it').message,
      "Input 'connection' names the service connection 'prod', which is not known. Describe it in .mlops/connections.yml.",
    );
  });

  it('is skipped, and stays green, where connections are withheld', async () => {
    const job = await runSample(
      "console.log('ran')",
      { databricksConnection: 'dbx' },
      { ...connected, withholdsConnections: true },
    );
    assert.deepEqual([job.step('it').result, job.outcome.result], ['skipped', 'succeeded']);
    assert.ok(!job.lines.includes('ran'));
    const without = await runSample("console.log('ran')", {}, { ...connected, withholdsConnections: true });
    assert.ok(without.lines.includes('ran'));
  });

  it('finds a connection as a step before has changed it', async () => {
    const print =
      "const id = process.env.INPUT_CONNECTION; console.log(process.env['ENDPOINT_URL_' + id], process.env['ENDPOINT_DATA_' + id + '_EDITION']);";
    const id = CONNECTION.id;
    const change = [
      `##vso[task.setendpoint id=${id};field=url]https://other/`,
      `##vso[task.setendpoint id=${id};field=dataParameter;key=edition]standard`,
      `##vso[task.setendpoint id=${id};field=authParameter;key=apitoken]new-hush`,
    ];
    const job = await runSample(
      `${print} if (process.env.INPUT_TITLE === 'change') console.log(${JSON.stringify(change.join('\n'))})`,
      {},
      {
        ...connected,
        steps: [
          taskStep('Sample@1', { connection: 'dbx', title: 'change' }),
          taskStep('Sample@1', { connection: 'dbx' }),
          scriptStep(': 1\necho new-hush'),
        ],
      },
    );
    assert.deepEqual(
      job.lines.filter((line) => line.startsWith('https://')),
      [`${CONNECTION.url} premium`, 'https://other/ standard'],
    );
    assert.ok(job.lines.includes('***'));
  });

  it('has failed when its process exits badly, whatever it said', async () => {
    const job = await runSample("console.log('##vso[task.complete result=Succeeded]'); process.exitCode = 3");
    assert.equal(job.step('it').message, 'The process of the task ended with exit code 3.');
    assert.equal(job.outcome.result, 'failed');
  });

  it('that says it is done is over, though its process goes on', async () => {
    const job = await runSample(
      "console.log('##vso[task.complete result=Succeeded;done=true]ok'); setTimeout(() => {}, 600000)",
      {},
      {
        options: {
          tasksFolder: tasksFolder(
            "console.log('##vso[task.complete result=Succeeded;done=true]ok'); setTimeout(() => {}, 600000)",
          ),
          clock: {
            now: () => 0,
            sleep: (ms, signal) =>
              ms === 5000
                ? Promise.resolve()
                : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
          },
        },
      },
    );
    assert.equal(job.step('it').result, 'succeeded');
    assert.equal(job.step('it').message, 'ok');
  });

  it('is started by the binary of its handler', async () => {
    const asked: string[] = [];
    const folder = tasksFolder('', { execution: { Node20_1: { target: 'main.js' }, Node24: { target: 'main.js' } } });
    await runSample(
      '',
      {},
      {
        options: {
          tasksFolder: folder,
          nodeFor: (handler) => {
            asked.push(handler);
            return process.execPath;
          },
        },
      },
    );
    assert.deepEqual(asked, ['Node24']);
  });

  it('is refused in another major version', async () => {
    const job = await runSample('', {}, { steps: [taskStep('Sample@2')] });
    assert.match(job.record.note ?? '', /Sample@2 at azure-pipelines.yml:7:3 .* is here in version 1, not 2/);
  });
});

describe('restrictions of a task', () => {
  const restricted = (restrictions: unknown, lines: readonly string[]) =>
    runSample(`console.log(${JSON.stringify(lines.join('\n'))})`, {}, { definition: { restrictions } });

  it('let it set only what it says', async () => {
    const job = await restricted({ settableVariables: { allowed: ['run*', 'Exact'] } }, [
      '##vso[task.setvariable variable=runId;isOutput=true]1',
      '##vso[task.setvariable variable=EXACT;isOutput=true]2',
      '##vso[task.setvariable variable=other;isOutput=true]3',
      '##vso[task.prependpath]/evil',
    ]);
    assert.deepEqual([...job.outcome.outputs.keys()], ['it.runId', 'it.EXACT']);
    assert.deepEqual(
      job.issues.map(({ type }) => type),
      ['warning', 'warning'],
    );
    assert.equal(job.outcome.result, 'succeeded');
  });

  it('add to those of the step', async () => {
    const lines = ['isolated', 'own', 'both'].map((name) => `##vso[task.setvariable variable=${name};isOutput=true]1`);
    const job = await runSample(
      `console.log(${JSON.stringify([...lines, '##vso[build.addbuildtag]tag'].join('\n'))})`,
      {},
      {
        definition: { restrictions: { settableVariables: { allowed: ['own', 'both'] } } },
        step: {
          target: { container: undefined, restrictedCommands: true, settableVariables: ['isolated', 'both'] },
        },
      },
    );
    assert.deepEqual([...job.outcome.outputs.keys()], ['it.both']);
    assert.deepEqual(job.calls, []);
  });

  it('let it set nothing', async () => {
    const job = await restricted({ settableVariables: { allowed: [] } }, [
      '##vso[task.setvariable variable=a;isOutput=true]1',
    ]);
    assert.equal(job.outcome.outputs.size, 0);
    assert.match(job.issues[0]?.message ?? '', /may set only none/);
  });

  it('take commands away that reach beyond the step', async () => {
    const job = await restricted({ commands: { mode: 'restricted' } }, [
      '##vso[task.setvariable variable=a;isOutput=true]1',
      '##vso[task.logissue type=warning]mine',
      '##vso[build.addbuildtag]tag',
      '##vso[task.uploadsummary]x.md',
      '##vso[task.setendpoint id=a;field=url]http://x/',
      '##vso[artifact.upload artifactname=a]x',
    ]);
    assert.deepEqual(job.calls, []);
    assert.deepEqual([...job.outcome.outputs.keys()], ['it.a']);
    assert.equal(job.issues.filter(({ message }) => message.includes('not allowed in this step')).length, 4);
    assert.equal(job.outcome.result, 'succeeded');
  });

  it('count what task.json declares as outputs', async () => {
    const job = await runSample(
      "console.log('##vso[task.setvariable variable=Verdict]good')",
      {},
      {
        definition: { outputVariables: [{ name: 'verdict' }] },
      },
    );
    assert.deepEqual(job.record.outputs, { 'it.Verdict': 'good' });
  });
});

describe('the post-job phase', () => {
  const tell =
    "console.log('post ' + process.env.INPUT_TITLE + ' ' + process.env.VSTS_TASKVARIABLE_RUN + ' ' + process.env.AGENT_JOBSTATUS)";
  const main = "console.log('##vso[task.settaskvariable variable=run]' + process.env.INPUT_TITLE + '1')";
  const options = () => ({ tasksFolder: tasksFolder(main, POST, tell) });

  it('runs after all steps, the last first, with the task variables of its own step', async () => {
    const job = await runTestJob({
      steps: [
        taskStep('Sample@1', { title: 'a' }),
        taskStep('Sample@1', { title: 'b' }),
        scriptStep('exit 1', { name: 'bad' }),
      ],
      options: options(),
    });
    assert.deepEqual(
      job.lines.filter((line) => line.startsWith('post ')),
      ['post b b1 Failed', 'post a a1 Failed'],
    );
    assert.deepEqual(job.record.steps.map(({ displayName }) => displayName).slice(-2), [
      'Post-job: Sample of b',
      'Post-job: Sample of a',
    ]);
  });

  it('runs also when its step was skipped or the job is cancelled', async () => {
    const job = await runTestJob({
      steps: [taskStep('Sample@1', { title: 'a' })],
      options: options(),
      signal: AbortSignal.abort(),
    });
    assert.ok(job.lines.includes('post a undefined Canceled'), job.lines.join('\n'));
    assert.equal(job.outcome.result, 'canceled');
  });
});

describe('the cancel of a built task', () => {
  it('is SIGINT first', async () => {
    const request = new AbortController();
    const main =
      "process.once('SIGINT', () => { console.log('asked by SIGINT'); process.exit(0); }); console.log('ready'); setInterval(() => {}, 1000)";
    const job = await runSample(
      main,
      {},
      {
        signal: request.signal,
        onLine: (line) => {
          if (line === 'ready') {
            request.abort();
          }
        },
      },
    );
    assert.ok(job.lines.includes('asked by SIGINT'));
    assert.deepEqual([job.step('it').result, job.outcome.result], ['canceled', 'canceled']);
  });
});
