import type { Variable } from '../agent/job-request';
import type { DeploymentHook, DeploymentJobPlan, PoolPlan, StepPlan } from '../plan/pipeline-plan';
import { plain, predefined } from './variables/variable-scope';

/** One job that an agent gets: a job of the file, a leg of its matrix, a slice, or a hook of a deployment. */
export interface JobInstance {
  /** As records name it: the job's own name where it is the only one, else that of leg, slice or hook. */
  readonly name: string;
  /** `System.JobName`. */
  readonly systemName: string;
  readonly displayName: string;
  /** What stands before `step.variable` where other jobs read its outputs, with a dot behind; blank for a job that is the only one. */
  readonly prefix: string;
  readonly hook: DeploymentHook | undefined;
  readonly pool: PoolPlan;
  readonly steps: readonly StepPlan[];
  /** Of the leg or hook. */
  readonly variables: ReadonlyMap<string, Variable>;
}

interface Named {
  readonly name: string;
  readonly displayName: string;
  readonly pool: PoolPlan;
}

/** A job without strategy. That its system name is `__default`: environments of public logs. */
export function singleInstance(job: Named & { readonly steps: readonly StepPlan[] }): JobInstance {
  return {
    name: job.name,
    systemName: '__default',
    displayName: job.displayName,
    prefix: '',
    hook: undefined,
    pool: job.pool,
    steps: job.steps,
    variables: new Map(),
  };
}

/** Legs of a matrix. */
export function legInstances(
  job: Named & { readonly steps: readonly StepPlan[] },
  legs: readonly { readonly name: string; readonly variables: Readonly<Record<string, string>> }[],
): readonly JobInstance[] {
  return legs.map((leg) => ({
    ...singleInstance(job),
    name: leg.name,
    systemName: leg.name,
    displayName: `${job.displayName} ${leg.name}`,
    prefix: `${leg.name}.`,
    variables: new Map(Object.entries(leg.variables).map(([name, value]) => [name, plain(value)])),
  }));
}

/** Equal slices. [U]: that they are named `Job1` and so on where their outputs are read. */
export function sliceInstances(
  job: Named & { readonly steps: readonly StepPlan[] },
  count: number,
): readonly JobInstance[] {
  return Array.from({ length: count }, (_, index) => ({
    ...singleInstance(job),
    name: `Job${index + 1}`,
    systemName: `Job${index + 1}`,
    displayName: `${job.displayName} ${index + 1}`,
    prefix: `Job${index + 1}.`,
  }));
}

/** Hooks of a deployment in their order; the last one depends on how the others ended. */
export interface DeploymentInstances {
  readonly main: readonly JobInstance[];
  readonly success: JobInstance | undefined;
  readonly failure: JobInstance | undefined;
}

/**
 * Each hook is a job of its own. `runOnce` runs all once; a canary runs `preDeploy` once, then the others for each increment. Source: the page on
 * deployment jobs, also for the names of outputs: that of the job for `runOnce`, `<hook>_<resource>` with a resource, `<hook>_<increment>` of a
 * canary. [U]: that hooks other than `deploy` of `runOnce` go under the job's name too.
 */
export function deploymentInstances(job: DeploymentJobPlan): DeploymentInstances {
  const rounds = job.strategy === 'canary' ? job.increments : [undefined];
  const one = (hook: DeploymentHook, increment?: string) => hookInstance(job, hook, increment);
  const main = [
    one('preDeploy'),
    ...rounds.flatMap((increment) => [
      one('deploy', increment),
      one('routeTraffic', increment),
      one('postRouteTraffic', increment),
    ]),
  ];
  return {
    main: main.filter((instance) => instance !== undefined),
    success: one('success'),
    failure: one('failure'),
  };
}

function hookInstance(
  job: DeploymentJobPlan,
  hook: DeploymentHook,
  increment: string | undefined,
): JobInstance | undefined {
  const plan = job.hooks[hook];
  if (plan === undefined) {
    return undefined;
  }
  const own = [hook, ...(increment === undefined ? [] : [increment])].join('_');
  const isTheJob = hook === 'deploy' && increment === undefined;
  return {
    name: isTheJob ? job.name : own,
    systemName: isTheJob ? job.name : own,
    displayName: isTheJob
      ? job.displayName
      : [job.displayName, hook, ...(increment === undefined ? [] : [`${increment} %`])].join(' '),
    prefix: `${prefixOf(job, hook, increment)}.`,
    hook,
    pool: plan.pool ?? job.pool,
    steps: plan.steps,
    variables: strategyVariables(job, hook, increment),
  };
}

function prefixOf(job: DeploymentJobPlan, hook: DeploymentHook, increment: string | undefined): string {
  if (job.strategy === 'canary') {
    return increment === undefined ? hook : `${hook}_${increment}`;
  }
  return job.resource === undefined ? job.name : `${hook}_${job.resource}`;
}

/** Source: the page on deployment jobs and that on predefined variables. */
function strategyVariables(
  job: DeploymentJobPlan,
  hook: DeploymentHook,
  increment: string | undefined,
): ReadonlyMap<string, Variable> {
  const isLast = hook === 'success' || hook === 'failure';
  const cycle = hook === 'preDeploy' ? 'PreIteration' : isLast ? 'PostIteration' : 'Iteration';
  const texts: [string, string][] = [
    ['Strategy.Name', job.strategy],
    ['Strategy.CycleName', cycle],
  ];
  if (job.strategy === 'canary') {
    texts.push(['Strategy.Action', hook === 'success' ? 'promote' : hook === 'failure' ? 'reject' : 'deploy']);
  }
  if (increment !== undefined) {
    texts.push(['Strategy.Increment', increment]);
  }
  return new Map(texts.map(([name, value]) => [name, predefined(value)]));
}
