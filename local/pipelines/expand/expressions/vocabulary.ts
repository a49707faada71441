import { FUNCTIONS } from './functions';
import type { Vocabulary } from './parser';

/** Where an expression stands decides what it may use. Source: the page on expressions; the table per place from published previews. */
export type ExpressionSlot = 'runtimeVariable' | 'condition' | 'stepCondition';

type Arity = readonly [least: number, most: number];

const MANY = Number.POSITIVE_INFINITY;
const CONTEXTS: Readonly<Record<ExpressionSlot, readonly string[]>> = {
  runtimeVariable: ['variables', 'resources', 'pipeline', 'dependencies', 'stagedependencies'],
  condition: ['variables', 'pipeline', 'dependencies', 'stagedependencies'],
  stepCondition: ['variables'],
};
const STATUS: Readonly<Record<string, Arity>> = {
  always: [0, 0],
  canceled: [0, 0],
  failed: [0, MANY],
  succeeded: [0, MANY],
  succeededorfailed: [0, MANY],
};
const OUTSIDE_TEMPLATES = ['dependencies', 'stagedependencies', 'resources', 'pipeline', 'environment'];

/** What `${{ }}` may use: `parameters`, `variables` and the names of the loops around it. */
export function templateVocabulary(localNames: ReadonlySet<string>): Vocabulary {
  return {
    arity: functionArity,
    knowsName: (name) => ['parameters', 'variables'].includes(name.toLowerCase()) || localNames.has(name.toLowerCase()),
    explain: (name) =>
      OUTSIDE_TEMPLATES.includes(name.toLowerCase()) || name.toLowerCase() in STATUS || name.toLowerCase() === 'counter'
        ? 'It is known only when the pipeline runs: use it in a condition, or as $[ … ] in a variable.'
        : name.toLowerCase() === 'null'
          ? "There is no literal for null: compare with ''."
          : undefined,
  };
}

/** What a condition or `$[ ]` may use. In a step the status functions take no parameters: a step knows only its own job. */
export function runtimeVocabulary(slot: ExpressionSlot): Vocabulary {
  const status = (name: string): Arity | undefined => {
    const arity = slot === 'runtimeVariable' ? undefined : STATUS[name];
    return arity !== undefined && slot === 'stepCondition' ? [0, 0] : arity;
  };
  return {
    arity: (name) => status(name) ?? (name === 'counter' && slot === 'runtimeVariable' ? [0, 2] : functionArity(name)),
    knowsName: (name) => CONTEXTS[slot].includes(name.toLowerCase()),
    explain: (name) =>
      name.toLowerCase() === 'parameters'
        ? 'Parameters exist only while templates are expanded: write ${{ parameters.name }}.'
        : name.toLowerCase() in STATUS && slot === 'runtimeVariable'
          ? 'Status functions exist only in conditions.'
          : undefined,
  };
}

function functionArity(name: string): Arity | undefined {
  const definition = FUNCTIONS.get(name);
  return definition === undefined ? undefined : [definition.least, definition.most];
}
