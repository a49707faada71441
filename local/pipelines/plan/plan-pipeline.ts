import { entryValue, type MappingNode } from '../expand/nodes';
import { mappingsUnder } from '../expand/pipeline/mappings-under';
import type { LockBehavior, PipelinePlan, PoolPlan, RepositoryPlan, StagePlan } from './pipeline-plan';
import { planJobs } from './plan-jobs';
import { declaredName, planNames } from './plan-names';
import { ANY_AGENT, planPool } from './plan-pool';
import { planVariables } from './plan-variables';
import { flagOf, mappingAt, textOf, textsOf, wordOf } from './read-node';

const LOCK_BEHAVIORS: readonly LockBehavior[] = ['runLatest', 'sequential'];
const TRIGGERS = ['automatic', 'manual'] as const;

/**
 * What a run carries out, from an expanded pipeline: with the defaults of the service where the file says nothing. Source: the YAML schema
 * reference.
 * @param normal as `expandPipeline` gives it: in the normal form, names and dependencies checked
 * @throws ExpandError PIPELINE_SHAPE for a value that cannot be carried out
 */
export function planPipeline(normal: MappingNode): PipelinePlan {
  const pool = planPool(normal) ?? ANY_AGENT;
  const stages = mappingsUnder(normal, 'stages');
  const names = planNames(stages, ['stage'], 'Stage');
  return {
    name: textOf(normal, 'name'),
    variables: planVariables(normal),
    lockBehavior: wordOf(normal, 'lockBehavior', LOCK_BEHAVIORS),
    repositories: planRepositories(normal),
    stages: stages.map((stage, index) => planStage(stage, index, names, pool)),
  };
}

function planStage(stage: MappingNode, index: number, names: readonly string[], around: PoolPlan): StagePlan {
  const name = names[index] ?? '';
  const before = names.slice(Math.max(0, index - 1), index);
  return {
    name,
    displayName: textOf(stage, 'displayName') ?? name,
    dependsOn: textsOf(stage, 'dependsOn')?.map(({ text }) => declaredName(text.trim(), names)) ?? before,
    condition: textOf(stage, 'condition'),
    variables: planVariables(stage),
    lockBehavior: wordOf(stage, 'lockBehavior', LOCK_BEHAVIORS),
    trigger: wordOf(stage, 'trigger', TRIGGERS) ?? 'automatic',
    isSkippable: flagOf(stage, 'isSkippable', 'true').toLowerCase() !== 'false',
    jobs: planJobs(stage, planPool(stage) ?? around),
    at: stage.at,
  };
}

function planRepositories(normal: MappingNode): readonly RepositoryPlan[] {
  // A list is the form from before there were repository resources: it only says how this repository is fetched.
  const isOldForm = entryValue(normal, 'resources')?.kind === 'sequence';
  const resources = isOldForm ? undefined : mappingAt(normal, 'resources');
  return (resources === undefined ? [] : mappingsUnder(resources, 'repositories')).map((repository) => {
    const alias = textOf(repository, 'repository') ?? '';
    return {
      alias,
      type: textOf(repository, 'type') ?? 'git',
      name: textOf(repository, 'name') ?? alias,
      ref: textOf(repository, 'ref'),
    };
  });
}
