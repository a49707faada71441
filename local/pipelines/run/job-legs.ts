import { jsonOrUndefined } from '../../json-or-undefined';
import { ExpandError } from '../expand/expand-error';
import type { OrdinaryJobPlan } from '../plan/pipeline-plan';
import type { Knowledge } from './expressions/world';
import { type JobInstance, legInstances, singleInstance, sliceInstances } from './job-instances';
import { readCount, readText } from './late-texts';

type Legs = readonly { readonly name: string; readonly variables: Readonly<Record<string, string>> }[];

/**
 * The jobs that a job of the file becomes when it starts.
 * @returns `maxParallel` 0: no limit
 * @throws ExpandError PIPELINE_RUN for a matrix that is not what a matrix is
 */
export function readLegs(
  job: OrdinaryJobPlan,
  known: Omit<Knowledge, 'functions'>,
): { readonly instances: readonly JobInstance[]; readonly maxParallel: number } {
  const { strategy } = job;
  if (strategy === undefined) {
    return { instances: [singleInstance(job)], maxParallel: 0 };
  }
  if (strategy.kind === 'parallel') {
    const count = readCount('parallel', strategy.count, known);
    return { instances: count < 2 ? [singleInstance(job)] : sliceInstances(job, count), maxParallel: 0 };
  }
  const legs = typeof strategy.legs === 'string' ? legsFrom(readText(strategy.legs, known), known) : strategy.legs;
  return {
    instances: legs.length === 0 ? [singleInstance(job)] : legInstances(job, legs),
    maxParallel: readCount('maxParallel', strategy.maxParallel, known),
  };
}

/** JSON of the form `{"leg": {"variable": "value"}}`. Source: the page on multi-job configurations. */
function legsFrom(text: string, { at }: Pick<Knowledge, 'at'>): Legs {
  const matrix = text.trim() === '' ? {} : jsonOrUndefined(text);
  if (!isMapping(matrix)) {
    throw new ExpandError(
      'PIPELINE_RUN',
      `The matrix has become '${shortened(text)}'.`,
      at,
      'It has to be JSON such as {"leg": {"variable": "value"}}.',
    );
  }
  return Object.entries(matrix).map(([name, variables]) => {
    if (
      !isMapping(variables) ||
      !Object.values(variables).every((value) => value === null || typeof value !== 'object')
    ) {
      throw new ExpandError(
        'PIPELINE_RUN',
        `The leg '${name}' of the matrix is no mapping of variables.`,
        at,
        'It has to be JSON such as {"leg": {"variable": "value"}}.',
      );
    }
    return {
      name,
      variables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, textOf(value)])),
    };
  });
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return value === null ? '' : value === true ? 'True' : value === false ? 'False' : String(value);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
