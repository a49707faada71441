import assert from 'node:assert/strict';
import {
  COLLECTION_URI,
  type QueuedFor,
  queueVariables,
  runVariables,
} from '../../../../../local/pipelines/queue/run-variables';
import { recordedRun } from '../../../../support/recorded-run';

const { record } = recordedRun('4');
const of = (queued: Partial<QueuedFor>) =>
  queueVariables(
    { reason: 'manual', branch: 'refs/heads/feature/x', fork: false, schedule: undefined, ...queued },
    record,
  );

describe('variables of a queued run', () => {
  for (const [reason, expected] of [
    ['manual', 'Manual'],
    ['push', 'IndividualCI'],
    ['pullRequest', 'PullRequest'],
    ['schedule', 'Schedule'],
  ] as const) {
    it(`name the reason ${expected}`, () => assert.equal(of({ reason }).get('Build.Reason'), expected));
  }

  it('name branch and tag as the platform does', () => {
    assert.deepEqual(
      ['Build.SourceBranch', 'Build.SourceBranchName'].map((name) => of({}).get(name)),
      ['refs/heads/feature/x', 'x'],
    );
    assert.equal(of({ branch: 'refs/tags/v1.0' }).get('Build.SourceBranchName'), 'v1.0');
    assert.equal(of({}).get('System.PullRequest.IsFork'), 'False');
    assert.equal(of({}).has('System.PullRequest.PullRequestId'), false);
  });

  it('show a pull request as its merge, with where it comes from', () => {
    const variables = of({ reason: 'pullRequest', fork: true });
    assert.equal(variables.get('Build.SourceBranch'), 'refs/pull/1/merge');
    assert.equal(variables.get('System.PullRequest.SourceBranch'), 'refs/heads/feature/x');
    assert.equal(variables.get('System.PullRequest.TargetBranch'), 'refs/heads/main');
    assert.equal(variables.get('System.PullRequest.IsFork'), 'True');
  });

  it('say of every pull request whether it is a fork', () => {
    const isFork = (queued: Partial<QueuedFor>) => of(queued).get('System.PullRequest.IsFork');
    assert.equal(isFork({ reason: 'pullRequest', fork: false }), 'False');
    assert.equal(isFork({ reason: 'pullRequest', fork: true }), 'True');
    assert.equal(isFork({ branch: 'refs/heads/main' }), 'False');
  });

  it('say it of no merge of a pull request that is run by hand: nobody knows', () => {
    assert.equal(of({ branch: 'refs/pull/7/merge' }).has('System.PullRequest.IsFork'), false);
    assert.equal(of({ reason: 'push', branch: 'refs/pull/7/merge' }).has('System.PullRequest.IsFork'), false);
  });

  it('give an address of the collection that no port changes', () => {
    assert.equal(of({}).get('System.CollectionUri'), COLLECTION_URI);
    assert.ok(new URL(COLLECTION_URI).hostname.endsWith('.localhost'));
    assert.equal(new URL(COLLECTION_URI).port, '');
  });

  it('name the schedule only where there is one', () => {
    const name = 'Build.CronSchedule.DisplayName';
    assert.equal(of({ reason: 'schedule', schedule: 'retrain' }).get(name), 'retrain');
    assert.equal(of({ reason: 'schedule' }).has(name), false);
  });

  it('cannot be replaced by what somebody gives', () => {
    const all = runVariables(
      record,
      of({}),
      'message',
      new Map([
        ['Build.Reason', 'forged'],
        ['own', 'mine'],
      ]),
    );
    assert.deepEqual(all.get('Build.Reason'), { value: 'Manual', secret: false, readOnly: true });
    assert.deepEqual(all.get('own'), { value: 'mine', secret: false, readOnly: false });
    assert.equal(all.get('Build.BuildId')?.value, '4');
  });
});
