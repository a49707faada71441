import { type LoggingCommand, parseLoggingCommand } from '../../logging-command';
import type { StepRun } from '../step-run';
import { ARTIFACT_COMMANDS } from './artifact-commands';
import { BUILD_COMMANDS } from './build-commands';
import type { Commands } from './command';
import { CODE_COVERAGE_COMMANDS, RESULTS_COMMANDS } from './results-commands';
import { TASK_COMMANDS } from './task-commands';

const AREAS: Readonly<Record<string, Commands>> = {
  task: TASK_COMMANDS,
  build: BUILD_COMMANDS,
  artifact: ARTIFACT_COMMANDS,
  results: RESULTS_COMMANDS,
  codecoverage: CODE_COVERAGE_COMMANDS,
  // Usage data for the service; here it goes nowhere.
  telemetry: { publish: { run: () => undefined, inRestrictedMode: true } },
};
/** Areas that only classic releases have. */
const RELEASE_AREA = 'release';

/**
 * Takes one line of a step's output, of either stream: does what its logging command says, or shows the line.
 * An area that does not exist is a warning, a command that goes wrong or does not exist in its area fails the step, one that is not
 * allowed is a warning. Source: azure-pipelines-agent, Agent.Worker/WorkerCommandManager.cs.
 */
export function processLine(step: StepRun, line: string): void {
  const command = parseLoggingCommand(line);
  if (command === undefined) {
    if (line.includes('##vso')) {
      step.warning(`'${line}' contains the keyword '##vso' of logging commands, but is none.`);
    }
    step.print(line);
    return;
  }
  if (command.area === RELEASE_AREA) {
    step.error(`##vso[release.${command.event}] is a command of classic releases; a pipeline has no such commands.`);
    step.failCommand();
    step.print(line);
    return;
  }
  const commands = Object.hasOwn(AREAS, command.area) ? AREAS[command.area] : undefined;
  if (commands === undefined) {
    step.warning(`There is no area '${command.area}' of logging commands (##vso[${command.area}.${command.event}]).`);
    return;
  }
  try {
    runCommand(step, command, commands);
  } catch (error) {
    step.error(`The logging command '${line}' cannot be processed.`);
    step.error(error instanceof Error ? error.message : String(error));
    step.failCommand();
  }
  if (!(command.area === 'task' && command.event === 'debug')) {
    step.debug(`Processed: ${line}`);
  }
}

function runCommand(step: StepRun, command: LoggingCommand, commands: Commands): void {
  const definition = Object.hasOwn(commands, command.event) ? commands[command.event] : undefined;
  if (definition === undefined) {
    throw new Error(`There is no command '${command.event}' in the area '${command.area}'.`);
  }
  if (step.restrictions.restrictedMode && definition.inRestrictedMode === undefined) {
    step.warning(`##vso[${command.area}.${command.event}] is not allowed in this step: its commands are restricted.`);
    return;
  }
  definition.run(step, command);
}
