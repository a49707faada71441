import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { runTask } from '../../../../src/agent/run-task';
import { readInputs } from '../../../../tasks/DatabricksRunWorkflow/inputs';
import { run } from '../../../../tasks/DatabricksRunWorkflow/run';
import task from '../../../../tasks/DatabricksRunWorkflow/task.json';
import { switchOff, switchOn } from '../../../faults/fault-control';
import { AutoClock } from '../../../support/auto-clock';
import { FakeHost, tokenConnection } from '../../../support/fake-host';
import { createJob, runNow, untilRun, upload } from '../../../support/jobs';
import { startTestWorkspace, type TestWorkspace } from '../../../support/local-workspace';

const VOLUME = '/Volumes/main/default/results';
const FAILING = `<testsuites><testsuite name="s"><testcase classname="unit" name="good"/>
<testcase classname="unit" name="bad"><failure message="1 != 2"/></testcase></testsuite></testsuites>`;
const GOOD = '<testsuite><testcase classname="unit" name="good"/></testsuite>';

describe('what a workflow run left', () => {
  let workspace: TestWorkspace;
  let sources: string;
  let jobs = 0;
  before(async () => {
    const python = pythonButForQuickScripts();
    workspace = await startTestWorkspace({ python: { interpreter: async () => python }, maxConcurrentTasks: 8 });
    const volume = { catalog_name: 'main', schema_name: 'default', name: 'results', volume_type: 'MANAGED' };
    assert.equal((await workspace.call('POST', '/api/2.1/unity-catalog/volumes', volume)).status, 200);
    await upload(workspace, '/Shared/quick.py', '');
    await upload(workspace, '/Shared/good.py', 'print("fine")\n');
    await upload(
      workspace,
      '/Shared/bad.py',
      'print("before")\nraise ValueError("no ##vso[task.complete result=Succeeded]")\n',
    );
  });
  beforeEach(() => {
    sources = mkdtempSync(join(tmpdir(), 'sources-'));
  });
  after(() => workspace.stop());

  const script = (name: string) => ({ spark_python_task: { python_file: `/Shared/${name}.py` } });

  async function step(
    tasks: readonly Record<string, unknown>[],
    inputs: Record<string, string> = {},
    kind: 'pipeline' | 'terminal' = 'pipeline',
  ) {
    jobs += 1;
    const name = `job-${jobs}`;
    await createJob(workspace, { name, tasks });
    const host = new FakeHost({
      kind,
      inputs: { databricksConnection: 'dbx', job: name, ...inputs },
      connections: { dbx: tokenConnection(workspace.url, workspace.token) },
      variables: { 'System.DefaultWorkingDirectory': sources, 'Build.BuildId': name },
    });
    await runTask(task, readInputs, run, host, new AutoClock());
    return host;
  }
  async function attached(runId: string) {
    const host = new FakeHost({
      inputs: { databricksConnection: 'dbx', action: 'attach', runId },
      connections: { dbx: tokenConnection(workspace.url, workspace.token) },
    });
    await runTask(task, readInputs, run, host, new AutoClock());
    return host;
  }
  const put = async (path: string, text: string) =>
    assert.equal((await workspace.call('PUT', `/api/2.0/fs/files${path}?overwrite=true`, text)).status, 204);
  const outputsOf = (host: FakeHost) => JSON.parse(readFileSync(host.outputs.get('outputsPath') ?? '', 'utf8'));
  const summaryOf = (host: FakeHost) => readFileSync(host.summaries[0] ?? '', 'utf8');
  const rendered = (host: FakeHost) => new MarkdownIt({ html: true }).render(summaryOf(host));

  describe('below it', () => {
    it('lists every iteration, and the tasks of a run that a task started', async () => {
      const inputs = JSON.stringify(Array.from({ length: 15 }, (_, index) => index));
      const forEach = { inputs, concurrency: 8, task: { task_key: 'one', ...script('quick') } };
      const child = await createJob(workspace, {
        name: 'child',
        tasks: [
          { task_key: 'each', for_each_task: forEach },
          { task_key: 'after', depends_on: [{ task_key: 'each' }], ...script('good') },
        ],
      });
      const host = await step([{ task_key: 'nightly', run_job_task: { job_id: child } }]);
      assert.equal(host.result, 'Succeeded', host.printed);
      const { tasks } = outputsOf(host);
      assert.equal(tasks.length, 1 + 2 + 15);
      assert.deepEqual(
        [0, 1, 2, 16, 17].map((at) => tasks[at].path),
        ['nightly', 'nightly › each', 'nightly › each[0]', 'nightly › each[14]', 'nightly › after'],
      );
      assert.equal(new Set(tasks.map(({ runId }: { runId: string }) => runId)).size, tasks.length);
      assert.deepEqual(tasks[17].after, ['each']);
      assert.match(tasks[0].nestedRunId, /^\d+$/);
      assert.equal(rendered(host).match(/<tr>/g)?.length, 1 + 3);
      assert.match(rendered(host), /Not shown: 15 × SUCCESS\./);
    });

    it('names the task that failed, however deep, and shows the end of its trace and of its log', async () => {
      const child = await createJob(workspace, { name: 'deep', tasks: [{ task_key: 'inner', ...script('bad') }] });
      const host = await step([
        { task_key: 'outer', run_job_task: { job_id: child } },
        { task_key: 'late', depends_on: [{ task_key: 'outer' }], ...script('good') },
      ]);
      assert.equal(host.error?.code, 'RUN_FAILED');
      assert.match(host.error?.message ?? '', /Task 'outer › inner': ValueError: no # #vso\[task\.complete/);
      assert.equal(host.outputs.get('failedTasks'), 'outer');
      const shown = host.lines.indexOf("Task 'outer › inner' ended FAILED");
      assert.ok(shown > 0, host.printed);
      assert.match(
        host.lines.slice(shown).join('\n'),
        /Traceback[\s\S]*ValueError[\s\S]*The end of its log:\nbefore\nSee /,
      );
      assert.ok(!host.lines.includes("Task 'outer' ended FAILED"));
      assert.doesNotMatch(host.printed, /##vso/);
      const page = rendered(host);
      assert.match(
        page,
        /<strong>outer › inner<\/strong> ended FAILED:<\/p>\n<pre><code class="language-text">[\s\S]*Traceback/,
      );
      assert.ok(page.indexOf('Traceback') < page.indexOf('<table>'));
    });
  });

  describe('MLflow figures', () => {
    const mlflow = (path: string, body: unknown) =>
      workspace.call<{ run: { info: { run_id: string } }; experiment_id: string }>(
        'POST',
        `/api/2.0/mlflow/${path}`,
        body,
      );

    async function logged(experiment_id: string, jobRunId: string, figures: Record<string, unknown>): Promise<void> {
      const tags = [{ key: 'mlflow.databricks.jobRunID', value: jobRunId }];
      const created = await mlflow('runs/create', { experiment_id, run_name: 'fit', start_time: Date.now(), tags });
      const reply = await mlflow('runs/log-batch', { run_id: created.json.run.info.run_id, ...figures });
      assert.equal(reply.status, 200, reply.text);
    }
    const metric = (key: string, value: number) => ({ key, value, timestamp: 1, step: 0 });

    it('stand beside those of the last successful run of the job', async () => {
      const { experiment_id } = (await mlflow('experiments/create', { name: '/Shared/fit' })).json;
      const jobId = await createJob(workspace, { name: 'fit', tasks: [{ task_key: 'fit', ...script('good') }] });
      const first = await runNow(workspace, jobId);
      await untilRun(workspace, first);
      const second = await runNow(workspace, jobId);
      const { tasks = [] } = await untilRun(workspace, second);
      await logged(experiment_id, first, {
        metrics: [metric('rmse', 50), metric('gone', 1)],
        params: [
          { key: 'depth', value: '3' },
          { key: 'same', value: 'x' },
        ],
      });
      await logged(experiment_id, String(tasks[0]?.run_id), { metrics: [metric('ours', 1)] });
      await logged(experiment_id, second, {
        metrics: [metric('rmse', 45.5)],
        params: [
          { key: 'depth', value: '4' },
          { key: 'same', value: 'x' },
          { key: 'a|b', value: '[x](http://evil)' },
        ],
      });
      const host = await attached(second);
      assert.equal(host.result, 'Succeeded', host.printed);
      const { comparison } = outputsOf(host);
      assert.equal(comparison.former.runId, first);
      const page = rendered(host);
      assert.match(page, /<td>rmse<\/td>\n<td>45\.5<\/td>\n<td>50<\/td>\n<td>−4\.5 \(−9 %\)<\/td>/);
      assert.match(page, /<td>gone<\/td>\n<td>–<\/td>\n<td>1<\/td>/);
      assert.match(page, /<td>depth<\/td>\n<td>4<\/td>\n<td>3<\/td>\n<td>changed<\/td>/);
      assert.match(page, /<td>a\|b<\/td>/);
      assert.doesNotMatch(page, /href="http:\/\/evil/);
      assert.match(page, /of task fit, with no earlier successful run/);
    });

    it('of many runs are all in outputs.json, and ten of them in the summary', async () => {
      const { experiment_id } = (await mlflow('experiments/create', { name: '/Shared/sweep' })).json;
      const jobId = await createJob(workspace, { name: 'sweep', tasks: [{ task_key: 'fit', ...script('good') }] });
      const runId = await runNow(workspace, jobId);
      await untilRun(workspace, runId);
      for (let at = 0; at < 12; at += 1) {
        await logged(experiment_id, runId, { metrics: [metric('rmse', at)] });
      }
      const host = await attached(runId);
      const { pairs } = outputsOf(host).comparison;
      const values = pairs.map(({ metrics }: { metrics: { now: number }[] }) => metrics[0]?.now);
      assert.equal(new Set(values).size, 12);
      const page = rendered(host);
      assert.equal(page.match(/<td>rmse<\/td>/g)?.length, 10);
      assert.match(page, /Parameters and metrics of 2 more MLflow runs are in outputs\.json\./);
      const { comparison } = JSON.parse(readFileSync(host.attachments[0]?.path ?? '', 'utf8'));
      assert.deepEqual([comparison.pairs.length, comparison.leftOut], [10, 2]);
    });

    it('of the first run stand alone', async () => {
      const { experiment_id } = (await mlflow('experiments/create', { name: '/Shared/first' })).json;
      const jobId = await createJob(workspace, { name: 'first', tasks: [{ task_key: 'fit', ...script('good') }] });
      const runId = await runNow(workspace, jobId);
      await untilRun(workspace, runId);
      await logged(experiment_id, runId, { metrics: Array.from({ length: 40 }, (_, at) => metric(`m${at}`, at)) });
      const page = rendered(await attached(runId));
      assert.match(page, /with no earlier successful run to compare with/);
      assert.match(page, /10 more of them are in outputs\.json\./);
    });
  });

  describe('test results', () => {
    it('go to the Tests tab, and a failed one fails the step', async () => {
      await put(`${VOLUME}/a/one.xml`, GOOD);
      await put(`${VOLUME}/a/b/t,w o.xml`, FAILING);
      await put(`${VOLUME}/a/other.txt`, 'x');
      const host = await step([{ task_key: 'a', ...script('good') }], { testResults: `${VOLUME}/a/**/*.xml` });
      assert.equal(host.error?.code, 'TESTS_FAILED', host.printed);
      assert.match(host.error?.message ?? '', /^1 of 3 tests failed: unit\.bad\./);
      assert.deepEqual([host.outputs.get('testsTotal'), host.outputs.get('testsFailed')], ['3', '1']);
      assert.equal(host.testResults.length, 2);
      assert.ok(host.testResults.every((path) => /^[^,]+\.xml$/.test(path) && existsSync(path)));
      assert.equal(host.outputs.get('resultState'), 'SUCCESS');
      assert.match(rendered(host), /<li>✗ unit\.bad: 1 != 2<\/li>/);
    });

    it('that failed are shown with their messages at a terminal, which has no Tests tab', async () => {
      await put(`${VOLUME}/terminal/one.xml`, FAILING);
      const inputs = { testResults: `${VOLUME}/terminal/*.xml` };
      const host = await step([{ task_key: 'a', ...script('good') }], inputs, 'terminal');
      assert.ok(host.lines.includes('✗ unit.bad: 1 != 2'), host.printed);
      assert.match(host.error?.message ?? '', /Their messages stand above/);
      const inPipeline = await step([{ task_key: 'a', ...script('good') }], inputs);
      assert.ok(!inPipeline.lines.includes('✗ unit.bad: 1 != 2'));
      assert.match(inPipeline.error?.message ?? '', /See the Tests tab/);
    });

    it('that passed leave the step green, also from the workspace and by a path without a pattern', async () => {
      await upload(workspace, '/Shared/tests/good.xml', GOOD);
      const host = await step([{ task_key: 'a', ...script('good') }], { testResults: '/Shared/tests/good.xml' });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.deepEqual([host.outputs.get('testsTotal'), host.outputs.get('testsFailed')], ['1', '0']);
    });

    for (const [what, name, content, code] of [
      ['are no XML', 'x.xml', '<testsuite><testcase', 'TEST_RESULTS_INVALID'],
      ['are another XML', 'x.xml', '<html/>', 'TEST_RESULTS_INVALID'],
      [
        'would expand without end',
        'x.xml',
        '<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>',
        'TEST_RESULTS_INVALID',
      ],
      [
        'nest beyond what can be read',
        'x.xml',
        '<testsuite>'.repeat(50_000) + '</testsuite>'.repeat(50_000),
        'TEST_RESULTS_INVALID',
      ],
      ['are larger than is read', 'x.xml', `<testsuite>${' '.repeat(20_000_001)}</testsuite>`, 'REMOTE_FILE_TOO_LARGE'],
      ['hold no test', 'x.xml', '<testsuites/>', 'TEST_RESULTS_EMPTY'],
      ['are not there', 'x.txt', '', 'TEST_RESULTS_MISSING'],
    ] as const) {
      it(`that ${what} fail the step`, async () => {
        const folder = `${VOLUME}/hostile/${code}-${content.length}`;
        await put(`${folder}/${name}`, content);
        const host = await step([{ task_key: 'a', ...script('good') }], { testResults: `${folder}/*.xml` });
        assert.equal(host.error?.code, code, host.printed);
        assert.equal(host.outputs.get('resultState'), 'SUCCESS');
      });
    }

    it('that failed are the reason also where a download is missing', async () => {
      await put(`${VOLUME}/c/one.xml`, FAILING);
      const host = await step([{ task_key: 'a', ...script('good') }], {
        testResults: `${VOLUME}/c/*.xml`,
        downloads: `${VOLUME}/nothing = got`,
      });
      assert.equal(host.error?.code, 'TESTS_FAILED', host.printed);
      assert.ok(host.issues.some(({ type, code }) => type === 'warning' && code === 'DOWNLOAD_MISSING'));
      assert.match(
        host.printed,
        /^Run \d+ '.*' ended SUCCESS, but the step fails: \d of \d tests failed: unit\.bad\.$/m,
      );
    });

    it('that are missing after a run that failed leave the reason to the run', async () => {
      const host = await step([{ task_key: 'a', ...script('bad') }], { testResults: `${VOLUME}/none/*.xml` });
      assert.equal(host.error?.code, 'RUN_FAILED', host.printed);
      assert.ok(host.issues.some(({ type, code }) => type === 'warning' && code === 'TEST_RESULTS_MISSING'));
    });
  });

  it('says why the step fails in its first line, also when nothing came of the tests', async () => {
    const host = await step([{ task_key: 'a', ...script('good') }], { testResults: `${VOLUME}/none/*.xml` });
    assert.match(host.printed, /ended SUCCESS, but the step fails: The run left no test results\.$/m);
    assert.doesNotMatch(summaryOf(host), /0 (of 0 )?tests/);
  });

  it('says what could not be brought also where another reason fails the step', async () => {
    const host = await step([{ task_key: 'a', ...script('good') }], {
      testResults: `${VOLUME}/none/*.xml`,
      requireModel: 'true',
    });
    assert.equal(host.error?.code, 'MODEL_REQUIRED', host.printed);
    assert.ok(host.issues.some(({ type, code }) => type === 'warning' && code === 'TEST_RESULTS_MISSING'));
  });

  describe('downloads', () => {
    it('bring files and folders into the sources, replacing what is there', async () => {
      await put(`${VOLUME}/out/model.txt`, 'new');
      await put(`${VOLUME}/out/deep/er/x.bin`, 'x'.repeat(100_000));
      await upload(workspace, '/Shared/report.html', '<p>');
      writeFileSync(join(sources, 'model.txt'), 'old');
      const host = await step([{ task_key: 'a', ...script('good') }], {
        downloads: `${VOLUME}/out/model.txt=model.txt\n${VOLUME}/out=all\n/Workspace/Shared/report.html=site/index.html`,
      });
      assert.equal(host.result, 'Succeeded', host.printed);
      assert.equal(readFileSync(join(sources, 'model.txt'), 'utf8'), 'new');
      assert.deepEqual(readdirSync(join(sources, 'all')).sort(), ['deep', 'model.txt']);
      assert.equal(readFileSync(join(sources, 'all/deep/er/x.bin')).length, 100_000);
      assert.equal(readFileSync(join(sources, 'site/index.html'), 'utf8'), '<p>');
      assert.equal(outputsOf(host).downloads.length, 3);
    });

    it('that break off come again, and fail the step with all its outputs where they never come whole', async () => {
      await put(`${VOLUME}/broken/model.bin`, 'x'.repeat(100_000));
      const tasks = [{ task_key: 'a', ...script('good') }];
      for (const [count, code] of [
        [2, undefined],
        [3, 'ANSWER_INCOMPLETE'],
      ] as const) {
        const fault = { kind: 'connection_dropped', at: 'middle' };
        await switchOn(workspace, { method: 'GET', path: '/api/2.0/fs/files/*path', count, fault });
        const host = await step(tasks, { downloads: `${VOLUME}/broken=got` });
        await switchOff(workspace);
        assert.equal(host.error?.code, code, host.printed);
        assert.deepEqual(readdirSync(join(sources, 'got')), count === 2 ? ['model.bin'] : []);
        assert.equal(host.outputs.get('resultState'), 'SUCCESS');
        assert.equal(outputsOf(host).result, 'SUCCESS');
        rmSync(join(sources, 'got'), { recursive: true });
      }
    });

    it('that are not there fail the step', async () => {
      const host = await step([{ task_key: 'a', ...script('good') }], { downloads: `${VOLUME}/gone=x` });
      assert.equal(host.error?.code, 'DOWNLOAD_MISSING', host.printed);
    });

    it('do not follow a link that leads out of the sources', async () => {
      const outside = mkdtempSync(join(tmpdir(), 'outside-'));
      await put(`${VOLUME}/out/model.txt`, 'new');
      mkdirSync(join(sources, 'in'));
      symlinkSync(outside, join(sources, 'in', 'link'));
      const host = await step([{ task_key: 'a', ...script('good') }], {
        downloads: `${VOLUME}/out/model.txt=in/link/x`,
      });
      assert.equal(host.error?.code, 'LOCAL_PATH_OUTSIDE', host.printed);
      assert.deepEqual(readdirSync(outside), []);
    });
  });

  describe('refused before anything starts', () => {
    for (const [what, inputs, code] of [
      ['a local path outside', { downloads: `${VOLUME}/a=../../x` }, 'LOCAL_PATH_OUTSIDE'],
      ['an absolute one', { downloads: `${VOLUME}/a=/etc/x` }, 'LOCAL_PATH_OUTSIDE'],
      ['a remote path with ..', { downloads: `${VOLUME}/../b=x` }, 'REMOTE_PATH_INVALID'],
      ['a path of the old file system', { downloads: 'dbfs:/tmp/a=x' }, 'REMOTE_PATH_INVALID'],
      ['a pattern over all volumes', { testResults: '/Volumes/main/*/results/*.xml' }, 'REMOTE_PATH_INVALID'],
      ['a pattern over the whole workspace', { testResults: '/Workspace/*.xml' }, 'REMOTE_PATH_INVALID'],
      ['a relative one', { testResults: 'results/*.xml' }, 'REMOTE_PATH_INVALID'],
      ['tests of a run that is not waited for', { wait: 'false', testResults: `${VOLUME}/*.xml` }, 'INPUT_NOT_USED'],
    ] as const) {
      it(what, async () => {
        const host = await step([{ task_key: 'a', ...script('good') }], inputs);
        assert.equal(host.error?.code, code, host.printed);
        assert.equal(host.outputs.get('runId'), '');
      });
    }
  });
});

/** Hundreds of interpreters would take a minute: a script named quick ends at once. */
function pythonButForQuickScripts(): string {
  const program = join(mkdtempSync(join(tmpdir(), 'python-')), 'python');
  writeFileSync(program, '#!/bin/sh\ncase "$*" in *quick.py*) exit 0 ;; *) exec python3 "$@" ;; esac\n');
  chmodSync(program, 0o755);
  return program;
}
