import type { TaskInput, TaskInputs } from '../built-in-tasks';
import { COMMON_STEP_KEYS, STEP_SHAPE } from '../expand/grammar/steps';
import { SHORTCUTS } from '../expand/normal-form/step';
import { closed, type JsonSchema, oneOfTexts, schemaOf, TEXT } from './json-schema';

/** A task.json, as far as it says which inputs a step may have. */
export interface DeclaredTask {
  readonly name: string;
  readonly version: { readonly Major: number };
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly required?: boolean;
    readonly defaultValue?: unknown;
    readonly visibleRule?: string;
    readonly aliases?: readonly string[];
    readonly options?: Readonly<Record<string, string>>;
  }[];
}

/** Name of a task in a step, and its inputs. */
export function declaredInputs(task: DeclaredTask): readonly [name: string, inputs: TaskInputs] {
  const inputs = task.inputs.map((input): [string, TaskInput] => {
    // Options of its own close a list: that they can be edited lets variables through. Lists that a workspace fills have none.
    const values =
      input.type === 'boolean' ? ['true', 'false'] : input.type === 'pickList' ? Object.keys(input.options ?? {}) : [];
    const isSet = input.defaultValue !== undefined && input.defaultValue !== '';
    return [
      input.name,
      {
        ...(values.length > 0 ? { values } : {}),
        ...(input.aliases === undefined ? {} : { aliases: input.aliases }),
        required: input.required === true && !isSet && input.visibleRule === undefined,
      },
    ];
  });
  return [`${task.name}@${task.version.Major}`, Object.fromEntries(inputs)];
}

/** Inputs of the tasks that checkout, publish and download are short for: they have an id and no page of their own. */
export function shortcutInputs(): Readonly<Record<string, TaskInputs>> {
  const shapes = typeof STEP_SHAPE === 'object' && 'byKey' in STEP_SHAPE ? STEP_SHAPE.byKey : {};
  return Object.fromEntries(
    Object.entries(SHORTCUTS)
      .filter(([, { task }]) => /^[0-9a-f]{8}-/.test(task))
      .map(([own, shortcut]) => {
        const shape = shapes[own];
        const keys = typeof shape === 'object' && 'keys' in shape ? Object.keys(shape.keys) : [];
        const inputs = keys
          .filter((key) => key !== own && !COMMON_STEP_KEYS.has(key))
          .map((key) => [shortcut.renamed?.[key] ?? key, {}] as const);
        return [shortcut.task, Object.fromEntries([[shortcut.input, { required: true }], ...inputs])];
      }),
  );
}

/**
 * The steps that are tasks: one alternative for each known task, which the service picks by the value of `task`, and one for the tasks of
 * others, whose inputs nobody knows here. A task that begins as ours do but is none of them is refused.
 */
export function taskSteps(tasks: Readonly<Record<string, TaskInputs>>, ours: string): readonly JsonSchema[] {
  const common = Object.fromEntries(Object.entries(taskKeys()).filter(([key]) => key !== 'task' && key !== 'inputs'));
  const known = Object.entries(tasks).map(([name, inputs]) => {
    const required = Object.values(inputs).some((input) => input.required === true) ? ['task', 'inputs'] : ['task'];
    return closed({ task: exactly(name), inputs: inputsSchema(inputs), ...common }, required, ['task']);
  });
  const taken = [`${ours}[A-Za-z]*(?:@.*)?`, ...Object.keys(tasks)].join('|');
  const other: JsonSchema = { not: { type: 'string', pattern: `^(?:${taken})$`, ignoreCase: 'value' } };
  const anyInputs: JsonSchema = { type: 'object', additionalProperties: TEXT };
  return [...known, closed({ task: other, inputs: anyInputs, ...common }, ['task'], ['task'])];
}

function taskKeys(): Readonly<Record<string, JsonSchema>> {
  const shape = typeof STEP_SHAPE === 'object' && 'byKey' in STEP_SHAPE ? STEP_SHAPE.byKey['task'] : undefined;
  return shape === undefined ? {} : (schemaOf(shape).properties ?? {});
}

function exactly(name: string): JsonSchema {
  return { type: 'string', pattern: `^${name}$`, patternErrorMessage: `This is not ${name}.`, ignoreCase: 'value' };
}

function inputsSchema(inputs: TaskInputs): JsonSchema {
  const properties = Object.entries(inputs).map(([name, { values, aliases }]): [string, JsonSchema] => [
    name,
    {
      ...(values === undefined ? TEXT : oneOfTexts(values)),
      ignoreCase: values === undefined ? 'key' : 'all',
      ...(aliases === undefined
        ? {}
        : { aliases: aliases.filter((alias) => alias.toLowerCase() !== name.toLowerCase()) }),
    },
  ]);
  const required = Object.entries(inputs).flatMap(([name, input]) => (input.required === true ? [name] : []));
  return closed(Object.fromEntries(properties), required);
}
