import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStepProcess } from '../../local/pipelines/agent/step-process';
import { type LoggingCommand, parseLoggingCommand } from '../../local/pipelines/logging-command';
import { type StepRequest, taskEnvironment } from '../../local/pipelines/task-environment';
import { mergeResults, readResult, type TaskResult } from '../../local/pipelines/task-result';
import { systemClock } from '../../src/clock';

/** How a step ended, from the commands that it printed. */
export interface StepResult {
  readonly result: TaskResult;
  readonly message: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly taskVariables: Readonly<Record<string, string>>;
  readonly issues: readonly { readonly type: string; readonly message: string; readonly code: string }[];
  readonly commands: readonly LoggingCommand[];
  /** Everything that the process wrote on both streams. */
  readonly output: string;
  readonly exitCode: number | null;
}

/** A step that runs. */
export interface StepProcess {
  readonly result: Promise<StepResult>;
  readonly processId: number;
  /** As the agent cancels: SIGINT, after 7.5 s SIGTERM, after 2.5 s more the process tree is killed. */
  cancel(): void;
}

/** How a step is started and watched. */
export interface StepOptions {
  /** Node.js binary; default: that of this process. */
  readonly node?: string;
  readonly phase?: 'main' | 'post';
  /** Called for each line that is no command. */
  readonly onLine?: (line: string) => void;
  /** Called for each command as it arrives. */
  readonly onCommand?: (command: LoggingCommand) => void;
}

/**
 * Starts a built task as the agent does: its folder's `main.js` (or `post.js`) by a Node.js binary, the agent's environment, the working
 * directory of the job; a process that exits with another code than 0 has failed.
 * @param taskFolder folder with task.json and the bundle
 */
export function startStep(taskFolder: string, step: StepRequest, options: StepOptions = {}): StepProcess {
  const definition = JSON.parse(readFileSync(join(taskFolder, 'task.json'), 'utf8')) as {
    inputs: { name: string; type: string }[];
  };
  const lookupId = `vsts_${randomUUID()}`;
  const output: string[] = [];
  const commands: LoggingCommand[] = [];
  const canceling = new AbortController();
  let processId = 0;
  const ended = runStepProcess({
    command: options.node ?? process.execPath,
    args: [join(taskFolder, `${options.phase ?? 'main'}.js`)],
    cwd: step.workingDirectory,
    env: { ...taskEnvironment(definition.inputs, step), VSTS_PROCESS_LOOKUP_ID: lookupId },
    marker: `VSTS_PROCESS_LOOKUP_ID=${lookupId}`,
    clock: systemClock,
    signal: canceling.signal,
    onStarted: (started) => {
      processId = started;
    },
    onLine: (line) => {
      output.push(line);
      const command = parseLoggingCommand(line);
      if (command === undefined) {
        options.onLine?.(line);
      } else {
        commands.push(command);
        options.onCommand?.(command);
      }
    },
  });
  return {
    result: ended.then(({ exitCode }) => resultOf(commands, output.join('\n'), exitCode)),
    processId,
    cancel: () => canceling.abort(),
  };
}

/** The agent merges the results that a task says; a process that exits badly has failed whatever it said. */
function resultOf(commands: readonly LoggingCommand[], output: string, exitCode: number | null): StepResult {
  const outputs: Record<string, string> = {};
  const taskVariables: Record<string, string> = {};
  const issues: { type: string; message: string; code: string }[] = [];
  let result: TaskResult | undefined;
  let message = '';
  for (const { event, properties, data } of commands.filter((command) => command.area === 'task')) {
    const variable = properties.get('variable') ?? '';
    if (event === 'setvariable') {
      outputs[variable] = data;
    } else if (event === 'settaskvariable') {
      taskVariables[variable] = data;
    } else if (event === 'logissue' || event === 'issue') {
      issues.push({ type: properties.get('type') ?? '', message: data, code: properties.get('code') ?? '' });
    } else if (event === 'complete') {
      result = mergeResults(result, readResult(properties.get('result') ?? '') ?? 'Failed');
      message = data;
    }
  }
  const ended = exitCode === 0 ? (result ?? 'Succeeded') : 'Failed';
  return { result: ended, message, outputs, taskVariables, issues, commands, output, exitCode };
}
