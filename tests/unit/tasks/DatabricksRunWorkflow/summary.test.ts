import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import type { TaskReport } from '../../../../tasks/DatabricksRunWorkflow/collect';
import { type Ended, endedSummary } from '../../../../tasks/DatabricksRunWorkflow/summary';

/** Links and images that no text of a run may make, and other hosts' tags. */
const HOSTILE = [
  '![x](https://evil.example/a.png)',
  '[click](https://evil.example)',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  'a | b | c',
  '```\n# heading\n```',
  '~~~~~~',
  '`````````` `',
  '##vso[task.complete result=Succeeded]',
  '\u001B[31mred\u001B[0m',
  'line\r\n# heading\n- list',
  'https://evil.example/auto',
  'www.evil.example',
  '@somebody',
  '| --- | --- |',
  '1. one',
  '\\',
  '$$x$$',
  'x'.repeat(100_000),
  '\u202Ereversed',
];

const page = new MarkdownIt({ html: true, linkify: true });

function report(path: string, more: Partial<TaskReport> = {}): TaskReport {
  return {
    taskKey: path,
    path,
    depth: 0,
    runId: '2',
    state: 'SUCCESS',
    ran: true,
    attempt: 1,
    durationSeconds: 1,
    after: [],
    url: 'https://w.example/#job/1/run/2',
    lastLines: [],
    message: '',
    mlflowRunIds: [],
    modelVersions: [],
    ...more,
  };
}

function ended(tasks: readonly TaskReport[], more: Partial<Ended> = {}): Ended {
  return {
    workspaceUrl: 'https://w.example',
    run: {
      run_id: '1',
      run_page_url: 'https://w.example/#job/1/run/1',
      start_time: 1_700_000_000_000,
      end_time: 1_700_000_065_000,
    },
    tasks,
    leftOut: 0,
    modelsUnknown: undefined,
    found: { mlflowRunIds: [], mlflowRuns: [], versions: [] },
    comparison: undefined,
    brought: { tests: undefined, downloads: [] },
    ...more,
  };
}

describe('the summary of a run', () => {
  for (const text of HOSTILE) {
    it(`keeps its layout whatever a run says: ${JSON.stringify(text.slice(0, 40))}`, () => {
      // The address of a page comes from the service and is a link; what is none is text.
      const url = text.startsWith('https:') ? '' : text;
      const failed = { state: 'FAILED', error: text, lastLines: text.split('\n'), message: text };
      const made = { model: text, version: '1', mlflowRunId: text };
      const values = { name: text, now: text, before: text };
      const markdown = endedSummary(
        ended([report(text, { ...failed, after: [text], url }), report('good')], {
          found: { mlflowRunIds: [], mlflowRuns: [], versions: [made] },
          comparison: {
            leftOut: 0,
            former: { runId: text, url, endTime: 0 },
            pairs: [
              {
                mlflowRunId: text,
                experimentId: '1',
                name: text,
                task: text,
                formerMlflowRunId: text,
                metrics: [values],
                parameters: [values],
              },
            ],
          },
          brought: {
            tests: {
              files: [],
              total: 1,
              skipped: 0,
              stale: [],
              failed: [{ suite: text, name: text, outcome: 'failed', milliseconds: 0, message: text }],
            },
            downloads: [{ remote: text, local: text, files: 1, bytes: 1 }],
          },
        }),
      );
      const html = page.render(markdown);
      assert.doesNotMatch(html, /<(img|script|h[1-6]|ol|hr)/);
      assert.equal(html.match(/<table>/g)?.length, 3);
      assert.equal(html.match(/<tr>/g)?.length, 3 + 2 + 2);
      assert.equal(html.match(/<pre>/g)?.length, text.trim() === '' ? 0 : 1);
      for (const [, href] of html.matchAll(/href="([^"]*)"/g)) {
        assert.match(href ?? '', /^https:\/\/w\.example\//);
      }
      assert.doesNotMatch(markdown, /##vso\[/i);
    });
  }

  it('shows of a thousand tasks those that failed, and counts the others', () => {
    const tasks = Array.from({ length: 1_000 }, (_, at) =>
      report(`t${at}`, at % 100 === 99 ? { state: 'FAILED' } : {}),
    );
    const html = page.render(endedSummary(ended(tasks, { leftOut: 3 })));
    assert.equal(html.match(/<tr>/g)?.length, 61);
    assert.equal(html.match(/✗ FAILED/g)?.length, 10);
    assert.match(html, /Not shown: 940 × SUCCESS\./);
    assert.match(html, /5 more tasks did not succeed\./);
    assert.match(html, /Not looked at: 3 of the tasks and iterations\./);
  });

  it('leaves out iterations by what they are, and shows a task whose key ends in a bracket', () => {
    const tasks = [report('train [3]'), report('score'), report('score[0]', { taskKey: 'score_one', depth: 1 })];
    const html = page.render(endedSummary(ended(tasks)));
    assert.match(html, /<td>train \[3\]<\/td>/);
    assert.doesNotMatch(html, /<td>· score\[0\]<\/td>/);
    assert.match(html, /Not shown: 1 × SUCCESS\./);
  });

  it('begins with the run, its time and how long it took', () => {
    assert.match(endedSummary(ended([])), /^\[Run 1\]\(https:.*\), began 2023-11-14 22:13 UTC, took 1 min 05 s\.$/);
  });
});
