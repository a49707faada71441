import { ExpandError } from '../expand/expand-error';
import { entryValue, type MappingNode } from '../expand/nodes';
import { mappingsUnder } from '../expand/pipeline/mappings-under';
import type { JobPlan, JobStrategyPlan, PoolPlan } from './pipeline-plan';
import { planDeployment } from './plan-deployment';
import { declaredName, planNames } from './plan-names';
import { planPool } from './plan-pool';
import { planSteps } from './plan-steps';
import { planVariables } from './plan-variables';
import { countOf, flagOf, mappingAt, scalarOf, textOf, textsByName, textsOf } from './read-node';

/** Minutes that a job may take, and that its steps have once it is cancelled, where the file says nothing. Source: the page on jobs. */
const DEFAULT_TIMEOUT = '60';
const DEFAULT_CANCEL_TIMEOUT = '5';

/** Jobs of a stage. @param around pool of the stage @throws ExpandError PIPELINE_SHAPE */
export function planJobs(stage: MappingNode, around: PoolPlan): readonly JobPlan[] {
  const jobs = mappingsUnder(stage, 'jobs');
  const names = planNames(jobs, ['job', 'deployment'], 'Job');
  return jobs.map((job, index) => planJob(job, names[index] ?? '', names, around));
}

function planJob(job: MappingNode, name: string, names: readonly string[], around: PoolPlan): JobPlan {
  const common = {
    name,
    displayName: textOf(job, 'displayName') ?? name,
    dependsOn: (textsOf(job, 'dependsOn') ?? []).map(({ text }) => declaredName(text.trim(), names)),
    condition: textOf(job, 'condition'),
    continueOnError: flagOf(job, 'continueOnError', 'false'),
    timeoutInMinutes: countOf(job, 'timeoutInMinutes', DEFAULT_TIMEOUT),
    cancelTimeoutInMinutes: countOf(job, 'cancelTimeoutInMinutes', DEFAULT_CANCEL_TIMEOUT),
    variables: planVariables(job),
    pool: planPool(job) ?? around,
    container: hasContainer(job),
    workspaceClean: textOf(mappingAt(job, 'workspace') ?? job, 'clean'),
    at: job.at,
  };
  return entryValue(job, 'deployment') === undefined
    ? { kind: 'job', ...common, strategy: planStrategy(job), steps: planSteps(job) }
    : { kind: 'deployment', ...common, ...planDeployment(job) };
}

/** Services are containers beside the job. */
function hasContainer(job: MappingNode): boolean {
  return ['container', 'services'].some((key) => {
    const value = entryValue(job, key);
    return value !== undefined && (value.kind !== 'scalar' || value.text !== '');
  });
}

function planStrategy(job: MappingNode): JobStrategyPlan | undefined {
  const strategy = mappingAt(job, 'strategy');
  const matrix = strategy === undefined ? undefined : entryValue(strategy, 'matrix');
  const parallel = strategy === undefined ? undefined : scalarOf(strategy, 'parallel');
  if (strategy === undefined || (matrix === undefined && parallel === undefined)) {
    return undefined;
  }
  if (matrix !== undefined && parallel !== undefined) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      'A strategy has both matrix and parallel.',
      parallel.at,
      'Keep one of the two.',
    );
  }
  if (matrix === undefined) {
    return { kind: 'parallel', count: countOf(strategy, 'parallel', '1') };
  }
  return { kind: 'matrix', legs: planLegs(matrix), maxParallel: countOf(strategy, 'maxParallel', '0') };
}

type Legs = Extract<JobStrategyPlan, { kind: 'matrix' }>['legs'];

/** A text is an expression of the run that gives JSON. Names of legs are words, as they are part of the names of outputs. */
function planLegs(matrix: NonNullable<ReturnType<typeof entryValue>>): Legs {
  if (matrix.kind === 'scalar') {
    return matrix.text.trim() === '' ? [] : matrix.text;
  }
  if (matrix.kind === 'sequence') {
    throw new ExpandError('PIPELINE_SHAPE', 'A matrix is a list.', matrix.at, 'Give each leg a name.');
  }
  return matrix.entries.map(({ key, value }) => {
    if (value.kind === 'sequence' || (value.kind === 'scalar' && value.text.trim() !== '')) {
      throw new ExpandError(
        'PIPELINE_SHAPE',
        `The leg '${key.text}' of the matrix is no mapping.`,
        value.at,
        'Write variables with their values below its name.',
      );
    }
    return { name: key.text, variables: textsByName(value.kind === 'mapping' ? value : undefined) };
  });
}
