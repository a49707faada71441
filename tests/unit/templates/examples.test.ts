import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTasks } from '../../support/declared';
import { expandFile, OCCASIONS, type Occasion, PROJECT, stepsOfStages } from '../../support/templates';

const FILES = [
  'samples/diabetes/azure-pipelines.yml',
  ...readdirSync(join(PROJECT, 'samples/pipelines')).map((name) => `samples/pipelines/${name}`),
];

describe('the example pipelines', () => {
  for (const file of FILES) {
    it(`${file} expands for every occasion, with inputs that its tasks have`, () => {
      for (const occasion of Object.keys(OCCASIONS) as Occasion[]) {
        const stages = expandFile(file, OCCASIONS[occasion], /rollback/.test(file) ? { reason: "It's slow." } : {});
        for (const { task, inputs = {} } of stepsOfStages(stages)) {
          const declared = readTasks().find(({ name }) => `${name}@1` === task);
          if (declared === undefined) {
            assert.doesNotMatch(task, /^Databricks/, occasion);
            continue;
          }
          for (const input of Object.keys(inputs)) {
            assert.ok(
              declared.inputs.some(({ name }) => name === input),
              `${task} has no input ${input}`,
            );
          }
        }
      }
    });
  }

  it('use every template that pipelines name', () => {
    const text = FILES.map((file) => readFileSync(join(PROJECT, file), 'utf8')).join('\n');
    for (const template of [
      'templates/mlops.yml',
      'templates/rollback.yml',
      'templates/steps/evaluate-and-promote.yml',
    ]) {
      assert.ok(text.includes(`template: ${template}@mlops`), template);
    }
  });
});
