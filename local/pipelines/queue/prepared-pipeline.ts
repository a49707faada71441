import { relative, resolve } from 'node:path';
import type { TaskStub } from '../agent/job-request';
import { unknownTasks } from '../agent/tasks/resolve-task';
import { expandPipeline } from '../expand/pipeline/expand-pipeline';
import { describePlace } from '../expand/place';
import { printPipeline } from '../expand/print';
import type { PipelinePlan } from '../plan/pipeline-plan';
import { planPipeline } from '../plan/plan-pipeline';
import { repositoryFolders } from '../repository-folders';
import { CannotRun } from './cannot-run';
import { stepsOf } from './needed-connections';
import type { QueueRequest } from './queue-request';

/** A pipeline as it will run. */
export interface PreparedPipeline {
  readonly plan: PipelinePlan;
  /** The expanded YAML. */
  readonly text: string;
}

/**
 * Expands and plans a pipeline, and refuses what cannot run on this machine before anything of it has run.
 * @param predefined variables that exist before the run
 * @throws ExpandError; CannotRun
 */
export function preparePipeline(
  request: QueueRequest,
  predefined: ReadonlyMap<string, string>,
  tasksFolder: string,
  notice: (sentence: string) => void,
): PreparedPipeline {
  const root = request.repositories.self;
  const expanded = expandPipeline({
    file: relative(root, resolve(request.file)),
    source: repositoryFolders(new Map(Object.entries(request.repositories)), notice),
    parameters: new Map(Object.entries(request.parameters)),
    variables: new Map([...Object.entries(request.variables), ...predefined]),
  });
  const plan = planPipeline(expanded);
  const stubs: ReadonlyMap<string, TaskStub> = new Map(Object.entries(request.stubs));
  const steps = plan.stages.flatMap(({ jobs }) => jobs).flatMap(stepsOf);
  const problems = [
    ...unknownTasks(steps, { tasksFolder, stubs }),
    ...plan.stages.flatMap(({ jobs }) =>
      jobs
        .filter(({ container }) => container)
        .map(({ name }) => `Job '${name}' runs in a container or beside some, which this machine does not do.`),
    ),
    ...steps.flatMap(({ target, at }) =>
      target?.container === undefined
        ? []
        : [
            `The step at ${describePlace(at)} runs in the container '${target.container}', which this machine does not do.`,
          ],
    ),
  ];
  if (problems.length > 0) {
    throw new CannotRun([...new Set(problems)].join('\n'));
  }
  return { plan, text: printPipeline(expanded) };
}
