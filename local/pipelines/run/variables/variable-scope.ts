import type { Variable } from '../../agent/job-request';
import { expandMacros, expandVariables } from '../../agent/macros';

/** Variables by the name as it was last written; names are the same in any case. */
export type VariableScope = ReadonlyMap<string, Variable>;

/**
 * An outer scope with what an inner one sets. The inner one wins; what `locked` holds cannot be set again (predefined variables).
 * Source: the page on variables (precedence: job, stage, root of the file, queue time).
 */
export function withVariables(
  outer: VariableScope,
  inner: Iterable<readonly [name: string, variable: Variable]>,
  locked: ReadonlySet<string> = new Set(),
): VariableScope {
  const byKey = new Map([...outer].map(([name, variable]) => [name.toLowerCase(), { name, variable }]));
  for (const [name, variable] of inner) {
    const key = name.toLowerCase();
    if (!locked.has(key)) {
      byKey.set(key, { name, variable });
    }
  }
  return new Map([...byKey.values()].map(({ name, variable }) => [name, variable]));
}

/** Predefined variables of a stage. */
const OF_A_STAGE = [
  'System.PlanId',
  'System.TimelineId',
  'System.StageName',
  'System.StageDisplayName',
  'System.StageAttempt',
  'System.StageId',
] as const;
export type StageVariable = (typeof OF_A_STAGE)[number];

/** Names in lower case of what nothing in the file may set: predefined variables of the run and of a stage. */
export function lockedNames(ofRun: VariableScope): ReadonlySet<string> {
  const names = [...ofRun].filter(([, { readOnly }]) => readOnly).map(([name]) => name);
  return new Set([...names, ...OF_A_STAGE].map((name) => name.toLowerCase()));
}

/**
 * Values with the macros in them expanded, as the agent does: what cannot be expanded stays as it is. [U] whether the server expands them
 * before it evaluates a condition of a stage or job.
 */
export function expandedScope(scope: VariableScope): VariableScope {
  return new Map(
    expandVariables(new Map([...scope].map(([name, variable]) => [name.toLowerCase(), variable]))).expanded,
  );
}

/** A text with the macros in it expanded. */
export function expandText(text: string, scope: VariableScope): string {
  const expanded = expandedScope(scope);
  return expandMacros(text, (name) => expanded.get(name.toLowerCase())?.value);
}

export function plain(value: string): Variable {
  return { value, secret: false, readOnly: false };
}

/** One that steps cannot set. */
export function predefined(value: string): Variable {
  return { value, secret: false, readOnly: true };
}
