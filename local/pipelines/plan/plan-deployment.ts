import { ExpandError } from '../expand/expand-error';
import { entryValue, type MappingNode } from '../expand/nodes';
import type { DeploymentHook, DeploymentJobPlan, HookPlan } from './pipeline-plan';
import { planPool } from './plan-pool';
import { planSteps } from './plan-steps';
import { mappingAt, textOf, textsOf } from './read-node';

type OwnPart = Pick<DeploymentJobPlan, 'environment' | 'resource' | 'strategy' | 'increments' | 'hooks'>;

const BEFORE_THE_END = ['preDeploy', 'deploy', 'routeTraffic', 'postRouteTraffic'] as const;

/**
 * What a deployment job has and an ordinary one has not. Source: the page on deployment jobs.
 * @throws ExpandError PIPELINE_SHAPE
 */
export function planDeployment(job: MappingNode): OwnPart {
  checkName(job);
  const strategy = mappingAt(job, 'strategy');
  if (strategy !== undefined && entryValue(strategy, 'rolling') !== undefined) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      "The strategy 'rolling' runs on virtual machines that are registered in an environment, and there are none here.",
      strategy.at,
      'Use runOnce or canary.',
    );
  }
  const canary = strategy === undefined ? undefined : mappingAt(strategy, 'canary');
  const runOnce = strategy === undefined ? undefined : mappingAt(strategy, 'runOnce');
  const hooks = canary ?? runOnce;
  if (hooks === undefined || (canary !== undefined && runOnce !== undefined)) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      'A deployment job has one strategy with its hooks.',
      (strategy ?? job).at,
      "Write 'runOnce:' with 'deploy:' below it.",
    );
  }
  return {
    ...planEnvironment(job),
    strategy: canary === undefined ? 'runOnce' : 'canary',
    increments: canary === undefined ? [] : planIncrements(canary),
    hooks: planHooks(hooks),
  };
}

/** [U] The page says that the name cannot be used, not how it is refused. It writes it small, and samples of the service use `Deploy`. */
function checkName(job: MappingNode): void {
  const name = entryValue(job, 'deployment');
  if (name?.kind === 'scalar' && name.text === 'deploy') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      "A deployment job is named 'deploy', which is a word of the grammar.",
      name.at,
      'Give it another name.',
    );
  }
}

/** `environment.resource` is short for name and resource; a dot within a macro parts nothing. */
function planEnvironment(job: MappingNode): Pick<OwnPart, 'environment' | 'resource'> {
  const environment = mappingAt(job, 'environment');
  const name = environment === undefined ? undefined : textOf(environment, 'name')?.trim();
  if (environment === undefined || name === undefined) {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      'A deployment job names no environment.',
      job.at,
      "Add 'environment: NAME'.",
    );
  }
  const resource = textOf(environment, 'resourceName');
  const [, short, dotted] = /^((?:\$\([^)]*\)|[^.$]|\$(?!\())+)\.(.+)$/s.exec(name) ?? [];
  return resource === undefined && short !== undefined && dotted !== undefined
    ? { environment: short, resource: dotted }
    : { environment: name, resource };
}

function planIncrements(canary: MappingNode): readonly string[] {
  return (textsOf(canary, 'increments') ?? []).map(({ text, at }) => {
    if (!/^\d{1,3}$/.test(text.trim()) || Number(text) > 100) {
      throw new ExpandError('PIPELINE_SHAPE', `An increment is '${text}'.`, at, 'Write percents, such as [10, 50].');
    }
    return text.trim();
  });
}

function planHooks(owner: MappingNode): DeploymentJobPlan['hooks'] {
  const hooks = new Map<DeploymentHook, HookPlan>();
  const add = (parent: MappingNode | undefined, hook: DeploymentHook) => {
    const node = parent === undefined ? undefined : mappingAt(parent, hook);
    if (node !== undefined) {
      hooks.set(hook, { steps: planSteps(node), pool: planPool(node) });
    }
  };
  for (const hook of BEFORE_THE_END) {
    add(owner, hook);
  }
  const last = mappingAt(owner, 'on');
  add(last, 'failure');
  add(last, 'success');
  return Object.fromEntries(hooks);
}
