import assert from 'node:assert/strict';
import { readTasks, readText } from '../support/declared';

interface LockedInput {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly default?: string | boolean;
  readonly required?: boolean;
  readonly options?: readonly string[];
}

type Lock = Record<string, { readonly inputs: Record<string, LockedInput>; readonly outputs: readonly string[] }>;

describe('inputs.lock.json', () => {
  const locked = JSON.parse(readText('tests', 'contract', 'inputs.lock.json')) as Lock;

  it('is what task.json declares: a change is seen in review (node scripts/inputs-lock.mjs)', () => {
    const declared = Object.fromEntries(
      readTasks().map((task) => [
        `${task.name}@${task.version.Major}`,
        {
          inputs: Object.fromEntries(
            task.inputs.map((input) => [
              input.name,
              {
                type: input.type,
                aliases: input.aliases,
                default: input.defaultValue,
                required: input.required,
                options: input.options && Object.keys(input.options),
              },
            ]),
          ),
          outputs: task.outputVariables.map((output) => output.name),
        },
      ]),
    );
    assert.deepEqual(locked, JSON.parse(JSON.stringify(declared)));
  });
});
