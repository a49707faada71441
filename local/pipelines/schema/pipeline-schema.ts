import { BUILT_IN_TASKS } from '../built-in-tasks';
import { GRAMMAR } from '../expand/grammar/pipeline';
import { STEP_SHAPE } from '../expand/grammar/steps';
import { PARAMETER_TYPES } from '../expand/templates/parameter-types';
import { closed, type JsonSchema, list, oneOfTexts, schemaOf, TEXT } from './json-schema';
import { type DeclaredTask, declaredInputs, shortcutInputs, taskSteps } from './task-schema';

/** A template in the place of steps, jobs, stages or variables. */
const TEMPLATE = closed({ template: TEXT, parameters: {} }, ['template'], ['template']);

const PARAMETER = closed(
  {
    name: TEXT,
    displayName: TEXT,
    type: { ...oneOfTexts(PARAMETER_TYPES), pattern: `^(?:${PARAMETER_TYPES.join('|')})$` },
    default: {},
    values: list({}),
  },
  ['name'],
);

/** Parameters of a file: the list, or the mapping of old templates, whose values are defaults. */
const PARAMETERS: JsonSchema = { anyOf: [list(PARAMETER), { type: 'object' }] };

/** Variables before they are expanded: a list, or a mapping of names and values. */
const VARIABLES: JsonSchema = {
  anyOf: [list({ $ref: '#/definitions/variable' }), { type: 'object', additionalProperties: TEXT }],
};

/**
 * A JSON Schema for pipelines and templates in the form that Microsoft's language service for Azure Pipelines reads: the grammar of the
 * expander, with the inputs of these tasks and of those that a local run knows.
 * @param tasks the task.json files of this extension
 */
export function pipelineSchema(tasks: readonly DeclaredTask[]): JsonSchema {
  const ours = tasks.map(declaredInputs).sort(([left], [right]) => (left < right ? -1 : 1));
  const inputs = { ...Object.fromEntries(ours), ...BUILT_IN_TASKS, ...shortcutInputs() };
  const step = schemaOf({ byKey: withoutTask() }, true);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Azure Pipelines with the tasks for MLOps on Azure Databricks',
    description: 'Pipelines and templates, before and after expansion.',
    anyOf: roots(),
    definitions: {
      ...Object.fromEntries(
        ['pool', 'jobContainer', 'variable', 'job', 'stage'].map((name) => [name, definition(name)]),
      ),
      step: { anyOf: [TEMPLATE, ...taskSteps(inputs, 'Databricks'), ...(step.anyOf ?? [])] },
    },
  };
}

/** Every kind of file; one of variables or of parameters only is a template. */
function roots(): readonly JsonSchema[] {
  const pipelines = (schemaOf(GRAMMAR['pipeline'] ?? 'anything').anyOf ?? []).map((root) =>
    before(root, { parameters: PARAMETERS }),
  );
  return [...pipelines, closed({ parameters: PARAMETERS, variables: VARIABLES }, ['variables'])];
}

function definition(name: string): JsonSchema {
  const schema = schemaOf(GRAMMAR[name] ?? 'anything', name === 'job' || name === 'stage');
  const alternatives = (schema.anyOf ?? []).map((one) => before(one, {}));
  return { anyOf: name === 'pool' || name === 'jobContainer' ? alternatives : [TEMPLATE, ...alternatives] };
}

/** The grammar tells what stands there after expansion; before, variables may be a mapping, and parameters are there. */
function before(schema: JsonSchema, more: Readonly<Record<string, JsonSchema>>): JsonSchema {
  if (schema.properties === undefined) {
    return schema;
  }
  const variables: Readonly<Record<string, JsonSchema>> =
    'variables' in schema.properties ? { variables: VARIABLES } : {};
  return { ...schema, properties: { ...schema.properties, ...variables, ...more } };
}

function withoutTask() {
  const shapes = typeof STEP_SHAPE === 'object' && 'byKey' in STEP_SHAPE ? STEP_SHAPE.byKey : {};
  return Object.fromEntries(Object.entries(shapes).filter(([key]) => key !== 'task'));
}

/** The schema as a text. */
export function pipelineSchemaText(tasks: readonly DeclaredTask[]): string {
  return `${JSON.stringify(pipelineSchema(tasks), undefined, 2)}\n`;
}
