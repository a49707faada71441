import type { Variable } from './job-request';

const PREFIX = '$(';
const SUFFIX = ')';
/** Levels of variables within variables. Source: azure-pipelines-agent, Agent.Worker/Variables.cs. */
const DEEPEST = 50;

/**
 * Replaces `$(name)` by the value of the variable, in one pass: values are not searched again. A name that is not known stays as it is.
 * Source: azure-pipelines-agent, VarUtil.ExpandValues.
 */
export function expandMacros(text: string, lookUp: (name: string) => string | undefined): string {
  let expanded = '';
  let from = 0;
  for (let macro = nextMacro(text, from); macro !== undefined; macro = nextMacro(text, from)) {
    const value = macro.name === '' ? undefined : lookUp(macro.name);
    if (value === undefined) {
      expanded += text.slice(from, macro.start + 1);
      from = macro.start + 1;
    } else {
      expanded += text.slice(from, macro.start) + value;
      from = macro.end;
    }
  }
  return expanded + text.slice(from);
}

/** Whether a text has a macro, of whatever name. */
export function hasMacro(text: string): boolean {
  return nextMacro(text, 0) !== undefined;
}

function nextMacro(text: string, from: number): { name: string; start: number; end: number } | undefined {
  const start = text.indexOf(PREFIX, from);
  const suffix = start < 0 ? -1 : text.indexOf(SUFFIX, start + PREFIX.length);
  return suffix < 0 ? undefined : { name: text.slice(start + PREFIX.length, suffix), start, end: suffix + 1 };
}

/** Why a variable kept its macros. */
export interface ExpansionWarning {
  readonly name: string;
  readonly message: string;
}

/** Raised within the expansion of one variable, to leave it as a whole. */
class NotExpandable extends Error {}

/**
 * Variables with the macros in their values expanded, through any number of variables up to 50. One that contains a secret one becomes
 * secret. One that leads to itself, or deeper, keeps its macros, and a warning says so.
 * Source: azure-pipelines-agent, Agent.Worker/Variables.cs (RecalculateExpanded).
 * @param variables by name in lower case
 */
export function expandVariables<V extends Variable>(
  variables: ReadonlyMap<string, V>,
): { readonly expanded: Map<string, V>; readonly warnings: readonly ExpansionWarning[] } {
  const warnings: ExpansionWarning[] = [];
  const expanded = new Map<string, V>();
  for (const [name, variable] of variables) {
    try {
      const found = expandedValue(variable, [name], variables);
      expanded.set(name, found.value === variable.value ? variable : { ...variable, ...found });
    } catch (error) {
      if (!(error instanceof NotExpandable)) {
        throw error;
      }
      expanded.set(name, variable);
      warnings.push({ name, message: `Variable '${name}' is not expanded: ${error.message}` });
    }
  }
  return { expanded, warnings };
}

/** @param way names that lead here, the one of `variable` last */
function expandedValue(
  variable: Variable,
  way: readonly string[],
  variables: ReadonlyMap<string, Variable>,
): { value: string; secret: boolean } {
  let secret = variable.secret;
  const value = expandMacros(variable.value, (name) => {
    const nestedName = name.toLowerCase();
    const nested = variables.get(nestedName);
    if (nested === undefined) {
      return undefined;
    }
    if (way.length === DEEPEST) {
      throw new NotExpandable(`its macros are nested deeper than ${DEEPEST} levels.`);
    }
    if (way.includes(nestedName)) {
      throw new NotExpandable(`its macros lead back to '${nestedName}'.`);
    }
    const inner = expandedValue(nested, [...way, nestedName], variables);
    secret ||= inner.secret;
    return inner.value;
  });
  return { value, secret };
}
