import { didYouMean } from '../../../../src/nearest-name';
import { CHECKOUT_TASK, DOWNLOAD_TASK, PUBLISH_TASK } from '../../expand/normal-form/step';
import { describePlace } from '../../expand/place';
import type { StepPlan } from '../../plan/pipeline-plan';
import type { AgentOptions } from '../agent-options';
import { StepFailure } from '../step-run';
import {
  DOWNLOAD,
  DOWNLOAD_BUILD_ARTIFACTS,
  DOWNLOAD_PIPELINE_ARTIFACT,
  PUBLISH_BUILD_ARTIFACTS,
  PUBLISH_PIPELINE_ARTIFACT,
} from './artifacts';
import { bundledTask, bundledTaskNames, connectionInputNames } from './bundled-task';
import { checkoutTask } from './checkout';
import { COPY_FILES } from './copy-files';
import { BASH, CMD_LINE, POWERSHELL } from './scripts';
import { DELAY, MANUAL_VALIDATION } from './server-tasks';
import type { StepTask } from './step-task';
import { stubbedTask } from './stubbed-task';
import { PUBLISH_CODE_COVERAGE, PUBLISH_TEST_RESULTS } from './test-results';
import { USE_PYTHON_VERSION } from './use-python-version';

/** Tasks that are part of this agent. */
const BUILT_IN_TASKS: Readonly<Record<string, StepTask>> = {
  'CmdLine@2': CMD_LINE,
  'Bash@3': BASH,
  'PowerShell@2': POWERSHELL,
  [PUBLISH_TASK]: PUBLISH_PIPELINE_ARTIFACT,
  [DOWNLOAD_TASK]: DOWNLOAD,
  'PublishPipelineArtifact@1': PUBLISH_PIPELINE_ARTIFACT,
  'DownloadPipelineArtifact@2': DOWNLOAD_PIPELINE_ARTIFACT,
  'PublishBuildArtifacts@1': PUBLISH_BUILD_ARTIFACTS,
  'DownloadBuildArtifacts@1': DOWNLOAD_BUILD_ARTIFACTS,
  'PublishTestResults@2': PUBLISH_TEST_RESULTS,
  'PublishCodeCoverageResults@2': PUBLISH_CODE_COVERAGE,
  'UsePythonVersion@0': USE_PYTHON_VERSION,
  'CopyFiles@2': COPY_FILES,
  'Delay@1': DELAY,
  'ManualValidation@1': MANUAL_VALIDATION,
};

/** By name in lower case. */
const BUILT_IN: ReadonlyMap<string, StepTask> = new Map(
  Object.entries(BUILT_IN_TASKS).map(([name, task]) => [name.toLowerCase(), task]),
);

/** A step whose task cannot be run on this machine. */
export class UnknownTask extends Error {
  override readonly name = 'UnknownTask';
}

/**
 * The task of a step: a stub, else one that is part of this agent, else a built bundle.
 * @param checkouts how many repositories the job checks out
 * @throws UnknownTask, with the place of the step and how to stub it
 */
export function resolveTask(
  step: StepPlan,
  options: Pick<AgentOptions, 'stubs' | 'tasksFolder'>,
  checkouts: number,
): StepTask {
  const stub = [...(options.stubs ?? [])].find(([name]) => name.toLowerCase() === step.task.toLowerCase())?.[1];
  if (stub !== undefined) {
    return stubbedTask(step.task, stub, connectionInputNames(options.tasksFolder, step.task.split('@')[0] ?? ''));
  }
  if (step.task.toLowerCase() === CHECKOUT_TASK) {
    return checkoutTask(checkouts);
  }
  const builtIn = BUILT_IN.get(step.task.toLowerCase());
  if (builtIn !== undefined) {
    return builtIn;
  }
  const [name = '', major = ''] = step.task.split('@');
  const reason = () => `Task ${step.task} at ${describePlace(step.at)} cannot be run on this machine`;
  const advice = `Say what it would do with --stub ${step.task}=FILE.`;
  try {
    const bundled = /^\w+$/.test(name) ? bundledTask(options.tasksFolder, name, major) : undefined;
    if (bundled !== undefined) {
      return bundled;
    }
  } catch (error) {
    if (error instanceof StepFailure) {
      throw new UnknownTask(`${reason()}: ${error.message} ${advice}`, { cause: error });
    }
    throw error;
  }
  throw new UnknownTask([`${reason()}.`, ...nearestTo(name, options.tasksFolder), advice].join(' '));
}

/** The versions of a task that are here, else the task that may be meant. */
function nearestTo(name: string, tasksFolder: string): readonly string[] {
  const builtIn = Object.keys(BUILT_IN_TASKS).filter((task) => !task.includes('/'));
  const versions = builtIn
    .map((task) => task.split('@'))
    .filter(([known = '']) => known.toLowerCase() === name.toLowerCase())
    .map(([, version]) => version);
  if (versions.length > 0) {
    return [`It is here in version ${versions.join(', ')}.`];
  }
  const question = didYouMean(name, [
    ...builtIn.map((task) => task.split('@')[0] ?? ''),
    ...bundledTaskNames(tasksFolder),
  ]);
  return question === '' ? [] : [question];
}

/** Every step whose task cannot be run, as sentences: to be said before anything runs. */
export function unknownTasks(
  steps: readonly StepPlan[],
  options: Pick<AgentOptions, 'stubs' | 'tasksFolder'>,
): readonly string[] {
  return steps.flatMap((step) => {
    try {
      resolveTask(step, options, 1);
      return [];
    } catch (error) {
      if (error instanceof UnknownTask) {
        return [error.message];
      }
      throw error;
    }
  });
}
