import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../../support/http-double';
import { runWorkflow, workflowHost } from './workflow-step';

const SUCCESS = { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' };
const EXCLUDED = { life_cycle_state: 'SKIPPED', result_state: 'EXCLUDED' };
const FAILED = { life_cycle_state: 'TERMINATED', result_state: 'FAILED' };
const DEFINITION = '{"tasks": [{"task_key": "main"}]}';

describe('DatabricksRunWorkflow', () => {
  let server: HttpDouble | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function step(
    inputs: Record<string, string>,
    answer: (request: Received, path: string) => Answer | undefined = () => undefined,
    during: (host: FakeHost, request: Received) => void = () => undefined,
  ): Promise<FakeHost> {
    let host: FakeHost | undefined;
    server = await startDouble((request) => {
      during(host as FakeHost, request);
      return answer(request, request.url.split('?')[0] ?? '') ?? { json: {} };
    });
    host = workflowHost(server.url, inputs);
    return runWorkflow(host);
  }

  const asked = (path: string) => server?.received.filter(({ url }) => url.split('?')[0] === path) ?? [];

  it('names as failed only what itself failed, and says of the rest that it was not run', async () => {
    const started = { start_time: 1_000, end_time: 2_000 };
    const upstream = (result_state: string) => ({ life_cycle_state: 'TERMINATED', result_state });
    const tasks = [
      { run_id: 71, task_key: 'good', state: SUCCESS, ...started },
      { run_id: 72, task_key: 'bad', state: FAILED, ...started },
      { run_id: 73, task_key: 'slow', state: { ...FAILED, result_state: 'TIMEDOUT' }, ...started },
      { run_id: 74, task_key: 'stopped', state: { ...FAILED, result_state: 'CANCELED' }, ...started },
      { run_id: 75, task_key: 'never_began', state: { ...FAILED, result_state: 'CANCELED' }, start_time: 0 },
      { run_id: 76, task_key: 'no_cluster', state: { life_cycle_state: 'INTERNAL_ERROR', result_state: 'FAILED' } },
      { run_id: 77, task_key: 'after', state: upstream('UPSTREAM_FAILED') },
      { run_id: 78, task_key: 'after_that', state: upstream('UPSTREAM_CANCELED') },
      { run_id: 79, task_key: 'skipped', state: { life_cycle_state: 'SKIPPED' } },
      { run_id: 80, task_key: 'else_branch', state: EXCLUDED },
      { run_id: 81, task_key: 'off', state: upstream('DISABLED') },
    ];
    const host = await step({ action: 'attach', runId: '7' }, (_, path) =>
      path.endsWith('/runs/get') ? { json: { run_id: 7, state: FAILED, tasks } } : undefined,
    );
    assert.equal(host.outputs.get('failedTasks'), 'bad,slow,stopped,no_cluster', host.printed);
    const { tasks: reports } = JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8'));
    assert.deepEqual(
      reports.filter(({ ran }: { ran: boolean }) => !ran).map(({ taskKey }: { taskKey: string }) => taskKey),
      ['never_began', 'after', 'after_that', 'skipped', 'else_branch', 'off'],
    );
    assert.match(host.printed, /^Run 7 ended FAILED; failed: bad, slow, stopped and 1 more; 6 of 11 tasks not run\.$/m);
    assert.match(host.printed, /^Task after: not run \(UPSTREAM_FAILED\)$/m);
    const summary = readFileSync(host.summaries[0] ?? '', 'utf8');
    assert.match(summary, /after \|.*○ not run \(UPSTREAM\\?_FAILED\)/);
    assert.match(summary, /never\\?_began \|.*○ not run \(CANCELED\)/);
    assert.match(summary, /bad \|.*✗ FAILED/);
  });

  it('names as failed neither what a condition left out nor what succeeded', async () => {
    const tasks = [
      { run_id: 71, task_key: 'good', state: SUCCESS },
      { run_id: 72, task_key: 'else_branch', state: EXCLUDED },
      { run_id: 73, task_key: 'bad', state: FAILED },
    ];
    const host = await step({ action: 'attach', runId: '7' }, (_, path) =>
      path.endsWith('/runs/get') ? { json: { run_id: 7, state: FAILED, tasks } } : undefined,
    );
    assert.equal(host.outputs.get('failedTasks'), 'bad', host.printed);
    const outputs = JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8'));
    assert.deepEqual(
      outputs.tasks.map(({ state }: { state: string }) => state),
      ['SUCCESS', 'EXCLUDED', 'FAILED'],
    );
  });

  it('passes optional parameters only where the job declares them, and refuses others that it does not declare', async () => {
    const answers = (_: Received, path: string): Answer | undefined =>
      path.endsWith('/jobs/get')
        ? { json: { job_id: 5, settings: { name: 'train', parameters: [{ name: 'catalog', default: '' }] } } }
        : path.endsWith('/run-now')
          ? { json: { run_id: 7 } }
          : path.endsWith('/runs/get')
            ? { json: { run_id: 7, state: SUCCESS, tasks: [] } }
            : undefined;
    const host = await step({ job: '5', optionalJobParameters: 'catalog=dev\nrelease=3' }, answers);
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(JSON.parse(asked('/api/2.2/jobs/run-now')[0]?.body ?? '').job_parameters, { catalog: 'dev' });
    await server?.close();
    const refused = await step({ job: '5', jobParameters: 'release=3' }, answers);
    assert.equal(refused.error?.code, 'JOB_PARAMETER_UNKNOWN');
    assert.match(refused.error?.message ?? '', /'?release'?.*catalog/);
    assert.equal(asked('/api/2.2/jobs/run-now').length, 0);
  });

  describe('without waiting', () => {
    const answers = (state: object) => (_: Received, path: string) =>
      path.endsWith('/jobs/get')
        ? { json: { job_id: 5, settings: { name: 'train' } } }
        : path.endsWith('/run-now')
          ? { json: { run_id: 7 } }
          : path.endsWith('/runs/get')
            ? { json: { run_id: 7, state } }
            : undefined;

    it('fails for a run that the service has skipped at once', async () => {
      const skipped = { life_cycle_state: 'SKIPPED', result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED' };
      const host = await step({ job: '5', wait: 'false' }, answers(skipped));
      assert.equal(host.error?.code, 'RUN_MAXIMUM_CONCURRENT_RUNS_REACHED', host.printed);
      assert.equal(host.outputs.get('resultState'), 'MAXIMUM_CONCURRENT_RUNS_REACHED');
    });

    it('succeeds for one that is skipped where that does not fail a step, and for one that goes on', async () => {
      const fine = await step(
        { job: '5', wait: 'false', failOn: 'timedout' },
        answers({ life_cycle_state: 'SKIPPED' }),
      );
      assert.equal(fine.result, 'Succeeded', fine.printed);
      assert.match(fine.printed, /^Run 7 ended SKIPPED\.$/m);
      await server?.close();
      const active = await step({ job: '5', wait: 'false' }, answers({ life_cycle_state: 'PENDING' }));
      assert.match(active.printed, /^Run 7 goes on; the step does not wait for it\.$/m);
    });
  });

  describe('with older parameters', () => {
    const settings = {
      name: 'train',
      parameters: [{ name: 'catalog', default: '' }],
      tasks: [
        { task_key: 'a', notebook_task: {} },
        { task_key: 'b', for_each_task: { task: { python_wheel_task: {} } } },
      ],
    };
    const answers = (_: Received, path: string): Answer | undefined => {
      if (path.endsWith('/runs/get')) {
        return { json: { run_id: 7, job_parameters: [{ name: 'catalog' }], state: SUCCESS, tasks: settings.tasks } };
      }
      return path.endsWith('/jobs/get') ? { json: { job_id: 5, settings } } : { json: { run_id: 7 } };
    };
    const NOTEBOOK = { taskParameters: 'notebook_params={"a": "1"}' };

    for (const [what, inputs, code] of [
      ['beside those of the job', { job: '5', ...NOTEBOOK, jobParameters: 'catalog=dev' }, 'PARAMETERS_MIXED'],
      ['beside optional ones', { job: '5', ...NOTEBOOK, optionalJobParameters: 'catalog=dev' }, 'PARAMETERS_MIXED'],
      [
        'beside those of the job, in a repair',
        { action: 'repair', runId: '7', only: 'a', ...NOTEBOOK, jobParameters: 'catalog=dev' },
        'PARAMETERS_MIXED',
      ],
      ['for no task that runs', { job: '5', ...NOTEBOOK, only: 'b' }, 'TASK_PARAMETERS_UNUSED'],
      ['for no task at all', { job: '5', taskParameters: 'jar_params=["a"]' }, 'TASK_PARAMETERS_UNUSED'],
    ] as const) {
      it(`asks for nothing where they are given ${what}`, async () => {
        const host = await step(inputs as Record<string, string>, answers);
        assert.equal(host.error?.code, code, host.printed);
        assert.deepEqual(asked('/api/2.2/jobs/run-now'), []);
        assert.deepEqual(asked('/api/2.2/jobs/runs/repair'), []);
      });
    }

    it('sends them alone, also where they reach the task of an iteration', async () => {
      const named = { taskParameters: 'python_named_params={"b": true}' };
      const host = await step({ job: '5', ...named, optionalJobParameters: 'other=1' }, answers);
      assert.equal(host.result, 'Succeeded', host.printed);
      const { idempotency_token: _, ...body } = JSON.parse(asked('/api/2.2/jobs/run-now')[0]?.body ?? '');
      assert.deepEqual(body, { job_id: 5, python_named_params: { b: 'true' } });
    });
  });

  it('says in a dry run what would run with what, and which request would be sent', async () => {
    const tasks = [
      { task_key: 'b', depends_on: [{ task_key: 'a' }] },
      { task_key: 'a', notebook_task: {} },
    ];
    const parameters = [{ name: 'catalog', default: '' }];
    const host = await step({ job: '5', jobParameters: 'catalog=dev', queue: 'true', dryRun: 'true' }, (_, path) =>
      path.endsWith('/jobs/get') ? { json: { job_id: 5, settings: { name: 'train', parameters, tasks } } } : undefined,
    );
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.match(host.printed, /^ {2}catalog = dev\n2 tasks: a, b \(after a\)\nThe request would be:\n\{$/m);
    const request = /^The request would be:\n([\s\S]*?^\})$/m.exec(host.printed)?.[1] ?? '';
    assert.deepEqual(JSON.parse(request), {
      job_id: '5',
      job_parameters: { catalog: 'dev' },
      queue: { enabled: true },
    });
    assert.deepEqual(asked('/api/2.2/jobs/run-now'), []);
  });

  it('does not say that it starts what has succeeded before', async () => {
    const runs = [{ run_id: 7, state: SUCCESS }];
    const host = await step({ job: '5', reuse: 'succeeded' }, (_, path) => {
      if (path.endsWith('/runs/list')) {
        return { json: { runs } };
      }
      return path.endsWith('/jobs/get') ? { json: { job_id: 5, settings: { name: 'train' } } } : { json: runs[0] };
    });
    assert.match(host.printed, /^To be run: job 'train' \(id 5\)\.$/m);
    assert.match(host.printed, /Run 7 of an earlier attempt of this step has succeeded: this step uses it\./);
    assert.doesNotMatch(host.printed, /[Ss]tarting/);
  });

  it('names all that failed, up to three, with the input of an iteration', async () => {
    const started = { start_time: 1_000, end_time: 2_000, state: FAILED };
    const inputs = '["eu", {"name": "us"}]';
    const each = { run_id: 70, task_key: 'each', for_each_task: { inputs, task: { task_key: 'one' } }, ...started };
    const plain = ['b', 'c', 'd'].map((task_key, index) => ({ run_id: 80 + index, task_key, ...started }));
    const iterations = [
      { run_id: 71, task_key: 'one', start_time: 1_000, state: SUCCESS },
      { run_id: 72, task_key: 'one', ...started },
    ];
    const host = await step({ action: 'attach', runId: '7' }, ({ url }, path) => {
      if (path.endsWith('/get-output')) {
        return { json: { error: `broken ${/run_id=(\d+)/.exec(url)?.[1]}` } };
      }
      return path.endsWith('/runs/get')
        ? {
            json: url.includes('run_id=70')
              ? { run_id: 70, iterations }
              : { run_id: 7, state: FAILED, tasks: [each, ...plain] },
          }
        : undefined;
    });
    assert.match(
      host.error?.message ?? '',
      /Task 'each\[1\] \(input \{"name":"us"\}\)': broken 72\. Task 'b': broken 80\. Task 'c': broken 81\. 1 more task failed\./,
    );
    assert.ok(host.lines.includes(`Task 'each[1] (input {"name":"us"})' ended FAILED`), host.printed);
    const { tasks } = JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8'));
    assert.equal(tasks[2].input, '{"name":"us"}');
  });

  it('looks for earlier one-time runs among one-time runs alone: in a busy workspace others would hide them', async () => {
    const host = await step({ action: 'submit', definition: DEFINITION }, (_, path) => {
      if (path.endsWith('/runs/list')) {
        return { json: { runs: [{ run_id: 7, state: FAILED }] } };
      }
      if (path.endsWith('/runs/submit')) {
        return { json: { run_id: 6 + asked(path).length } };
      }
      return path.endsWith('/runs/get') ? { json: { run_id: 8, state: SUCCESS, tasks: [] } } : undefined;
    });
    assert.match(asked('/api/2.2/jobs/runs/list')[0]?.url ?? '', /[?&]run_type=SUBMIT_RUN(&|$)/);
    assert.equal(host.outputs.get('runId'), '8', host.printed);
    assert.equal(host.outputs.get('attempts'), '2');
  });

  for (const [what, inputs, kind, name] of [
    ['the first task, of a definition in the input at a terminal', {}, 'terminal', 'main'],
    ['the file, at a terminal', { definition: 'nightly.yml' }, 'terminal', 'nightly'],
    ['its own name', { definition: '{run_name: weekly, tasks: [{task_key: a}]}' }, 'terminal', 'weekly'],
    ['the label', { runLabel: 'mine', definition: '{run_name: weekly, tasks: [{task_key: a}]}' }, 'terminal', 'mine'],
    ['pipeline and run', {}, 'pipeline', 'train 20260102.1'],
  ] as const) {
    it(`names a one-time run by ${what}`, async () => {
      server = await startDouble(({ url }) => ({ json: url.includes('Me') ? { userName: 'a@b.c' } : {} }));
      const host = new FakeHost({
        kind,
        inputs: {
          databricksConnection: 'dbx',
          action: 'submit',
          dryRun: 'true',
          definition: DEFINITION,
          ...inputs,
        },
        variables: kind === 'pipeline' ? { 'Build.DefinitionName': 'train', 'Build.BuildNumber': '20260102.1' } : {},
        connections: { dbx: tokenConnection(server.url, 'dapi-token') },
      });
      const folder = host.variable('Agent.TempDirectory') ?? '';
      writeFileSync(join(folder, 'nightly.yml'), DEFINITION);
      host.variables.set('System.DefaultWorkingDirectory', folder);
      await runTask(task, readInputs, run, host, new AutoClock());
      assert.ok(host.printed.includes(`one-time run '${name}' with 1 task would be started`), host.printed);
    });
  }

  for (const [status, place] of [
    [400, "See line 1, column 13 of input 'definition': tasks[0].task_key. It was POST"],
    [503, 'It was POST'],
  ] as const) {
    it(`says where in the definition the service found fault, when it was that: status ${status}`, async () => {
      const refusal = { error_code: 'INVALID_PARAMETER_VALUE', message: "The task key 'main' is bad." };
      const host = await step({ action: 'submit', definition: DEFINITION }, (_, path) =>
        path.endsWith('/runs/submit') ? { status, json: refusal } : undefined,
      );
      assert.match(host.error?.message ?? '', /The task key 'main' is bad\./);
      assert.ok(host.error?.message.includes(`bad. ${place}`), host.error?.message);
    });
  }

  it('says which run it started also when it is cancelled right after', async () => {
    const host = await step(
      { action: 'submit', definition: DEFINITION },
      (_, path) =>
        path.endsWith('/runs/submit')
          ? { json: { run_id: 7 } }
          : path.endsWith('/runs/get')
            ? { json: { run_id: 7, state: { life_cycle_state: 'RUNNING' } } }
            : undefined,
      (running, { url }) => {
        if (url.includes('/runs/submit')) {
          running.cancel();
        }
      },
    );
    assert.equal(host.result, 'Canceled');
    assert.equal(host.outputs.get('runId'), '7', host.printed);
    assert.equal(asked('/api/2.2/jobs/runs/cancel').length, 1);
  });

  it('leaves nothing to the post-job phase once the run was asked to end at the limit', async () => {
    const host = await step({ action: 'attach', runId: '7', timeoutMinutes: '1' }, (_, path) =>
      path.endsWith('/runs/get') ? { json: { run_id: 7, state: { life_cycle_state: 'RUNNING' } } } : undefined,
    );
    assert.equal(host.error?.code, 'RUN_TIME_LIMIT', host.printed);
    assert.equal(asked('/api/2.2/jobs/runs/cancel').length, 1);
    assert.deepEqual([...host.taskVariables.values()], ['']);
  });

  for (const [what, tag] of [
    ['no JSON', 'main.default.price/3'],
    ['no list', '{"name": "main.default.price", "version": "3"}'],
    ['entries that are nothing', '[null]'],
  ] as const) {
    it(`fails in a sentence where the registrations of a logged model are ${what}`, async () => {
      const mlflowRun = {
        info: { run_id: 'm', experiment_id: '1' },
        outputs: { model_outputs: [{ model_id: 'lm' }] },
      };
      const tags = [{ key: 'mlflow.modelVersions', value: tag }];
      const host = await step({ action: 'attach', runId: '7' }, (_, path) => {
        const answers: Record<string, unknown> = {
          '/api/2.2/jobs/runs/get': { run_id: 7, state: SUCCESS, tasks: [] },
          '/api/2.0/mlflow/experiments/search': { experiments: [{ experiment_id: '1', name: 'e' }] },
          '/api/2.0/mlflow/runs/search': { runs: [mlflowRun] },
          '/api/2.0/mlflow/logged-models/lm': { model: { info: { model_id: 'lm', experiment_id: '1', tags } } },
        };
        return { json: answers[path] ?? {} };
      });
      assert.equal(host.error?.code, 'MODEL_TAG_INVALID', host.printed);
    });
  }

  for (const [what, inputs, code] of [
    ['a model that it does not wait for', { job: 'j', wait: 'false', requireModel: 'true' }, 'INPUT_NOT_USED'],
    [
      'a state that is none, whatever objects know by that name',
      { job: 'j', failOn: 'failed,toString' },
      'INPUT_INVALID',
    ],
    ['a definition that is a folder', { action: 'submit', definition: 'tests' }, 'DEFINITION_NOT_FOUND'],
    ['a definition that is not there', { action: 'submit', definition: 'no/such.json' }, 'DEFINITION_NOT_FOUND'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const host = await step(inputs);
      assert.equal(host.error?.code, code, host.printed);
      assert.equal(server?.received.length, 0);
    });
  }
});
