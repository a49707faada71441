import assert from 'node:assert/strict';
import type { Result } from '../../../../../local/pipelines/record/run-record';
import { jobResults, resultsOf, runOf, stageOf } from '../../../../support/pipeline-run';

const RESULTS = ['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped'] as const;
const GOOD: readonly Result[] = ['succeeded', 'succeededWithIssues'];
const BUT_CANCEL: readonly Result[] = ['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped'];

/** Conditions of what depends on A, with the results of A for which they hold. */
const ROWS: readonly (readonly [condition: string, holdsFor: readonly Result[]])[] = [
  ['', GOOD],
  ['succeeded()', GOOD],
  ["succeeded('A')", GOOD],
  ["SUCCEEDED('a')", GOOD],
  ['failed()', ['failed']],
  ["failed('A')", ['failed']],
  ['succeededOrFailed()', [...GOOD, 'failed']],
  ["succeededOrFailed('A')", [...GOOD, 'failed']],
  ['always()', BUT_CANCEL],
  ['not(canceled())', BUT_CANCEL],
  ['canceled()', []],
  ["eq(dependencies.A.result, 'Skipped')", ['skipped']],
  ["in(dependencies.A.result, 'Succeeded', 'SucceededWithIssues', 'Skipped')", [...GOOD, 'skipped']],
  ["and(not(canceled()), ne(dependencies.A.result, 'Failed'))", [...GOOD, 'canceled', 'skipped']],
  ["eq(variables['Build.Reason'], 'individualci')", BUT_CANCEL],
  ["and(succeeded(), eq(variables['Build.Reason'], 'PullRequest'))", []],
];

function condition(text: string): string {
  return text === '' ? '' : `condition: "${text}"`;
}

function aOf(result: Result): string {
  return result === 'skipped' ? 'condition: "false"' : '';
}

describe('the condition of a stage', () => {
  for (const [source, holdsFor] of ROWS) {
    for (const result of RESULTS) {
      it(`'${source}' ${holdsFor.includes(result) ? 'holds' : 'does not hold'} after a stage that was ${result}`, async () => {
        const ran = await runOf(
          `stages:
- stage: A
  ${aOf(result)}
  jobs: [{ job: a, steps: [] }]
- stage: B
  ${condition(source)}
  jobs: [{ job: b, steps: [] }]`,
          { jobs: { a: result } },
        );
        assert.deepEqual(resultsOf(ran), { A: result, B: holdsFor.includes(result) ? 'succeeded' : 'skipped' });
      });
    }
  }
});

describe('the condition of a job', () => {
  for (const [source, holdsFor] of ROWS) {
    for (const result of RESULTS) {
      it(`'${source}' ${holdsFor.includes(result) ? 'holds' : 'does not hold'} after a job that was ${result}`, async () => {
        const ran = await runOf(
          `jobs:
- job: A
  ${aOf(result)}
  steps: []
- job: B
  dependsOn: A
  ${condition(source)}
  steps: []`,
          { jobs: { A: result } },
        );
        const expected = { A: result, B: holdsFor.includes(result) ? 'succeeded' : 'skipped' };
        assert.deepEqual(jobResults(stageOf(ran, '__default')), expected);
      });
    }
  }
});

describe('a chain of stages A, B, C', () => {
  const rows: readonly (readonly [a: Result, b: string, c: string, expected: readonly [string, string, string]])[] = [
    ['skipped', "in(dependencies.A.result, 'Succeeded', 'Skipped')", '', ['skipped', 'succeeded', 'skipped']],
    ['skipped', 'always()', "succeeded('B')", ['skipped', 'succeeded', 'succeeded']],
    ['skipped', '', 'succeededOrFailed()', ['skipped', 'skipped', 'skipped']],
    ['skipped', '', 'not(canceled())', ['skipped', 'skipped', 'succeeded']],
    ['failed', 'always()', '', ['failed', 'succeeded', 'skipped']],
    ['failed', 'always()', "succeeded('B')", ['failed', 'succeeded', 'succeeded']],
    ['failed', '', 'failed()', ['failed', 'skipped', 'succeeded']],
    ['failed', '', "failed('B')", ['failed', 'skipped', 'skipped']],
    ['failed', '', 'succeededOrFailed()', ['failed', 'skipped', 'succeeded']],
    ['failed', 'failed()', 'always()', ['failed', 'succeeded', 'succeeded']],
    ['canceled', '', 'failed()', ['canceled', 'skipped', 'skipped']],
    ['canceled', 'always()', '', ['canceled', 'succeeded', 'skipped']],
    ['succeededWithIssues', '', '', ['succeededWithIssues', 'succeeded', 'succeeded']],
  ];
  for (const [a, b, c, expected] of rows) {
    it(`ends ${expected.join(', ')} after A ${a} with '${b}' and '${c}'`, async () => {
      const ran = await runOf(
        `stages:
- stage: A
  ${aOf(a)}
  jobs: [{ job: a, steps: [] }]
- stage: B
  ${condition(b)}
  jobs: [{ job: b, steps: [] }]
- stage: C
  ${condition(c)}
  jobs: [{ job: c, steps: [] }]`,
        { jobs: { a } },
      );
      assert.deepEqual(Object.values(resultsOf(ran)), expected);
    });
  }
});

describe('a run that is cancelled while stage A runs', () => {
  const rows: readonly (readonly [condition: string, runs: boolean])[] = [
    ['', false],
    ['succeeded()', false],
    ['succeededOrFailed()', false],
    ['not(canceled())', false],
    ["and(not(canceled()), in(dependencies.A.result, 'Succeeded', 'Canceled'))", false],
    ['failed()', false],
    ['always()', true],
    ['canceled()', true],
    ["eq(variables['Build.Reason'], 'IndividualCI')", true],
  ];
  for (const how of ['succeeded', 'canceled'] as const) {
    for (const [source, runs] of rows) {
      it(`${runs ? 'still runs' : 'does not run'} what has '${source}', where A ends ${how}`, async () => {
        const cancel = new AbortController();
        const ran = await runOf(
          `stages:
- stage: A
  jobs: [{ job: a, steps: [] }]
- stage: B
  ${condition(source)}
  jobs: [{ job: b, condition: always(), steps: [] }]`,
          {
            request: { signal: cancel.signal },
            jobs: (job) => {
              if (job.record.phase === 'a') {
                cancel.abort();
                return { result: how };
              }
              assert.equal(job.signal.aborted, false);
              return {};
            },
          },
        );
        assert.equal(stageOf(ran, 'B').result, runs ? 'succeeded' : 'skipped');
        assert.equal(ran.record.result, 'canceled');
      });
    }
  }
});

describe('conditions that cannot be evaluated', () => {
  for (const source of ["succeeded('C')", "eq(stageDependencies.A.a.outputs['s.v'], 'x')", "gt('a', 1, 2)"]) {
    it(`fail the stage that has them: ${source}`, async () => {
      const yaml = `stages:
- stage: A
  jobs: [{ job: a, steps: [] }]
- stage: B
  condition: "${source}"
  jobs: [{ job: b, steps: [] }]
- stage: C
  dependsOn: []
  jobs: [{ job: c, steps: [] }]`;
      if (source.startsWith('gt')) {
        await assert.rejects(async () => runOf(yaml), /gt/);
        return;
      }
      const ran = await runOf(yaml);
      assert.deepEqual(resultsOf(ran), { A: 'succeeded', B: 'failed', C: 'succeeded' });
      assert.match(stageOf(ran, 'B').note ?? '', /azure-pipelines\.yml:\d+/);
      assert.equal(ran.record.result, 'failed');
    });
  }
});
