import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../src/clock';
import { killTree, killTreeAtOnce } from '../../workspace/jobs/process-runner';
import { LineSplitter } from './line-splitter';

/** Waits of the agent while it ends a process, in milliseconds. Source: azure-pipelines-agent, Agent.Sdk/ProcessInvoker.cs, AgentKnobs.cs. */
const AFTER_FIRST_SIGNAL_MS = 7_500;
const AFTER_SIGTERM_MS = 2_500;
/** How long the output of a process that has exited may stay open, by children that it left behind. */
const OPEN_OUTPUT_MS = 5_000;

/** A process of a step. */
export interface StepProcessStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** `NAME=value` in {@link env} by which the processes of this step are found when the tree is killed. */
  readonly marker: string;
  readonly clock: Clock;
  /** Ends the process: first signal, after 7.5 s SIGTERM, after 2.5 s more the tree is killed. */
  readonly signal: AbortSignal;
  /** What the process gets first: SIGINT; a script gets SIGTERM from the task that started it. */
  readonly firstSignal?: NodeJS.Signals;
  /** Aborted when nothing may wait any longer: the tree is killed at once. */
  readonly killSignal?: AbortSignal;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** See {@link LineSplitter}. */
  readonly margin?: () => number;
  /** Called before this function returns; 0 when the process cannot be started. */
  readonly onStarted?: (processId: number) => void;
}

export interface StepProcessEnd {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a process to its end and gives out its lines, standard output and standard error in order of arrival. Resolves when the process has
 * exited and its output is read to the end.
 * @throws Error of Node (`ENOENT`, `EACCES`) when it cannot be started
 */
export async function runStepProcess(start: StepProcessStart): Promise<StepProcessEnd> {
  const child = spawn(start.command, start.args, {
    cwd: start.cwd,
    env: start.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: the tree can be ended, and Ctrl-C at the terminal does not reach it before the run decides.
    detached: process.platform !== 'win32',
  });
  const output = Promise.all([follow(child.stdout, 'stdout', start), follow(child.stderr, 'stderr', start)]);
  const exit = new Promise<StepProcessEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  start.onStarted?.(child.pid ?? 0);
  // The tree outlives this process otherwise: nobody else knows of it.
  const withThisProcess = () => killTreeAtOnce(child.pid, start.marker);
  const forget = () => void process.removeListener('exit', withThisProcess);
  process.once('exit', withThisProcess);
  exit.then(forget, forget);
  await spawned(child, exit);
  const over = new AbortController();
  const ending = endOnSignal(child, start, over.signal);
  const killing = killOnSignal(child, start, over.signal);
  const end = await exit;
  const drained = new AbortController();
  const late = start.clock.sleep(OPEN_OUTPUT_MS, drained.signal).then(
    () => killTree(child.pid, start.marker),
    () => undefined, // the output ended in time
  );
  await output;
  drained.abort();
  over.abort();
  await Promise.all([late, ending, killing]);
  return end;
}

async function spawned(child: ChildProcess, exit: Promise<StepProcessEnd>): Promise<void> {
  await Promise.race([new Promise<void>((resolve) => child.once('spawn', resolve)), exit]);
}

function follow(stream: Readable, name: 'stdout' | 'stderr', { onLine, margin }: StepProcessStart): Promise<void> {
  const splitter = new LineSplitter((line) => onLine(line, name), margin);
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => splitter.write(chunk));
  return new Promise((resolve) => {
    stream.once('close', () => {
      splitter.end();
      resolve();
    });
  });
}

/** @param over aborted when the process and its output have ended */
async function endOnSignal(child: ChildProcess, start: StepProcessStart, over: AbortSignal): Promise<void> {
  if (!(await abortedFirst(start.signal, over))) {
    return;
  }
  const stages: readonly (readonly [wait: number, act: () => unknown])[] = [
    [0, () => child.kill(start.firstSignal ?? 'SIGINT')],
    [AFTER_FIRST_SIGNAL_MS, () => child.kill('SIGTERM')],
    [AFTER_SIGTERM_MS, () => killTree(child.pid, start.marker)],
  ];
  for (const [wait, act] of stages) {
    if (wait > 0) {
      await start.clock.sleep(wait, over).catch(ignoreAbort(over));
    }
    if (over.aborted) {
      return;
    }
    await act();
  }
}

async function killOnSignal(child: ChildProcess, start: StepProcessStart, over: AbortSignal): Promise<void> {
  if (start.killSignal !== undefined && (await abortedFirst(start.killSignal, over))) {
    await killTree(child.pid, start.marker);
  }
}

function ignoreAbort(over: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!over.aborted) {
      throw error;
    }
  };
}

/** Whether `signal` aborts before `other` does. */
function abortedFirst(signal: AbortSignal, other: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = () => {
      signal.removeEventListener('abort', settle);
      other.removeEventListener('abort', settle);
      resolve(signal.aborted && !other.aborted);
    };
    if (signal.aborted || other.aborted) {
      settle();
      return;
    }
    signal.addEventListener('abort', settle);
    other.addEventListener('abort', settle);
  });
}
