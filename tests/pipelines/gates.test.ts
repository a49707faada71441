import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../local/package-root';
import type { Surroundings } from '../../local/pipelines/queue/queue-request';
import type { Decision } from '../../local/pipelines/run/run-request';
import { attemptsOf, type Queued, stageResults, stepsIn } from '../support/queued-run';
import { devOpsRequest, serviceOver } from '../support/recorded-run';
import { APPROVER, approvalsOn, TemplateRuns } from '../support/template-run';
import { VirtualClock } from '../support/virtual-clock';

const RELEASE = 'refs/heads/release/1';
const PROD = 'mlops-diabetes-prod-model';
const STAGING = 'mlops-diabetes-staging-model';

/** The table of docs/gates.md: what happens, what becomes of the approval's stage, and of the promotion. */
const PAGE = readFileSync(join(packageRoot(), 'docs', 'gates.md'), 'utf8')
  .split('## What each outcome leads to')[1]
  ?.split('\n## ')[0]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what'))
  .map((line) =>
    line
      .split('|')
      .map((cell) => cell.replaceAll('**', '').trim())
      .slice(1, 4),
  );
const PAGE_WORDS: Readonly<Record<string, string>> = { pending: 'waits', succeeded: 'runs', skipped: 'does not run' };

/** What becomes of an approval; `cancel`: somebody cancels the run while it waits. */
type Outcome = 'approved' | 'rejected' | 'bypassed' | 'timedOut' | 'cancel' | 'left';

/** Answers every approval of a run in one way, and counts how often it was asked. */
function answering(outcome: Outcome): Partial<Surroundings> & { readonly asked: string[] } {
  const asked: string[] = [];
  const never = new Promise<Decision>(() => undefined);
  const cancel = new AbortController();
  const clock = new VirtualClock();
  const decide: Surroundings['decide'] = async ({ stage, approval }) => {
    asked.push(stage.name);
    switch (outcome) {
      case 'timedOut':
        await clock.advance(approval.timeoutMinutes * 60_000);
        return never;
      case 'cancel':
        cancel.abort(new Error('canceled by the test'));
        return never;
      case 'left':
        return { kind: 'left' };
      default:
        return { kind: outcome, by: outcome === 'bypassed' ? 'administrators' : APPROVER, comment: 'because' };
    }
  };
  return { asked, decide, signal: cancel.signal, ...(outcome === 'timedOut' ? { clock } : {}) };
}

/** Whether any step of a stage's attempts was begun. */
const ran = (run: Queued, stage: string) => stepsIn(run, stage).length > 0;

/** The check runs of a run, as the REST interface gives them to a task; and each approval's approvers. */
async function recordedChecks(run: Queued) {
  const service = await serviceOver([run]);
  try {
    const get = async <T>(path: string): Promise<T> => {
      const reply = await devOpsRequest(service.url, `${run.record.project.id}/_apis/${path}`);
      assert.equal(reply.status, 200, await reply.clone().text());
      return (await reply.json()) as T;
    };
    const { records } = await get<{ records: { id: string; type: string }[] }>(
      `build/builds/${run.record.id}/timeline?api-version=7.1`,
    );
    const suites = records.filter(({ type }) => type === 'Checkpoint');
    const checks = await Promise.all(
      suites.map(({ id }) =>
        get<{ checkRuns: { id: string; status: string; checkConfigurationRef: { resource: { name: string } } }[] }>(
          `pipelines/checks/runs/${id}?$expand=resources&api-version=7.1-preview.1`,
        ),
      ),
    );
    return await Promise.all(
      checks
        .flatMap(({ checkRuns }) => checkRuns)
        .map(async ({ id, status, checkConfigurationRef }) => {
          const { steps } = await get<{ steps: { actualApprover?: { displayName: string } }[] }>(
            `pipelines/approvals/${id}?$expand=steps&api-version=7.1-preview.1`,
          );
          const approvers = steps.flatMap(({ actualApprover }) => actualApprover?.displayName ?? []);
          return { status, resource: checkConfigurationRef.resource.name, approvers };
        }),
    );
  } finally {
    await service.stop();
  }
}

describe('a release through the templates', () => {
  /** Rows of the page as runs have shown them. */
  const shown: string[][] = [];
  const note = (row: string, run: Queued): void => {
    const { approve_promote_prod: approve = '', promote_prod: promote = '' } = stageResults(run);
    shown.push([row, approve === 'pending' ? 'waits' : approve, PAGE_WORDS[promote] ?? promote]);
  };
  let runs: TemplateRuns;

  before(() => {
    runs = new TemplateRuns();
  });
  after(() => runs.remove());

  for (const [row, outcome, approve, promote, serve, status, approvers] of [
    ['approved', 'approved', 'succeeded', 'succeeded', 'succeeded', 'approved', [APPROVER]],
    ['rejected', 'rejected', 'failed', 'skipped', 'skipped', 'rejected', [APPROVER]],
    ['nobody answers until the time-out', 'timedOut', 'skipped', 'skipped', 'skipped', 'timedOut', []],
    ['the run is cancelled meanwhile', 'cancel', 'canceled', 'skipped', 'skipped', 'canceled', []],
    ['not answered yet', 'left', 'pending', 'pending', 'pending', 'running', []],
    ['bypassed by an administrator', 'bypassed', 'succeeded', 'succeeded', 'succeeded', 'bypassed', []],
  ] as const) {
    it(`${row}: promote_prod ${promote}, and the records say ${status}`, async () => {
      const around = answering(outcome);
      const run = await runs.run(runs.folder(approvalsOn(PROD)), RELEASE, 'promote', around);
      const results = stageResults(run);
      assert.deepEqual(around.asked, ['approve_promote_prod']);
      assert.equal(results['promote_staging'], 'succeeded', run.lines.join('\n'));
      assert.equal(results['evaluate_prod'], 'succeeded');
      assert.deepEqual(
        ['approve_promote_prod', 'promote_prod', 'serve_prod'].map((stage) => results[stage]),
        [approve, promote, serve],
      );
      assert.deepEqual([ran(run, 'promote_prod'), ran(run, 'serve_prod')], Array(2).fill(promote === 'succeeded'));
      assert.deepEqual(await recordedChecks(run), [{ status, resource: PROD, approvers }]);
      note(row, run);
    });
  }

  it('without a check: promote_prod runs, nobody is asked, and the records hold no check', async () => {
    const around = answering('rejected');
    const run = await runs.run(runs.folder(approvalsOn()), RELEASE, 'promote', around);
    assert.deepEqual(around.asked, []);
    assert.equal(run.record.result, 'succeeded', run.lines.join('\n'));
    assert.ok(ran(run, 'promote_prod') && ran(run, 'serve_prod'));
    assert.deepEqual(await recordedChecks(run), []);
    note('the environment has no approval check', run);
  });

  it('with the approval deselected: the run is refused, and nothing of it runs', async () => {
    const folder = runs.folder(approvalsOn(PROD));
    await assert.rejects(
      () => runs.run(folder, RELEASE, 'promote', answering('approved'), { skipped: ['approve_promote_prod'] }),
      /approve_promote_prod.*cannot be skipped/,
    );
    assert.ok(folder.runs().every(({ record }) => record.stages.every(({ state }) => state === 'pending')));
    shown.push(['deselected when the run was queued', 'cannot be (`isSkippable: false`)', '']);
  });

  it('has the outcomes that docs/gates.md tells of, no more and no fewer', () => {
    assert.deepEqual(shown.sort(), PAGE?.sort());
  });

  it('with the stages between deselected: promote_prod does not run without its evaluation', async () => {
    const around = answering('approved');
    const skipped = ['evaluate_prod', 'promote_staging'];
    const run = await runs.run(runs.folder(approvalsOn(PROD)), RELEASE, 'promote', around, { skipped });
    assert.deepEqual(around.asked, []);
    assert.ok(!ran(run, 'promote_prod') && !ran(run, 'serve_prod'));
  });

  it('rejected, then run again: each attempt wants an answer of its own', async () => {
    const folder = runs.folder(approvalsOn(PROD));
    const first = await runs.run(folder, RELEASE, 'promote', answering('rejected'));
    const again = (outcome: Outcome) => folder.retry(first.record.id, 'approve_promote_prod', answering(outcome));
    for (const [outcome, approve] of [
      ['rejected', 'failed'],
      ['timedOut', 'skipped'],
      ['cancel', 'canceled'],
      ['left', 'pending'],
    ] as const) {
      const run = await again(outcome);
      assert.equal(stageResults(run)['approve_promote_prod'], approve, outcome);
      assert.ok(!ran(run, 'promote_prod') && !ran(run, 'serve_prod'), outcome);
    }
    const run = await again('approved');
    assert.equal(run.record.result, 'succeeded', run.lines.join('\n'));
    assert.ok(ran(run, 'promote_prod') && ran(run, 'serve_prod'));
    assert.equal(attemptsOf(run, 'evaluate_prod').length, 1);
    assert.deepEqual(
      attemptsOf(run, 'approve_promote_prod').map(({ checkpoint }) => checkpoint?.checks[0]?.status),
      ['rejected', 'rejected', 'timedOut', 'canceled', 'approved'],
    );
    assert.deepEqual(await recordedChecks(run), [{ status: 'approved', resource: PROD, approvers: [APPROVER] }]);
  });

  for (const [nextAction, outcome, approve, promote] of [
    ['promote', undefined, 'skipped', 'succeeded'],
    ['approve', 'approved', 'succeeded', 'succeeded'],
    ['approve', 'rejected', 'failed', 'skipped'],
    ['approve', 'timedOut', 'skipped', 'skipped'],
    ['approve', 'cancel', 'canceled', 'skipped'],
    ['approve', 'left', 'pending', 'pending'],
    ['none', undefined, 'skipped', 'skipped'],
  ] as const) {
    const answer = outcome === undefined ? 'nobody is asked' : outcome;
    it(`gate auto, verdict ${nextAction}, ${answer}: promote_staging ${promote}`, async () => {
      const around = answering(outcome ?? 'approved');
      const run = await runs.run(runs.folder(approvalsOn(STAGING)), 'refs/heads/main', nextAction, around);
      const results = stageResults(run);
      assert.deepEqual(around.asked, outcome === undefined ? [] : ['approve_promote_staging']);
      assert.equal(results['approve_promote_staging'], approve, run.lines.join('\n'));
      assert.equal(results['promote_staging'], promote);
      assert.equal(results['evaluate_staging'], nextAction === 'none' ? 'failed' : 'succeeded');
      assert.equal(ran(run, 'promote_staging'), promote === 'succeeded');
      assert.equal(ran(run, 'serve_staging'), promote === 'succeeded');
    });
  }
});
