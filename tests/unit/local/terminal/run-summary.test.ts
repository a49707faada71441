import assert from 'node:assert/strict';
import type { CheckRunRecord, RunRecord } from '../../../../local/pipelines/record/run-record';
import type { Paint } from '../../../../local/terminal/paint';
import { runSummary, type SummaryView } from '../../../../local/terminal/run-summary';
import { checkpointRecord, jobRecord, recordedRun, stageRecord, stepRecord } from '../../../support/recorded-run';

const same = (text: string) => text;
const paint: Paint = { bold: same, dim: same, green: same, yellow: same, red: same, cyan: same };
const summary = (record: Partial<RunRecord>, view: Partial<SummaryView> = {}) =>
  runSummary(recordedRun('7', { state: 'completed', ...record }).record, {
    paint,
    folder: '/repo/.mlops/runs/7',
    from: '/repo',
    readLog: () => '',
    page: true,
    ...view,
  });

describe('runSummary', () => {
  it('says how a run ended, and what there is to look at', () => {
    const text = summary({
      result: 'succeeded',
      finishedAt: '2026-01-05T08:01:17Z',
      stages: [stageRecord(1, 'a'), stageRecord(2, 'b', { result: 'skipped' })],
      tags: ['one', 'two'],
      artifacts: [
        { id: 1, name: 'report', kind: 'pipeline', folder: 'artifacts/report', source: '', files: 2, bytes: 9 },
      ],
      tests: [
        {
          id: 1,
          title: 't',
          job: '',
          cases: [
            { suite: 's', name: 'a', outcome: 'passed', milliseconds: 1, message: '' },
            { suite: 's', name: 'b', outcome: 'failed', milliseconds: 1, message: '' },
            { suite: 's', name: 'c', outcome: 'skipped', milliseconds: 0, message: '' },
          ],
        },
      ],
    });
    assert.match(text, /^\nRun 7 \(2026\.1\.7\) succeeded in 1 min 10 s; 1 of 2 stages ran\.$/m);
    assert.match(text, /^ {2}tests {6}1 failed, 1 passed, 1 skipped$/m);
    assert.match(text, /^ {2}artifact {3}report \(2 files\) in \.mlops\/runs\/7\/artifacts\/report$/m);
    assert.match(text, /^ {2}tags {7}one, two$/m);
    assert.match(text, /^ {2}page {7}\.mlops\/runs\/7\/index\.html$/m);
  });

  it('says why a stage did not start or a job was ended where no step says it, and counts only stages that began', () => {
    const waited = (status: string) => checkpointRecord(9, [{ kind: 'approval', status } as unknown as CheckRunRecord]);
    const notBegun = { startedAt: undefined, finishedAt: undefined };
    const text = summary({
      result: 'failed',
      finishedAt: '2026-01-05T08:01:17Z',
      stages: [
        stageRecord(1, 'train', {
          result: 'canceled',
          jobs: [jobRecord(2, { result: 'canceled', note: 'The job ran longer than its time-out of 1 minute.' })],
        }),
        stageRecord(3, 'gate', {
          ...notBegun,
          result: 'failed',
          note: 'It was rejected.',
          checkpoint: waited('rejected'),
        }),
        stageRecord(4, 'late', {
          ...notBegun,
          result: 'skipped',
          note: 'Nobody answered.',
          checkpoint: waited('timedOut'),
        }),
        stageRecord(5, 'next', { ...notBegun, result: 'skipped', note: 'Its condition does not hold.' }),
      ],
    });
    assert.match(text, /failed in 1 min 10 s; 1 of 4 stages ran\./);
    assert.match(text, /^\S train › main: The job ran longer than its time-out of 1 minute\.$/m);
    assert.match(text, /^✗ gate: It was rejected\.$/m);
    assert.match(text, /^\S late: Nobody answered\.$/m);
    assert.doesNotMatch(text, /condition/);
  });

  it('says what was withheld in a stage that is green', () => {
    const message = 'Skipped: no connection.';
    const steps = [
      stepRecord(1, { displayName: 'Run tests', result: 'skipped', message }),
      stepRecord(2, { displayName: 'Read results', result: 'skipped', message }),
      stepRecord(3, { displayName: 'Not now', result: 'skipped' }),
    ];
    const text = summary({
      result: 'succeeded',
      stages: [stageRecord(4, 'tests', { jobs: [jobRecord(5, { steps })] })],
    });
    assert.match(text, /^\S tests › Run tests, Read results: Skipped: no connection\.$/m);
    assert.doesNotMatch(text, /Not now/);
  });

  it('shows the last lines of a step that failed, without their times, and where its log lies', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `2026-01-05T08:00:00.000Z line ${at}`).join('\n');
    const step = stepRecord(2, { result: 'failed', displayName: 'Train', message: 'Exit code 1.' });
    const text = summary(
      {
        result: 'failed',
        stages: [stageRecord(1, 's', { result: 'failed', jobs: [jobRecord(3, { steps: [step] })] })],
      },
      { readLog: () => `${lines}\n` },
    );
    assert.match(text, /✗ s › Train: Exit code 1\./);
    assert.match(text, /^ {4}line 29$/m);
    assert.match(text, /^ {4}line 18$/m);
    assert.doesNotMatch(text, /line 17$/m);
    assert.match(text, /log: \.mlops\/runs\/7\/logs\/2\.log/);
  });

  it('says once why a step failed, what helps on this machine, and names no stage that the file does not have', () => {
    const message = "There is no job 'churn-integration' that this identity may see.";
    const step = stepRecord(2, {
      result: 'failed',
      displayName: 'Run it',
      message,
      issues: [{ type: 'error', message, code: 'JOB_NOT_FOUND', file: '', line: undefined, column: undefined }],
    });
    const text = summary(
      {
        result: 'failed',
        stages: [stageRecord(1, '__default', { result: 'failed', jobs: [jobRecord(3, { steps: [step] })] })],
      },
      {
        readLog: () =>
          [
            '##[section]Starting: Run it',
            'asked the workspace',
            '##[group]DatabricksRunWorkflow: failed',
            message,
            '##[endgroup]',
            `##[error]${message}`,
          ].join('\n'),
      },
    );
    assert.equal(text.split('churn-integration').length - 1, 1, text);
    assert.match(text, /✗ Jobs › Run it: There is no job/);
    assert.match(text, /^ {4}asked the workspace$/m);
    assert.match(text, /'run --jobs DIR' first deploys those of DIR\/databricks\.yml.*jobs: \{ integration: '' \}/);
    assert.doesNotMatch(text, /##\[/);
  });

  it('says how to look at what was left in local workspaces', () => {
    const localWorkspaces = [
      { name: 'prod', url: 'http://127.0.0.1:1' },
      { name: 'staging', url: 'http://127.0.0.1:2' },
    ];
    const text = summary(
      { result: 'succeeded', localWorkspaces },
      { caller: { program: ['npx', 'databricks-mlops'], places: ['--out', 'o', '--data', 'my data'] } },
    );
    assert.match(text, /^ {2}workspaces prod, staging ended with the run/m);
    assert.ok(
      text.endsWith("\n    npx databricks-mlops workspace start --data 'my data' --workspace prod --workspace staging"),
      text,
    );
    assert.doesNotMatch(summary({ result: 'succeeded' }), /workspace/);
  });

  it('gives the command that goes on, with the places that were given and quoted where it must be', () => {
    const check = {
      kind: 'approval',
      status: 'pending',
      resource: { name: "prod's" },
      approval: { minimumApprovers: 1, steps: [{ assignedApprover: { name: 'Ada L' }, status: 'pending' }] },
    } as unknown as CheckRunRecord;
    const stage = stageRecord(1, 'gate', {
      state: 'pending',
      result: undefined,
      checkpoint: checkpointRecord(2, [check]),
    });
    const text = summary(
      { stages: [stage] },
      { caller: { program: ['npx', 'databricks-mlops'], places: ['--out', 'my runs'] } },
    );
    assert.match(text, /Run 7 .* waits for an answer; 0 of 1 stage ran/);
    assert.ok(
      text.includes(`npx databricks-mlops run --retry 7:gate --approve 'prod'\\''s=Ada L' --out 'my runs'`),
      text,
    );
  });

  it('names in that command whoever has yet to approve, and says how far the approval is', () => {
    const step = (name: string, status: string) => ({ assignedApprover: { id: name, name }, status });
    const check = {
      kind: 'approval',
      status: 'pending',
      resource: { name: 'prod' },
      approval: {
        minimumApprovers: 3,
        requesterMayApprove: false,
        steps: [step('owners', 'approved'), step('Ada', 'pending'), step('risk', 'pending'), step('legal', 'pending')],
      },
    } as unknown as CheckRunRecord;
    const stage = stageRecord(1, 'gate', {
      state: 'pending',
      result: undefined,
      checkpoint: checkpointRecord(2, [check]),
    });
    const text = summary({ stages: [stage], requestedFor: { id: '1', name: 'Ada' } });
    assert.match(text, /by owners, Ada, risk, legal \(1 of 3 given\)\. Go on with:/);
    assert.match(text, /--retry 7:gate --approve prod=risk --approve prod=legal$/m);
  });

  it('gives no command whose words a terminal must not be handed', () => {
    const check = {
      kind: 'approval',
      status: 'pending',
      resource: { name: 'prod\u001b]0;title\u0007' },
      approval: { minimumApprovers: 1, steps: [{ assignedApprover: { name: 'Ada' }, status: 'pending' }] },
    } as unknown as CheckRunRecord;
    const stage = stageRecord(1, 'gate', {
      state: 'pending',
      result: undefined,
      checkpoint: checkpointRecord(2, [check]),
    });
    const text = summary({ stages: [stage] });
    assert.doesNotMatch(text, /(?!\n)\p{Cc}/u);
    assert.match(text, /waits for approval on prod by Ada\.$/m);
  });
});
