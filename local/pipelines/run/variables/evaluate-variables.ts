import type { Variable } from '../../agent/job-request';
import { ExpandError } from '../../expand/expand-error';
import { asText } from '../../expand/expressions/casts';
import { jsonText } from '../../expand/expressions/json-text';
import type { Value } from '../../expand/nodes';
import type { Place } from '../../expand/place';
import type { VariablePlan } from '../../plan/pipeline-plan';
import { evaluateAtRuntime } from '../expressions/evaluate-at-runtime';
import { type Knowledge, worldOf } from '../expressions/world';
import type { RunRequest } from '../run-request';
import { lockedNames, type VariableScope, withVariables } from './variable-scope';

/** The expression of a value that is one `$[ expression ]`; `undefined`: it is a text. */
export function runtimeExpression(text: string): string | undefined {
  return /^\s*\$\[([\s\S]*)\]\s*$/.exec(text)?.[1];
}

/** A scope with the variables of root, stage or job that need no evaluation: what a condition of the same stage or job can see. */
export function withStaticVariables(
  outer: VariableScope,
  plans: readonly VariablePlan[],
  request: RunRequest,
): VariableScope {
  const inner = plans.flatMap((plan): [string, Variable][] => {
    if ('group' in plan) {
      return [...groupOf(plan, request)];
    }
    return runtimeExpression(plan.value) === undefined
      ? [[plan.name, { value: plan.value, secret: false, readOnly: plan.readOnly }]]
      : [];
  });
  return withVariables(outer, inner, lockedNames(request.variables));
}

/**
 * A scope with all variables of root, stage or job. Expressions are evaluated in the order of the file; each sees the static ones and those before
 * it. A value that contains a secret is a secret.
 * @param secrets values that are secret besides those of the scope, such as secret outputs of other jobs
 * @throws ExpandError PIPELINE_EXPRESSION
 */
export function withAllVariables(
  outer: VariableScope,
  plans: readonly VariablePlan[],
  knowledge: Omit<Knowledge, 'variables' | 'functions'>,
  secrets: readonly string[],
): VariableScope {
  const { request } = knowledge;
  const locked = lockedNames(request.variables);
  let scope = withStaticVariables(outer, plans, request);
  for (const plan of plans) {
    const source = 'group' in plan ? undefined : runtimeExpression(plan.value);
    if (source === undefined || 'group' in plan) {
      continue;
    }
    const value = evaluatedText(source, { ...knowledge, variables: scope, at: plan.at });
    const secret = containsSecret(value, scope, secrets);
    scope = withVariables(scope, [[plan.name, { value, secret, readOnly: plan.readOnly }]], locked);
  }
  return scope;
}

/** A run-time expression as text; a list or mapping as its JSON. @throws ExpandError PIPELINE_EXPRESSION */
export function evaluatedText(source: string, knowledge: Omit<Knowledge, 'functions'>): string {
  const value: Value = evaluateAtRuntime(
    source,
    'runtimeVariable',
    worldOf({ ...knowledge, functions: new Map() }),
    knowledge.at,
  );
  return asText(value) ?? jsonText(value);
}

function containsSecret(value: string, scope: VariableScope, secrets: readonly string[]): boolean {
  const known = [...secrets, ...[...scope.values()].filter(({ secret }) => secret).map((variable) => variable.value)];
  return known.some((secret) => secret !== '' && value.includes(secret));
}

function groupOf({ group, at }: { readonly group: string; readonly at: Place }, request: RunRequest): VariableScope {
  const variables = request.variableGroup(group);
  if (variables === undefined) {
    throw new ExpandError(
      'PIPELINE_RUN',
      `There is no variable group '${group}' here.`,
      at,
      'Describe it where the groups of this machine are described, or correct its name.',
    );
  }
  return variables;
}
