import type { Variable } from '../../agent/job-request';
import type { FunctionDefinition } from '../../expand/expressions/functions';
import type { Place } from '../../expand/place';
import type { Result } from '../../record/run-record';
import { contextOf } from './context-nodes';
import { holdsAtRuntime } from './evaluate-at-runtime';

/** What a step's condition can see. */
export interface StepSurroundings {
  /** Variables of the job as they are now, macros expanded; names in any case. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Result of the job so far (`Agent.JobStatus`). */
  readonly jobStatus: Result;
  /** Whether the job was cancelled; then it counts as canceled whatever its status says. */
  readonly canceled: boolean;
  /** Where the step stands, for errors. */
  readonly at: Place;
}

/**
 * Whether a step runs. Without a condition it is `succeeded()`. Status functions look at the status of the job alone.
 * Source: the page on expressions (status functions of a step); the agent's `ExpressionManager`.
 * @param source the condition as written, `undefined` or blank for none
 * @throws ExpandError PIPELINE_EXPRESSION: the step fails
 */
export function stepConditionHolds(source: string | undefined, surroundings: StepSurroundings): boolean {
  const { variables, at } = surroundings;
  const status = surroundings.canceled ? 'canceled' : surroundings.jobStatus;
  const condition = source === undefined || source.trim() === '' ? 'succeeded()' : source;
  return holdsAtRuntime(
    condition,
    'stepCondition',
    {
      contexts: new Map([
        [
          'variables',
          contextOf(
            [...variables].map(([name, { value }]) => [name, value]),
            at,
          ),
        ],
      ]),
      functions: statusFunctions(status),
    },
    at,
  );
}

function statusFunctions(status: Result): ReadonlyMap<string, FunctionDefinition> {
  const isOneOf = (...results: readonly Result[]): FunctionDefinition => ({
    least: 0,
    most: 0,
    evaluate: () => results.includes(status),
  });
  return new Map([
    ['always', { least: 0, most: 0, evaluate: () => true }],
    ['canceled', isOneOf('canceled')],
    ['failed', isOneOf('failed')],
    ['succeeded', isOneOf('succeeded', 'succeededWithIssues')],
    ['succeededorfailed', isOneOf('succeeded', 'succeededWithIssues', 'failed')],
  ]);
}
