import assert from 'node:assert/strict';
import { newestAttempt } from '../../../src/devops/newest-attempt';
import { expandUserOfTemplates, OCCASIONS, type Step, stepsOfStages } from '../../support/templates';

/** The steps of a job that uses the template once for each of these parameters. */
function stepsFor(...uses: readonly object[]): readonly Step[] {
  const steps = uses.map((parameters) => ({
    template: 'templates/steps/evaluate-and-promote.yml@mlops',
    parameters: { connection: 'dbx', model: 'prod.ml.churn', predictions: 'table:prod.ml.scores', ...parameters },
  }));
  return stepsOfStages(expandUserOfTemplates({ steps }, OCCASIONS.push)).filter(({ task }) => /^Databricks/.test(task));
}

const named = (steps: readonly Step[], name: string) => steps.find((step) => step.name === name);

describe('templates/steps/evaluate-and-promote.yml', () => {
  it('begins with the check of connection and tasks', () => {
    for (const connection of [{}, { connection: '', azureSubscription: 'azure', workspaceUrl: 'https://adb-1.1' }]) {
      const steps = stepsFor(connection);
      assert.deepEqual(
        steps.map(({ task }) => task),
        ['DatabricksCheckConnection@1', 'DatabricksEvaluateModel@1', 'DatabricksPromoteModel@1'],
      );
      const { minimumVersion, ...inputs } = steps[0]?.inputs ?? {};
      assert.match(minimumVersion ?? '', /^\d+\.\d+\.\d+$/);
      assert.deepEqual(
        inputs,
        Object.keys(connection).length === 0
          ? { databricksConnection: 'dbx' }
          : { azureSubscription: 'azure', workspaceUrl: 'https://adb-1.1' },
      );
    }
  });

  it('is used many times in a job by suffix: each judges, keeps and promotes its own report', () => {
    const suffixes = ['', '2', '_3', 'Churn'];
    const steps = stepsFor(...suffixes.map((suffix) => ({ suffix })));
    const artifacts = steps.flatMap(({ inputs }) => inputs?.['publishArtifact'] ?? []);
    assert.deepEqual(artifacts, ['report', 'report2', 'report_3', 'reportChurn']);
    for (const [index, suffix] of suffixes.entries()) {
      const evaluate = `evaluate${suffix}`;
      assert.equal(named(steps, evaluate)?.inputs?.['publishArtifact'], artifacts[index]);
      const { reportPath, reportDigest, version } = named(steps, `promote${suffix}`)?.inputs ?? {};
      assert.deepEqual(
        [reportPath, reportDigest, version],
        [`$(${evaluate}.reportPath)`, `$(${evaluate}.reportDigest)`, `$(${evaluate}.challengerVersion)`],
      );
    }
    for (const name of artifacts) {
      assert.equal(newestAttempt(artifacts, name), name);
    }
  });

  it('keeps the report under a name of your own, as it is written', () => {
    const evaluate = named(stepsFor({ artifact: 'judgement', suffix: '2' }), 'evaluate2');
    assert.equal(evaluate?.inputs?.['publishArtifact'], 'judgement');
  });
});
