import assert from 'node:assert/strict';
import { newestAttempt } from '../../../src/devops/newest-attempt';
import { mlopsCases } from '../../support/mlops-cases';
import {
  dependenciesOf,
  expandFile,
  expandTemplate,
  OCCASIONS,
  type Stage,
  stepsOfJob,
  stepsOfStages,
} from '../../support/templates';

const EXPANDED: readonly (readonly [string, readonly Stage[]])[] = [
  ...mlopsCases().map(
    ({ name, occasion, parameters }) =>
      [name, expandTemplate('templates/mlops.yml', parameters, OCCASIONS[occasion])] as const,
  ),
  ['rollback', expandFile('samples/pipelines/rollback.yml', OCCASIONS.push, { reason: 'slow' })],
];

function forEachStage(look: (stage: Stage, dependsOn: readonly string[], where: string) => void): void {
  for (const [name, stages] of EXPANDED) {
    for (const [index, stage] of stages.entries()) {
      look(stage, dependenciesOf(stages, index), `${stage.stage} of ${name}`);
    }
  }
}

describe('stages of the templates', () => {
  it('have a condition with not(canceled()) and the result of every stage that they depend on', () => {
    forEachStage(({ condition = '' }, dependsOn, where) => {
      assert.ok(condition.includes('not(canceled())'), where);
      for (const name of dependsOn) {
        assert.ok(condition.includes(`dependencies.${name}.result`), `${where}: ${name}`);
      }
    });
  });

  it('read only of stages that they depend on', () => {
    forEachStage((stage, dependsOn, where) => {
      const read = [...JSON.stringify(stage).matchAll(/(?:stageDependencies|dependencies)\.([A-Za-z0-9_]+)\./g)];
      for (const [, name = ''] of read) {
        assert.ok(dependsOn.includes(name), `${where} reads of ${name}`);
      }
    });
  });

  it('let Skipped pass only behind an approval that the report did not ask for', () => {
    forEachStage(({ stage, condition = '' }, _dependsOn, where) => {
      if (condition.includes('Skipped')) {
        assert.match(stage, /^promote_/, where);
        assert.match(
          condition,
          /and\(eq\(dependencies\.approve_promote_(\w+)\.result, 'Skipped'\), eq\(dependencies\.evaluate_\1\.outputs\['main\.evaluate\.nextAction'\], 'promote'\)\)/,
          where,
        );
      }
    });
  });

  it('wait for approvals in a deployment job without steps and agent, which nobody can deselect', () => {
    forEachStage(({ stage, jobs, isSkippable, lockBehavior }, _dependsOn, where) => {
      if (stage.startsWith('approve_')) {
        const [job] = jobs;
        assert.equal(jobs.length, 1, where);
        assert.deepEqual(job && stepsOfJob(job), [], where);
        assert.equal(job?.pool, 'server', where);
        assert.ok(job?.deployment !== undefined && (job.environment?.name ?? '') !== '', where);
        assert.equal(isSkippable, 'false', where);
        assert.equal(lockBehavior, 'sequential', where);
      }
    });
  });

  it('have one job main, with a time limit and a checkout that is said', () => {
    forEachStage(({ stage, jobs }, _dependsOn, where) => {
      const names = jobs.map(({ job, deployment }) => job ?? deployment);
      const expected = stage.startsWith('approve_') ? 'wait' : stage === 'integration_verdict' ? stage : 'main';
      assert.deepEqual(names, [expected], where);
      for (const job of jobs) {
        assert.ok(Number(job.timeoutInMinutes) > 0, where);
        if (job.job !== undefined) {
          assert.notEqual(job.steps?.[0]?.inputs?.['repository'], undefined, where);
        }
      }
    });
  });

  it('begin jobs that have a connection with the check of connection and tasks', () => {
    const versions = new Set<string | undefined>();
    forEachStage(({ jobs }, _dependsOn, where) => {
      for (const job of jobs) {
        const ours = stepsOfJob(job).filter(({ task }) => task.startsWith('Databricks'));
        if (ours.length > 0) {
          assert.equal(ours[0]?.task, 'DatabricksCheckConnection@1', where);
          versions.add(ours[0]?.inputs?.['minimumVersion']);
        }
      }
    });
    assert.equal(versions.size, 1, [...versions].join(', '));
  });

  it('name environments and models in stage names in characters that Azure Pipelines takes', () => {
    forEachStage(({ stage }, _dependsOn, where) => assert.match(stage, /^[A-Za-z0-9_]+$/, where));
  });

  it('promote the report of their own model in their own environment', () => {
    for (const [name, stages] of EXPANDED) {
      const published = stepsOfStages(stages).flatMap(({ inputs }) => inputs?.['publishArtifact'] ?? []);
      assert.equal(new Set(published).size, published.length, name);
      for (const stage of stages.filter((candidate) => candidate.stage.startsWith('promote_'))) {
        const evaluate = stages.find((candidate) => candidate.stage === stage.stage.replace('promote', 'evaluate'));
        const report = stepsOfStages([stage]).find((step) => step.name === 'promote')?.inputs?.['reportPath'];
        const made = stepsOfStages(evaluate ? [evaluate] : []).find((step) => step.name === 'evaluate')?.inputs;
        assert.equal(report, `artifact:${made?.['publishArtifact']}`, `${stage.stage} of ${name}`);
      }
    }
  });

  it('promote no report of a model or an environment whose name goes on with a number', () => {
    const environments = ['prod', 'prod-2', 'prod-3'].map((name) => ({ name, catalog: name, connection: 'dbx' }));
    const models = ['churn', 'churn-2', '2'].map((name) => ({ schema: 'ml', name }));
    for (const given of [{ model: models[0] }, { models }]) {
      const parameters = { project: 'diabetes', ...given, environments };
      const stages = expandTemplate('templates/mlops.yml', parameters, OCCASIONS.release);
      const published = stepsOfStages(stages).flatMap(({ inputs }) => inputs?.['publishArtifact'] ?? []);
      assert.equal(published.length, 'models' in given ? 9 : 3);
      for (const name of published) {
        assert.equal(newestAttempt(published, name), name);
      }
    }
  });
});
