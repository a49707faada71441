import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expandTemplate, OCCASIONS, PROJECT, stepOf, stepsOfStages } from '../../support/templates';

const HOSTILE = `'; echo "##vso[task.setvariable variable=x]y" $(rm -rf /) \`id\` "quoted" \\ é`;
const SCRIPTS = /^(?:Bash|CmdLine|PowerShell)@/;

function scriptsOf(stages: ReturnType<typeof expandTemplate>): readonly string[] {
  return stepsOfStages(stages)
    .filter(({ task }) => SCRIPTS.test(task))
    .map(({ inputs }) => inputs?.['script'] ?? '');
}

function parameters(value: string): Record<string, unknown> {
  return {
    project: value,
    model: { schema: value, name: value },
    environments: [
      { name: 'staging', catalog: value, connection: value, variables: { cohort: value }, warehouse: value },
      { name: 'prod', catalog: value, connection: value, modelEnvironment: value },
    ],
    policyFile: value,
    pullRequest: { connection: value, environment: value },
    deployment: { mode: 'online', endpoint: value, environmentVariables: { KEY: value } },
    python: { version: value, requirements: value, testPath: value, index: value },
    jobs: { train: value, evaluate: value, integration: value },
  };
}

describe('texts from outside in the templates', () => {
  it('never reach a script: the same scripts whatever the parameters are', () => {
    for (const occasion of Object.values(OCCASIONS)) {
      const expand = (value: string) => scriptsOf(expandTemplate('templates/mlops.yml', parameters(value), occasion));
      assert.deepEqual(expand(HOSTILE), expand('plain'));
      assert.ok(expand('plain').length > 0);
    }
  });

  it('never reach a script of a rollback either', () => {
    const stages = expandTemplate(
      'templates/rollback.yml',
      {
        project: HOSTILE,
        model: { schema: HOSTILE, name: HOSTILE },
        environment: { name: 'prod', catalog: HOSTILE, connection: HOSTILE },
        reason: HOSTILE,
      },
      OCCASIONS.push,
    );
    assert.deepEqual(scriptsOf(stages), []);
    // Without $ it cannot become a macro: whoever queues the run may not read a secret through it.
    assert.equal(stepOf(stages, 'rollback_prod', 'rollback')?.inputs?.['reason'], HOSTILE.replaceAll('$', '_'));
  });

  it('of whoever queues a rollback become no macro in any input', () => {
    const macro = '$(System.AccessToken)';
    const stages = expandTemplate(
      'templates/rollback.yml',
      {
        project: 'diabetes',
        model: { schema: 'diabetes', name: 'progression' },
        environment: { name: 'prod', catalog: 'prod', connection: 'dbx' },
        endpoint: 'progression',
        reason: macro,
        toVersion: macro,
      },
      OCCASIONS.push,
    );
    const inputs = stepOf(stages, 'rollback_prod', 'rollback')?.inputs;
    assert.equal(inputs?.['reason'], '_(System.AccessToken)');
    assert.equal(inputs?.['toVersion'], '_(System.AccessToken)');
    assert.ok(!JSON.stringify(stages).includes(macro));
  });

  it('come whole and alone into the parameters of jobs', () => {
    const value = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 30 })
      .filter(
        (text) =>
          !/[\r\u0085\u2028\u2029\ufeff]/.test(text) && !text.includes('${{') && Buffer.from(text).toString() === text,
      );
    fc.assert(
      fc.property(value, (catalog) => {
        fc.pre(catalog.trim() !== '');
        const stages = expandTemplate(
          'templates/mlops.yml',
          {
            project: 'diabetes',
            model: { schema: 'diabetes', name: 'progression' },
            environments: [{ name: 'prod', catalog, connection: 'dbx' }],
          },
          OCCASIONS.release,
        );
        const given = JSON.parse(stepOf(stages, 'train_prod', 'train')?.inputs?.['optionalJobParameters'] ?? '{}');
        assert.equal(given.catalog, catalog);
        assert.deepEqual(Object.keys(given).sort(), [
          'catalog',
          'commit',
          'environment',
          'model_name',
          'release',
          'run_url',
          'schema',
        ]);
      }),
      { seed: 41, numRuns: 60 },
    );
  });

  it('of tags become neither a macro nor a second parameter', () => {
    const stages = expandTemplate(
      'templates/mlops.yml',
      { ...parameters('plain') },
      { 'Build.Reason': 'IndividualCI', 'Build.SourceBranch': 'refs/tags/v1","catalog":"$(secret)' },
    );
    const given = JSON.parse(stepOf(stages, 'train_prod', 'train')?.inputs?.['optionalJobParameters'] ?? '{}');
    assert.equal(given.release, 'v1","catalog":"_(secret)');
    assert.equal(given.catalog, 'plain');
  });

  it('cannot: no template pastes an expression or a macro into a script', () => {
    for (const file of readdirSync(join(PROJECT, 'templates'), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.yml')) {
        continue;
      }
      const text = readFileSync(join(PROJECT, 'templates', file), 'utf8');
      for (const [, indent = '', body = ''] of text.matchAll(
        /^( *)- (?:bash|script|pwsh|powershell): ([^\n]*(?:\n\1 {2} +[^\n]*)*)/gm,
      )) {
        assert.doesNotMatch(body, /\$\{\{|\$\(/, `${file}, indented by ${indent.length}`);
      }
    }
  });
});
