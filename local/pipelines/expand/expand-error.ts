import { TaskError } from '../../../src/errors';
import { chainOf, type Place } from './place';

/** What went wrong, by kind; stable, for tests and machines. */
export type ExpandErrorCode =
  | 'PIPELINE_YAML'
  | 'PIPELINE_EXPRESSION'
  | 'PIPELINE_DIRECTIVE'
  | 'PIPELINE_PARAMETER'
  | 'PIPELINE_TEMPLATE'
  | 'PIPELINE_REPOSITORY'
  | 'PIPELINE_SHAPE'
  | 'PIPELINE_LIMIT'
  | 'PIPELINE_RUN';

/** A fault of a pipeline file: one sentence each for what, where (file, line, column, chain of includes), and what to do. */
export class ExpandError extends TaskError {
  override readonly name = 'ExpandError';

  /** @param place `undefined` only for what has no place in a file, such as a parameter given at the start of a run */
  constructor(
    code: ExpandErrorCode,
    message: string,
    readonly place: Place | undefined,
    todo: string,
    cause?: unknown,
  ) {
    super(code, message, { ...(place === undefined ? {} : { where: whereOf(place) }), todo, cause });
  }
}

function whereOf(place: Place): string {
  const [first = '', ...above] = chainOf(place);
  return `At ${first}${above.map((outer) => `, included from ${outer}`).join('')}.`;
}
