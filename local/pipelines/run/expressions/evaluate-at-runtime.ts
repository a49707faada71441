import { toBoolean } from '../../expand/expressions/casts';
import { evaluate } from '../../expand/expressions/evaluate';
import { FunctionError } from '../../expand/expressions/function-error';
import type { FunctionDefinition } from '../../expand/expressions/functions';
import { expressionError } from '../../expand/expressions/in-template';
import { parseExpression } from '../../expand/expressions/parser';
import { type ExpressionSlot, runtimeVocabulary } from '../../expand/expressions/vocabulary';
import type { MappingNode, Value } from '../../expand/nodes';
import type { Place } from '../../expand/place';

/** What a run-time expression can reach where it stands. */
export interface RuntimeWorld {
  /** Contexts by their name in lower case; one that is absent cannot be used there. */
  readonly contexts: ReadonlyMap<string, MappingNode>;
  /** Status functions and `counter`, by their name in lower case. */
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

/** Longest text that a function may build, as the expander's. */
const LONGEST_TEXT = 10_000_000;

/**
 * The value of an expression of the run.
 * @param at the place it was written at
 * @throws ExpandError PIPELINE_EXPRESSION
 */
export function evaluateAtRuntime(source: string, slot: ExpressionSlot, world: RuntimeWorld, at: Place): Value {
  try {
    return evaluate(parseExpression(source, runtimeVocabulary(slot)), {
      at,
      functions: world.functions,
      lookUp: (name) => contextNamed(name, world),
      grow: refuseLongTexts,
    });
  } catch (error) {
    throw expressionError(error, source, at);
  }
}

/**
 * Whether a condition holds: its value, taken for a truth.
 * @throws ExpandError PIPELINE_EXPRESSION
 */
export function holdsAtRuntime(source: string, slot: ExpressionSlot, world: RuntimeWorld, at: Place): boolean {
  return toBoolean(evaluateAtRuntime(source, slot, world, at));
}

function contextNamed(name: string, { contexts }: RuntimeWorld): MappingNode {
  const context = contexts.get(name.toLowerCase());
  if (context === undefined) {
    throw new FunctionError(
      `'${name}' is not known here`,
      "In the condition of a stage, outputs of another one are dependencies.STAGE.outputs['JOB.step.variable'].",
    );
  }
  return context;
}

function refuseLongTexts(length: number): void {
  if (length > LONGEST_TEXT) {
    throw new FunctionError('The expression makes a text of more than 10 MB', 'Make it from shorter texts.');
  }
}
