import assert from 'node:assert/strict';
import { readTask, taskNames } from '../support/declared';
import { type NamesInCode, namesInCode } from './names-in-code';

describe('a task reads exactly the inputs and sets exactly the outputs that task.json declares', () => {
  let namesOf: (task: string) => NamesInCode;

  before(() => {
    namesOf = namesInCode(taskNames());
  });

  for (const folder of taskNames()) {
    it(folder, () => {
      const { inputs, outputs, unknown } = namesOf(folder);
      const task = readTask(folder);
      const declaredInputs = task.inputs.map((input) => input.name);
      assert.deepEqual(unknown, [], 'names of inputs and outputs must be literals');
      if (!declaredInputs.includes('publishArtifact')) {
        inputs.delete('publishArtifact');
        outputs.delete('artifactName');
      }
      assert.deepEqual([...inputs].toSorted(), declaredInputs.toSorted());
      assert.deepEqual([...outputs].toSorted(), task.outputVariables.map((output) => output.name).toSorted());
    });
  }
});
