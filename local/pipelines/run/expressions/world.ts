import type { FunctionDefinition } from '../../expand/expressions/functions';
import { type MappingNode, textScalar } from '../../expand/nodes';
import type { Place } from '../../expand/place';
import type { RunRequest } from '../run-request';
import { expandedScope, type VariableScope } from '../variables/variable-scope';
import { contextOf, contextOfNodes } from './context-nodes';
import { counterFunction } from './counter';
import type { RuntimeWorld } from './evaluate-at-runtime';
import { FORMAT_WITH_DATES } from './format-dates';

/** What a stage or job knows of others, and the run of itself, for its expressions. */
export interface Knowledge {
  readonly request: RunRequest;
  readonly variables: VariableScope;
  /** `dependencies` and, where there is one, `stageDependencies`; names in lower case. */
  readonly dependencies: ReadonlyMap<string, MappingNode>;
  /** Status functions; none in variables. */
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  readonly at: Place;
}

/** The world of an expression of the run. `resources` holds the repositories; times are texts in ISO 8601. */
export function worldOf({ request, variables, dependencies, functions, at }: Knowledge): RuntimeWorld {
  const texts = [...expandedScope(variables)].map(([name, { value }]) => [name, value] as const);
  return {
    contexts: new Map([
      ['variables', contextOf(texts, at)],
      ['pipeline', contextOfNodes([['startTime', textScalar(startTime(request), at, 'computed')]], at)],
      ['resources', contextOfNodes([['repositories', repositories(request, at)]], at)],
      ...dependencies,
    ]),
    functions: new Map([
      ...functions,
      ['format', FORMAT_WITH_DATES] as const,
      ['counter', counterFunction((prefix, seed) => request.counter?.(prefix, seed) ?? seed)] as const,
    ]),
  };
}

/** [U] The page says that the time is that of the run's start; here it is that of its queueing, which a retry does not change. */
function startTime({ record }: RunRequest): string {
  return new Date(record.queuedAt).toISOString();
}

function repositories({ repositories, plan }: RunRequest, at: Place): MappingNode {
  return contextOfNodes(
    repositories.map(({ alias, name, ref, commit }) => {
      const type = plan.repositories.find((repository) => repository.alias === alias)?.type ?? 'git';
      return [
        alias,
        contextOf(
          [
            ['name', name],
            ['type', type],
            ['ref', ref],
            ['version', commit ?? ''],
          ],
          at,
        ),
      ] as const;
    }),
    at,
  );
}
