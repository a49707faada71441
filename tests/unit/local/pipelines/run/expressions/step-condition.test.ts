import assert from 'node:assert/strict';
import type { Variable } from '../../../../../../local/pipelines/agent/job-request';
import { ExpandError } from '../../../../../../local/pipelines/expand/expand-error';
import type { Place } from '../../../../../../local/pipelines/expand/place';
import type { Result } from '../../../../../../local/pipelines/record/run-record';
import { stepConditionHolds } from '../../../../../../local/pipelines/run/expressions/step-condition';

const at: Place = {
  frame: { file: 'azure-pipelines.yml', repository: 'self', path: '/azure-pipelines.yml', level: 0 },
  line: 7,
  column: 16,
};

function plain(value: string): Variable {
  return { value, secret: false, readOnly: false };
}

function holds(source: string | undefined, jobStatus: Result, canceled = false): boolean {
  const variables = new Map([
    ['Build.Reason', plain('PullRequest')],
    ['empty', plain('')],
    ['yes', plain('true')],
  ]);
  return stepConditionHolds(source, { variables, jobStatus, canceled, at });
}

describe('the condition of a step', () => {
  const rows: readonly (readonly [string | undefined, readonly Result[]])[] = [
    [undefined, ['succeeded', 'succeededWithIssues']],
    ['', ['succeeded', 'succeededWithIssues']],
    [' succeeded() ', ['succeeded', 'succeededWithIssues']],
    ['SUCCEEDED()', ['succeeded', 'succeededWithIssues']],
    ['failed()', ['failed']],
    ['succeededOrFailed()', ['succeeded', 'succeededWithIssues', 'failed']],
    ['always()', ['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped']],
    ['canceled()', ['canceled']],
    ['not(canceled())', ['succeeded', 'succeededWithIssues', 'failed', 'skipped']],
    ['and(succeeded(), eq(variables.yes, true))', ['succeeded', 'succeededWithIssues']],
    ['false', []],
    ['or(failed(), canceled())', ['failed', 'canceled']],
  ];
  for (const [source, when] of rows) {
    for (const status of ['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped'] as const) {
      it(`'${source}' ${when.includes(status) ? 'holds' : 'does not hold'} while the job is ${status}`, () => {
        assert.equal(holds(source, status), when.includes(status));
      });
    }
  }

  it('takes a cancelled job for canceled, whatever its status says', () => {
    assert.equal(holds(undefined, 'succeeded', true), false);
    assert.equal(holds('failed()', 'failed', true), false);
    assert.equal(holds('canceled()', 'failed', true), true);
    assert.equal(holds("eq(variables['build.reason'], 'pullrequest')", 'failed', true), true);
  });

  it('takes a variable that is not there for null, which an empty text equals', () => {
    assert.equal(holds("eq(variables['nowhere'], '')", 'succeeded'), true);
    assert.equal(holds("eq(variables.empty, '')", 'succeeded'), true);
    assert.equal(holds('variables.nowhere', 'succeeded'), false);
    assert.equal(holds('variables.yes', 'succeeded'), true);
  });

  it('refuses what a step cannot know, at its place', () => {
    for (const source of ["failed('other')", "dependencies.A.outputs['s.v']", 'counter(1, 2)', 'eq(1']) {
      assert.throws(
        () => holds(source, 'succeeded'),
        (error) => error instanceof ExpandError && error.code === 'PIPELINE_EXPRESSION' && error.place === at,
      );
    }
  });
});
