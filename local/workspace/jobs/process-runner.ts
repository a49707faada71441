import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type Clock, systemClock } from '../../../src/clock';
import { type ProcessIdentity, processIdentity } from '../process-identity';
import { signalAll, taskProcesses } from './process-tree';

export interface ProcessStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing of the server's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes standard output and standard error in the order in which they come. */
  readonly logFile: string;
  /** See {@link taskProcesses}. */
  readonly marker: string;
}

export interface ProcessEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process with a process group of its own. */
export interface TaskProcess {
  readonly identity: ProcessIdentity;
  /** Resolves when the process has ended and nothing of its tree is left. */
  readonly ended: Promise<ProcessEnd>;
  /** Asks the whole tree to end, and kills what is left of it after the grace. Resolves like `ended`. */
  terminate(): Promise<ProcessEnd>;
}

export interface Grace {
  readonly clock: Clock;
  /** Between SIGTERM and SIGKILL. */
  readonly milliseconds: number;
}

/** @throws Error when the command cannot be started */
export async function startProcess(start: ProcessStart, grace: Grace): Promise<TaskProcess> {
  const log = openSync(start.logFile, 'a');
  const child = spawn(start.command, start.args, {
    cwd: start.cwd,
    env: start.env,
    stdio: ['ignore', log, log],
    detached: true, // a process group of its own, so that the tree can be ended and a signal to the server does not reach it
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const pid = child.pid ?? 0;
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // The tree outlives a server that exits before it has ended.
  const withThisProcess = () => killTreeAtOnce(pid, start.marker);
  process.once('exit', withThisProcess);
  const ended = exited
    .then(async (end) => {
      await killTree(pid, start.marker);
      return end;
    })
    .finally(() => process.removeListener('exit', withThisProcess));
  return {
    identity: processIdentity(pid) ?? { pid, started: '' },
    ended,
    terminate: async () => {
      signalAll(taskProcesses(pid, start.marker), 'SIGTERM');
      const inTime = new AbortController();
      const late = grace.clock.sleep(grace.milliseconds, inTime.signal).then(
        () => killTree(pid, start.marker),
        () => undefined, // ended in time: nothing to kill
      );
      const end = await ended;
      inTime.abort();
      await late;
      return end;
    },
  };
}

/**
 * Ends for good what is left of a task's processes, also of a server that is no more.
 * @throws Error when the system does not let go of one of them within ten seconds
 */
export async function killTree(group: number | undefined, marker: string): Promise<void> {
  let emptyLooks = 0;
  for (let round = 0; emptyLooks < 2; round += 1) {
    // A process may fork while the list is read, and has no environment while the system replaces its program: one look is not enough.
    const left = taskProcesses(group, marker);
    emptyLooks = left.length === 0 ? emptyLooks + 1 : 0;
    if (round > 1000) {
      throw new Error(`The processes ${left.join(', ')} of a job task do not end on SIGKILL.`);
    }
    signalAll(left, 'SIGKILL');
    if (emptyLooks < 2) {
      await systemClock.sleep(10);
    }
  }
}

/** As {@link killTree} for a process that is about to exit and cannot wait: looks until nothing is left, but not for longer than 200 times. */
export function killTreeAtOnce(group: number | undefined, marker: string): void {
  for (let round = 0, emptyLooks = 0; round < 200 && emptyLooks < 2; round += 1) {
    const left = taskProcesses(group, marker);
    emptyLooks = left.length === 0 ? emptyLooks + 1 : 0;
    signalAll(left, 'SIGKILL');
  }
}
