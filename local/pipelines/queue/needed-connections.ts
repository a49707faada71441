import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskStub } from '../agent/job-request';
import type { JobPlan, PipelinePlan, StepPlan } from '../plan/pipeline-plan';
import type { DeclaredInput } from '../task-environment';

/**
 * Names of the service connections that the steps of a plan name in inputs of type `connectedService`; stubbed tasks need none. A name that is a
 * macro is left out: Azure DevOps takes none from variables either.
 */
export function neededConnections(
  plan: PipelinePlan,
  tasksFolder: string,
  stubs: ReadonlyMap<string, TaskStub>,
): readonly string[] {
  const stubbed = new Set([...stubs.keys()].map((task) => task.toLowerCase()));
  const names = plan.stages
    .flatMap(({ jobs }) => jobs)
    .flatMap(stepsOf)
    .filter(({ task }) => !stubbed.has(task.toLowerCase()))
    .flatMap((step) => connectionsOf(step, tasksFolder));
  return [...new Set(names)];
}

/** Every step of a job, those of a deployment's hooks included. */
export function stepsOf(job: JobPlan): readonly StepPlan[] {
  return job.kind === 'job' ? job.steps : Object.values(job.hooks).flatMap((hook) => hook.steps);
}

function connectionsOf({ task, inputs }: StepPlan, tasksFolder: string): readonly string[] {
  const [name = ''] = task.split('@');
  const manifest = join(tasksFolder, name, 'task.json');
  if (!/^\w+$/.test(name) || !existsSync(manifest)) {
    return [];
  }
  const declared = (JSON.parse(readFileSync(manifest, 'utf8')) as { inputs: readonly DeclaredInput[] }).inputs;
  const connected = declared
    .filter(({ type }) => type.toLowerCase().startsWith('connectedservice:'))
    .flatMap((input) => [input.name, ...(input.aliases ?? [])].map((known) => known.toLowerCase()));
  return Object.entries(inputs)
    .filter(([input, value]) => connected.includes(input.toLowerCase()) && value.trim() !== '' && !value.includes('$('))
    .map(([, value]) => value.trim());
}
