import { ExpandError } from '../expand-error';
import type { Value } from '../nodes';
import type { Place } from '../place';
import type { Scope } from '../scope';
import { CastError } from './casts';
import { evaluate } from './evaluate';
import { FunctionError } from './function-error';
import { ExpressionSyntaxError, parseExpression } from './parser';
import type { Expression } from './syntax';
import { templateVocabulary } from './vocabulary';

/**
 * The value of a `${{ }}` expression.
 * @param at the scalar that holds it
 * @throws ExpandError PIPELINE_EXPRESSION
 */
export function evaluateInTemplate(source: string, scope: Scope, at: Place): Value {
  try {
    return evaluate(parsed(source, scope), {
      at,
      grow: (length) => scope.expansion.budget.countText(at, length),
      lookUp: (name) => lookUp(name.toLowerCase(), scope, at),
    });
  } catch (error) {
    throw expressionError(error, source, at);
  }
}

function lookUp(name: string, scope: Scope, at: Place): Value {
  if (name === 'parameters') {
    return scope.parameters;
  }
  return name === 'variables' ? scope.variables.context(at) : (scope.locals.get(name) ?? null);
}

/** The same text means the same under the same loop variables. */
function parsed(source: string, scope: Scope): Expression {
  const names = [...scope.locals.keys()];
  const key = `${names.join(' ')}\n${source}`;
  const known = scope.expansion.parsed.get(key);
  if (known !== undefined) {
    return known;
  }
  const expression = parseExpression(source, templateVocabulary(new Set(names)));
  scope.expansion.parsed.set(key, expression);
  return expression;
}

/** The error of an expression with its place; any other error as it is. */
export function expressionError(error: unknown, source: string, at: Place): unknown {
  if (error instanceof ExpressionSyntaxError) {
    return new ExpandError('PIPELINE_EXPRESSION', error.message, at, error.hint, error);
  }
  if (error instanceof FunctionError || error instanceof CastError) {
    const hint = error instanceof FunctionError ? error.hint : 'Give the function a value of the kind that it takes.';
    return new ExpandError(
      'PIPELINE_EXPRESSION',
      `${error.message}, in the expression '${source.trim()}'.`,
      at,
      hint,
      error,
    );
  }
  return error;
}
