import { toText } from '../../expand/expressions/casts';
import { sameText } from '../../expand/expressions/compare';
import { FunctionError } from '../../expand/expressions/function-error';
import type { Call, FunctionDefinition } from '../../expand/expressions/functions';
import type { Result } from '../../record/run-record';
import { isSuccess } from '../results';

/** What the status functions of a stage or job look at. */
export interface DependencyStatus {
  /** Direct and indirect dependencies with their results. */
  readonly dependencies: readonly { readonly name: string; readonly result: Result }[];
  /** Whether the run is cancelled. */
  readonly canceled: boolean;
}

const MANY = Number.POSITIVE_INFINITY;

/**
 * Status functions of a stage or job, by their name in lower case. Source: the page on expressions (status functions); that indirect
 * dependencies count: the page on conditions and azure-devops-docs #12616; that a skipped one makes `succeeded()` and, where none failed,
 * `succeededOrFailed()` false: azure-devops-docs #2896 and #12846. [U]: a name that is no dependency is an error here.
 */
export function statusFunctions(status: DependencyStatus): ReadonlyMap<string, FunctionDefinition> {
  const { canceled } = status;
  const succeeded = (results: readonly Result[]) => results.every(isSuccess);
  const failed = (results: readonly Result[]) => results.includes('failed');
  return new Map([
    ['always', none(() => true)],
    ['canceled', none(() => canceled)],
    ['failed', named(status, failed)],
    ['succeeded', named(status, (results) => !canceled && succeeded(results))],
    [
      'succeededorfailed',
      named(
        status,
        (results, byName) =>
          !canceled &&
          (byName
            ? results.some((result) => isSuccess(result) || result === 'failed')
            : succeeded(results) || failed(results)),
      ),
    ],
  ]);
}

function none(holds: () => boolean): FunctionDefinition {
  return { least: 0, most: 0, evaluate: holds };
}

function named(
  status: DependencyStatus,
  holds: (results: readonly Result[], byName: boolean) => boolean,
): FunctionDefinition {
  return {
    least: 0,
    most: MANY,
    evaluate: (call) =>
      holds(
        call.count === 0 ? status.dependencies.map(({ result }) => result) : resultsOf(status, call),
        call.count > 0,
      ),
  };
}

function resultsOf({ dependencies }: DependencyStatus, call: Call): readonly Result[] {
  return Array.from({ length: call.count }, (_, index) => {
    const name = toText(call.value(index));
    const found = dependencies.find((dependency) => sameText(dependency.name, name));
    if (found === undefined) {
      throw new FunctionError(
        `'${name}' is nothing that this depends on`,
        dependencies.length === 0
          ? 'Name it in dependsOn.'
          : `It depends on ${dependencies.map((dependency) => dependency.name).join(', ')}; name others in dependsOn.`,
      );
    }
    return found.result;
  });
}
