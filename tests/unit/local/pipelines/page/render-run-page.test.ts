import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { renderRunPage } from '../../../../../local/pipelines/page/render-run-page';
import { hostileRun } from '../../../../support/hostile-run-record';
import { jobRecord, recordedRun, stageRecord, stepRecord } from '../../../../support/recorded-run';
import { type SampleRun, SampleRunBuilder } from '../../../../support/sample-run-builder';
import { sampleOfManyJobs, sampleRelease, sampleWaiting } from '../../../../support/sample-run-record';

const page = ({ record, read, goesOn }: SampleRun) =>
  renderRunPage(record, read, goesOn === undefined ? {} : { goesOn });
const headline = (text: string) => /<\/span> ([^<]*)<\/h1>/.exec(text)?.[1];

/** Tags with their attributes, without texts: what a browser makes elements from. */
function markup(text: string): string[] {
  return (text.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '').match(/<[^>]*>/g) ?? []).map((tag) =>
    tag.replace(/"[^"]*"/g, '""'),
  );
}

describe('the page of a run', () => {
  it('says first how the run stands', () => {
    assert.equal(headline(page(sampleRelease())), 'Succeeded with issues: 9 stages ran, 1 skipped.');
    assert.equal(
      headline(page(sampleWaiting('left'))),
      'Waiting: stage approve_promote_prod needs an approval for mlops-prod.',
    );
    assert.equal(headline(page(sampleOfManyJobs(8, 2))), 'Succeeded: 4 stages ran.');
    assert.equal(headline(page(sampleOfManyJobs(80, 2))), 'Failed in stage stage_2, job Leg 40, step Work.');
  });

  it('gives the command that approves and goes on, where the run has ended without an answer', () => {
    const command = 'npx databricks-mlops run --retry 7:approve_promote_prod --approve mlops-prod=approver';
    assert.ok(page(sampleWaiting('left')).includes(command));
    assert.ok(!page(sampleWaiting('goesOn')).includes('--retry'));
    assert.match(page(sampleWaiting('goesOn')), /Answer in the terminal/);
  });

  it('loads itself again only while the run goes on', () => {
    assert.match(page(sampleWaiting('goesOn')), /<meta http-equiv="refresh" content="5">/);
    assert.doesNotMatch(page(sampleRelease()), /http-equiv="refresh"/);
    assert.doesNotMatch(page(sampleWaiting('left')), /http-equiv="refresh"/);
  });

  it('shows steps with logs, issues and summaries, checks, outputs, artifacts, tests, tags and parameters', () => {
    const text = page(sampleRelease());
    for (const part of [
      '14 passed in 2.31s',
      'Warning NO_SIGNATURE_EXAMPLE',
      'samples/diabetes/src/train.py:41:3',
      '<td>53.1</td>',
      'Read report r3f9a1c0, all bars hold.',
      'register.modelVersion',
      '47.1 KiB',
      '1 failed, 1 passed, 1 skipped',
      'AssertionError: assert 0.513 == 0.512',
      'diabetes:18',
      'Former attempt 1',
      'Error RUN_FAILED',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it('says why a step failed in the head, at the step and in its log, and nowhere else', () => {
    const message = 'There is no job churn-integration.';
    const summaryFile = 'attachments/2/summary.md';
    const step = stepRecord(2, {
      result: 'failed',
      message,
      issues: [{ type: 'error', message, code: 'JOB_NOT_FOUND', file: '', line: undefined, column: undefined }],
      attachments: [{ type: 'Distributedtask.Core.Summary', name: 'summary.md', file: summaryFile }],
    });
    const { record } = recordedRun('7', {
      state: 'completed',
      result: 'failed',
      stages: [
        stageRecord(1, '__default', { result: 'failed', jobs: [jobRecord(3, { result: 'failed', steps: [step] })] }),
      ],
    });
    const text = renderRunPage(record, (path) => (path === summaryFile ? `**${message}**\n` : `##[error]${message}`));
    assert.equal(text.split('churn-integration').length - 1, 3, text);
    assert.match(text, /Failed in step Step 2\./);
    assert.match(text, /<p>A local workspace has the jobs/);
    assert.doesNotMatch(text, /__default/);
  });

  it('tells what the steps decided, the newest first, and leaves out what was found before what was decided', () => {
    const decided = (id: number, task: string, startedAt: string) =>
      stepRecord(id, {
        task,
        startedAt,
        attachments: [{ type: 'Distributedtask.Core.Summary', name: 'summary.md', file: `decided ${id}` }],
      });
    const steps = [
      decided(1, 'DatabricksPromoteModel@1', '2026-01-05T08:00:30Z'),
      decided(2, 'DatabricksRunWorkflow@1', '2026-01-05T08:00:10Z'),
      decided(3, 'DatabricksEvaluateModel@1', '2026-01-05T08:00:20Z'),
    ];
    const { record } = recordedRun('7', { stages: [stageRecord(1, 'a', { jobs: [jobRecord(4, { steps })] })] });
    const text = renderRunPage(record, (path) => `It was ${path}.`);
    const section = text.slice(text.indexOf('What the steps decided'));
    assert.deepEqual(
      [...section.matchAll(/It was decided (\d)/g)].slice(0, 3).map(([, id]) => id),
      ['1', '3', '2'],
    );
    const time = (minute: number) => `2026-01-05T08:${String(minute).padStart(2, '0')}:00Z`;
    const early = ['EvaluateModel', 'PromoteModel'].map((task, at) => decided(at + 1, `Databricks${task}@1`, time(at)));
    const found = Array.from({ length: 14 }, (_, at) => decided(at + 10, 'DatabricksRegisterModel@1', time(at + 10)));
    const late = ['EvaluateModel', 'PromoteModel', 'DeployEndpoint'].map((task, at) =>
      decided(at + 30, `Databricks${task}@1`, time(at + 30)),
    );
    const long = recordedRun('8', {
      stages: [stageRecord(1, 'a', { jobs: [jobRecord(4, { steps: [...early, ...found, ...late] })] })],
    });
    const page = renderRunPage(long.record, (path) => `It was ${path}.`);
    const list = page.slice(page.indexOf('What the steps decided'), page.indexOf('more stand at their steps'));
    assert.deepEqual(
      [...list.matchAll(/It was decided (\d+)/g)].map(([, id]) => Number(id)),
      [32, 31, 30, 23, 22, 21, 20, 19, 18, 17, 2, 1],
    );
  });

  it('parts the names of stages in the graph behind a sign between words, and cuts only what two lines cannot hold', () => {
    const named = (name: string) => {
      const { record } = recordedRun('7', { stages: [stageRecord(1, name)] });
      const text = renderRunPage(record, () => undefined);
      return [...text.matchAll(/<text class="title"[^>]*>([^<]*)</g)]
        .map(([, line]) => line)
        .filter((line) => line !== '');
    };
    assert.deepEqual(named('train_prod'), ['train_prod']);
    assert.deepEqual(named('approve_promote_prod'), ['approve_', 'promote_prod']);
    assert.deepEqual(named('a'.repeat(20)), ['a'.repeat(14), 'a'.repeat(6)]);
    assert.deepEqual(named(`one_${'b'.repeat(30)}`), ['one_', `${'b'.repeat(13)}…`]);
  });

  it('says how to reach the local workspaces that ended with the run', () => {
    const localWorkspaces = [{ name: 'staging', url: 'http://127.0.0.1:4711' }];
    const { record } = recordedRun('7', { state: 'completed', result: 'succeeded', localWorkspaces });
    const text = renderRunPage(record, () => undefined);
    assert.match(text, /ended with the run: <b>staging<\/b> <code>http:\/\/127\.0\.0\.1:4711<\/code>/);
    assert.match(text, />npx databricks-mlops workspace start --workspace staging</);
    assert.doesNotMatch(
      renderRunPage(record, () => undefined, { goesOn: true }),
      /workspace start/,
    );
  });

  it('names what is missing: a log or a summary that nobody left', () => {
    const { record } = sampleRelease();
    const text = renderRunPage(record, () => undefined);
    assert.match(text, /The log is not there: logs\//);
    assert.match(text, /The summary summary\.md is not there/);
  });

  it('allows nothing but its own style and script, by their digests, and loads nothing', () => {
    const text = page(sampleRelease());
    const digest = (part: string) => `'sha256-${createHash('sha256').update(part).digest('base64')}'`;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    assert.match(policy, /^default-src 'none'; /);
    assert.ok(policy.includes(`style-src ${digest(/<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? '')}`));
    assert.ok(policy.includes(`script-src ${digest(/<script>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? '')}`));
    assert.doesNotMatch(text, /<(link|img|iframe|object|embed)\b|\ssrc=|\sstyle=|@import|url\((?!#)/i);
  });

  it('gives each element an id of its own, and each link of the page a target', () => {
    for (const sample of [sampleRelease(), sampleWaiting('goesOn'), sampleOfManyJobs(80, 2), hostileRun('"><b>')]) {
      const text = page(sample);
      const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length);
      for (const [, target] of text.matchAll(/href="#([^"]*)"/g)) {
        assert.ok(ids.includes(target), target);
      }
    }
  });

  it('has the same markup whatever the texts of the run hold', () => {
    const plain = markup(page(hostileRun('text')));
    const signs = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '`',
      '=',
      '/',
      '<script>',
      '</title>',
      '-->',
      '<svg onload=',
      ']]>',
      'x',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(signs, { minLength: 1, maxLength: 12 }), (parts) => {
        // A letter on both sides, so that no text is blank or Markdown of its own.
        const text = `a${parts.join('')}z`;
        assert.deepEqual(markup(page(hostileRun(text))), plain);
      }),
      { seed: 41, numRuns: 60 },
    );
  });

  it('stays small with 200 jobs and long logs', () => {
    assert.ok(page(sampleOfManyJobs(200, 150)).length < 3_000_000);
    const build = new SampleRunBuilder();
    const lines = Array.from({ length: 60_000 }, (_, index) => `line ${index}`);
    build.stage('long', [], [build.job('Long', [build.step('Print', 'succeeded', { lines })])]);
    const text = page(build.run());
    assert.ok(text.length < 1_000_000);
    assert.match(text, /[0-9]+ lines left out here, to keep the page small\. All lines: <a href="\.\/logs\//);
    assert.ok(text.includes('line 59999<'));
  });
});
