import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { LineSplitter } from './agent/line-splitter';
import { type LoggingCommand, parseLoggingCommand } from './logging-command';
import { type StepRequest, taskEnvironment } from './task-environment';
import { mergeResults, readResult, type TaskResult } from './task-result';

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

/** Waits of the agent between the signals of a cancel, in milliseconds (ProcessInvoker.cs). */
const SIGINT_WAIT_MS = 7_500;
const SIGTERM_WAIT_MS = 2_500;

/**
 * Starts a built task as the agent does: its folder's `main.js` (or `post.js`) by a Node.js binary, the agent's environment, the working
 * directory of the job; a process that exits with another code than 0 has failed.
 * @param taskFolder folder with task.json and the bundle
 */
export function startStep(taskFolder: string, step: StepRequest, options: StepOptions = {}): StepProcess {
  const definition = JSON.parse(readFileSync(join(taskFolder, 'task.json'), 'utf8')) as {
    inputs: { name: string; type: string }[];
  };
  const child = spawn(options.node ?? process.execPath, [join(taskFolder, `${options.phase ?? 'main'}.js`)], {
    cwd: step.workingDirectory,
    env: taskEnvironment(definition.inputs, step),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const output: string[] = [];
  const commands: LoggingCommand[] = [];
  const follow = (stream: Readable) => {
    const splitter = new LineSplitter((line) => {
      output.push(line);
      const command = parseLoggingCommand(line);
      if (command === undefined) {
        options.onLine?.(line);
      } else {
        commands.push(command);
        options.onCommand?.(command);
      }
    });
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => splitter.write(chunk)).once('end', () => splitter.end());
  };
  follow(child.stdout);
  follow(child.stderr);
  const result = new Promise<StepResult>((ended, failed) => {
    child.once('error', failed);
    child.once('close', (exitCode) => ended(resultOf(commands, output.join('\n'), exitCode)));
  });
  const processId = child.pid ?? 0;
  return {
    result,
    processId,
    cancel: () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        return;
      }
      child.kill('SIGINT');
      const term = setTimeout(() => child.kill('SIGTERM'), SIGINT_WAIT_MS);
      const kill = setTimeout(() => killTree(processId), SIGINT_WAIT_MS + SIGTERM_WAIT_MS);
      child.once('close', () => {
        clearTimeout(term);
        clearTimeout(kill);
      });
    },
  };
}

function killTree(processId: number): void {
  try {
    // The child leads a process group of its own; a negative id is the whole group.
    process.kill(process.platform === 'win32' ? processId : -processId, 'SIGKILL');
  } catch (error) {
    // The group has ended meanwhile; who still holds its output open has left it.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
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
