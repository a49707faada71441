import assert from 'node:assert/strict';
import { InputReader } from '../../../src/agent/input-reader';
import type { TaskDefinition } from '../../../src/agent/task-definition';
import { TaskError } from '../../../src/errors';
import { FakeHost } from '../../support/fake-host';

const definition: TaskDefinition = {
  name: 'DatabricksExample',
  version: { Major: 1, Minor: 0, Patch: 0 },
  inputs: [
    { name: 'version', type: 'string', defaultValue: 'champion' },
    { name: 'count', type: 'string', defaultValue: '3' },
  ],
  outputVariables: [],
};

/** What is wrong with inputs: the words for a person at a terminal, and those for the author of a pipeline. */
const WRONG: readonly (readonly [
  what: string,
  inputs: Record<string, string>,
  read: (inputs: InputReader) => unknown,
  atTerminal: RegExp,
  inPipeline: RegExp,
])[] = [
  [
    'a missing one',
    { count: '' },
    (inputs) => inputs.required('count'),
    /is required\. Give --count VALUE\.$/,
    /is required\. Set 'count' on this step\.$/,
  ],
  [
    'an empty one that chooses',
    { version: '' },
    (inputs) => inputs.choosing('version'),
    /chooses nothing\. One that is left out has its default\. Give --version VALUE, or leave it out\.$/,
    /an output of another step, job or stage .* leave 'version' out to use its default\.$/,
  ],
  [
    'a macro',
    { version: '$(train.version)' },
    (inputs) => inputs.text('version'),
    /'\$\(train\.version\)'\. A terminal has no variables of a pipeline\. Give --version VALUE\.$/,
    /'\$\(train\.version\)'\. The variable 'train\.version' has no value where this step runs\. Set the variable, or /,
  ],
  [
    'one that cannot be',
    { count: 'many' },
    (inputs) => inputs.number('count'),
    /not "many"\. Correct 'count'\.$/,
    /not "many"\. Correct 'count'\.$/,
  ],
  [
    'one that is not used',
    { count: '4' },
    (inputs) => inputs.refuseUnread("with action 'delete'"),
    /has no meaning with action 'delete'\. Remove 'count', or choose the action that uses it\.$/,
    /has no meaning with action 'delete'\. Remove 'count', or choose the action that uses it\.$/,
  ],
];

describe('inputs that are wrong', () => {
  for (const [what, inputs, read, atTerminal, inPipeline] of WRONG) {
    it(`are told to who can mend them: ${what}`, () => {
      const words = (kind: 'terminal' | 'pipeline') => {
        const host = new FakeHost({ kind, inputs });
        assert.throws(
          () => read(new InputReader(definition, host)),
          (error) => {
            assert.ok(error instanceof TaskError);
            assert.match(error.sentences, kind === 'terminal' ? atTerminal : inPipeline);
            return true;
          },
        );
      };
      words('terminal');
      words('pipeline');
    });
  }
});
